import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { differencesOf, withDifferences } from '../../../src/checks/fuzz/differences.ts';
import { shrink } from '../../../src/checks/fuzz/shrink.ts';
import { faultsInAnyEvent } from '../../../src/events/shapes/schemas.ts';
import { checkProcess } from '../../support/checking.ts';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { repository } from '../../support/repository.ts';
import { closedPort, httpTarget } from '../../support/targets.ts';

const folder = mkdtempSync(join(tmpdir(), 'scalekit-hooks-fuzz-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function fuzzed(mode: string, { runs = 800, seed = 42, flags = [] as string[] } = {}) {
  const port = await closedPort();
  const cwd = mkdtempSync(join(folder, 'run-'));
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: cwd,
    SCALEKIT_WEBHOOK_SECRET: testSecret,
    MODE: mode,
    PORT: String(port),
  };
  const start = `"${process.execPath}" "${join(repository, 'test/support/handlers/crashing.mjs')}"`;
  const only = ['--only', 'plain', '--only', 'fuzz', '--fuzz', String(runs), '--seed', String(seed)];
  const verdict = await checkProcess([`localhost:${port}/webhook`, ...only, '--start', start, ...flags], {
    env,
    cwd,
  });
  const found = verdict.facts.filter(({ kind }) => kind === 'counterexample') as unknown as Found[];
  return { ...verdict, found, cwd };
}

interface Found {
  event_type: string;
  got: string;
  differences: string[];
  event: Record<string, unknown>;
  path: string;
  resend: string;
}

describe.concurrent('handlers that fail on some events', { timeout: 60_000 }, () => {
  it('right: every event is accepted', async () => {
    expect(await fuzzed('right')).toMatchObject({ exitCode: 0, failed: [], found: [] });
  });

  it.each([
    ['null-name', /^data\.name is null$/],
    ['empty-text', /^data\.title is ""$/],
    ['empty-list', /^data\.groups is \[\]$/],
    ['large-list', /^data\.groups is a list of 4\d items$/],
    ['long-text', /^data\.\S+ is a text of (25[6-9]|2[6-9]\d) characters/],
    ['absent-field', /^data\.user\.user_profile is (absent|null)$/],
    ['emoji', /is "(😀|👩|👨|👧|👦|🇨|🇭)[^"]{0,2}"$|is \{.*(😀|👩|🇨).*\}$|is "\p{Extended_Pictographic}"/u],
    ['far-time', /^occurred_at is "9999-/],
    ['without-fraction', /^occurred_at is "[^.]+"$/],
    ['unknown-field', /^data\.added_later is /],
    ['absent-organization', /^organization_id is absent$/],
    ['decomposed', /is /],
  ])('%s: one difference, %s', async (mode, difference) => {
    const { exitCode, failed, found } = await fuzzed(mode);
    expect([exitCode, failed]).toEqual([1, ['fuzz']]);
    expect(found.length).toBeGreaterThanOrEqual(1);
    for (const { differences, event } of found) {
      expect(differences).toHaveLength(1);
      expect([...faultsInAnyEvent(event)]).toEqual([]);
    }
    expect(found.some(({ differences }) => difference.test(differences[0]!))).toBe(true);
  });

  it('unknown-type: a type that the documentation does not have yet', async () => {
    const { found } = await fuzzed('unknown-type');
    expect(found.map(({ differences }) => differences)).toEqual([['type is "billing.added_later"']]);
  });

  it.each([
    ['hang', /timeout/, 'no-answer', /^data\.name is ""$/],
    ['crash', /reset/, 'crashed', /^data\.name is null$/],
    ['strict', /422/, 'not-accepted', /^data\.name is ""$/],
  ])('%s: %s', async (mode, got, code, difference) => {
    const { facts, found } = await fuzzed(mode, {
      flags: ['--type', 'organization.directory.user_*'],
      runs: 60,
    });
    expect(facts.find(({ name }) => name === 'fuzz')).toMatchObject({ status: 'fail', code });
    expect(found).toHaveLength(1);
    expect(found[0]!.got).toMatch(got);
    expect(found[0]!.differences).toEqual([expect.stringMatching(difference)]);
  });

  it('two causes with the same answer are told apart', async () => {
    const { found } = await fuzzed('two-causes');
    expect(found.flatMap(({ differences }) => differences).sort()).toEqual([
      'data.nickname is null',
      'data.title is ""',
    ]);
  });

  it('the smallest event is saved, and the printed command repeats the failure', async () => {
    const { found, cwd } = await fuzzed('empty-text');
    const [first] = found;
    expect(readdirSync(join(cwd, 'scalekit-hooks-fuzz'))).toHaveLength(found.length);
    expect(JSON.parse(readFileSync(join(cwd, first!.path), 'utf8'))).toEqual(first!.event);
    expect(first!.resend).toMatch(
      /^npx scalekit-hooks send \.\/scalekit-hooks-fuzz\/\S+ --fresh-ids --to http/,
    );
  });

  it('the same seed finds the same', async () => {
    const [one, other] = await Promise.all([
      fuzzed('empty-text', { seed: 7 }),
      fuzzed('empty-text', { seed: 7 }),
    ]);
    const shown = ({ found }: typeof one) =>
      found.map(({ event_type: type, differences }) => [type, differences]);
    expect(shown(one)).toEqual(shown(other));
  });
});

describe('flags', () => {
  const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };

  it.each([
    [['--fuzz', '0'], 'invalid_value'],
    [['--fuzz', '10', '--seed', 'abc'], 'invalid_value'],
    [['--fuzz', '10', '--seed', '99999999999'], 'invalid_value'],
    [['--seed', '1'], 'missing_flag'],
    [['--fuzz', '1', '--interceptor', 'PRE_SIGNUP'], 'conflicting_flags'],
  ])('%j: %s', async (flags, code) => {
    const { exitCode, facts } = await runCommand(['check', 'localhost:1', ...flags, '--json'], { env });
    expect([exitCode, facts[0]!.code]).toEqual([2, code]);
  });

  it('without --seed, the command that repeats the run has one', async () => {
    const target = await httpTarget((_request, response) => {
      const { data } = JSON.parse(target.requests.at(-1)!.body.toString());
      response.writeHead('added_later' in data ? 500 : 200).end();
    });
    const flags = ['--only', 'plain', '--only', 'fuzz', '--fuzz', '200', '--type', 'user.*', '--json'];
    const { facts } = await runCommand(['check', target.url, ...flags], { env });
    expect(facts.find(({ name }) => name === 'fuzz')!.rerun).toMatch(/ --fuzz 200 --seed \d+ /);
  });
});

describe('shrinking', () => {
  it('differences make the event of the sample again', () => {
    const base = { a: 1, b: { c: [1], d: 'x' } };
    const event = { a: 2, b: { c: [1, 2], e: null } };
    expect(withDifferences(base, differencesOf(base, event))).toEqual(event);
  });

  it('finds the needed differences, with few messages', async () => {
    const differences = Array.from({ length: 64 }, (_, index) => ({
      path: [String(index)],
      value: 'abcdefgh'.repeat(8),
    }));
    let messages = 0;
    const smallest = await shrink(differences, async (some) => {
      messages += 1;
      const value = (name: string) => String(some.find(({ path }) => path[0] === name)?.value ?? '');
      return value('7').includes('g') && value('50').length > 20;
    });
    expect(smallest).toEqual([
      { path: ['7'], value: 'g' },
      { path: ['50'], value: expect.stringMatching(/^.{21,24}$/) },
    ]);
    expect(messages).toBeLessThan(130);
  });
});
