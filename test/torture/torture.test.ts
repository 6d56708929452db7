import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startProcess } from '../support/processes.ts';
import { noRedis } from '../support/redis.ts';
import { repository } from '../support/repository.ts';

/** The least that each torture must have counted, so that none passes by doing nothing. */
const counted: Record<string, Record<string, number>> = {
  kill: { kills: 50, acknowledged: 500 },
  'two-listeners': { acknowledged: 1000 },
  'full-disk': {},
  fuzz: { requests: 2000, answered: 200 },
  slow: { 'slow connections': 500, 'valid events accepted, of 500': 500 },
  signals: { signals: 6, acknowledged: 6 },
  limits: { 'endless bodies cut off': 6 },
  targets: { deliveries: 13 },
  'kept-alive': {},
  faults: { faults: 90 },
  hostile: {},
  ...(noRedis ? {} : { team: { faults: 3 } }),
};

/** Rows whose goal is a time: a busy machine may miss it, and timing must not decide a test. */
const timed = [/^p99 of valid events/, /beyond the limit/, /^slowest exit/];

it.each(Object.entries(counted))(
  '%s, in short',
  async (name, least) => {
    const script = join(repository, 'test/torture/main.mjs');
    const torture = startProcess(process.execPath, [script, `--only=${name}`, '--json']);
    const code = await torture.ended;
    const rows = torture
      .stdout()
      .trim()
      .split('\n')
      .map(
        (line) =>
          JSON.parse(line) as { name: string; value: number; goal: unknown; met: boolean; seed: number },
      );
    expect(rows.length, torture.stderr()).toBeGreaterThan(0);
    const isTimed = (what: string) => timed.some((pattern) => pattern.test(what));
    expect(rows.filter((row) => !row.met && !isTimed(row.name))).toEqual([]);
    if (!rows.some((row) => !row.met)) expect(code).toBe(0);
    for (const [what, value] of Object.entries(least)) {
      expect(rows.find((row) => row.name === what)?.value, what).toBeGreaterThanOrEqual(value);
    }
  },
  120_000,
);

it('each has its test', () => {
  const files = readdirSync(join(repository, 'test/torture')).filter((file) => file.endsWith('.mjs'));
  const tortures = files
    .map((file) => file.slice(0, -'.mjs'.length))
    .filter((file) => !['main', 'harness'].includes(file));
  expect(Object.keys(counted).sort()).toEqual(tortures.sort());
});
