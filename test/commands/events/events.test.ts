import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../support/memory-io.ts';
import { httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

describe('events', () => {
  it('lists 52 types by category, below a header row, within 80 columns', async () => {
    const { stdout, stderr, exitCode } = await runCommand(['events']);
    const [header, ...lines] = stdout.trimEnd().split('\n');
    expect(header).toMatch(/^EVENT TYPE +SENT WHEN$/);
    expect(lines.filter((line) => /^[a-z_.]+ {2,}[A-Z].*\.$/.test(line))).toHaveLength(52);
    expect(stdout).toMatch(/\n\nsession\nsession\.created .*\nsession\.expired .*\n\n/);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(80);
    expect([stderr, exitCode]).toEqual(['', 0]);
  });

  it('filters by pattern', async () => {
    const { facts } = await runCommand(['events', 'session.*', '--json']);
    expect(facts.map(({ event_type }) => event_type)).toEqual(['session.created', 'session.expired']);
    expect(facts[0]).toMatchObject({
      kind: 'event_type',
      category: 'session',
      source: 'events page',
      sent_when: 'A session starts.',
      sample: null,
    });
  });

  it('shows a sample event, which can be sent unchanged', async () => {
    const cwd = temporaryFolder();
    const { stdout } = await runCommand(['events', 'user.login']);
    expect(JSON.parse(stdout)).toMatchObject({ type: 'user.login', object: 'User' });
    writeFileSync(join(cwd, 'event.json'), stdout);
    const target = await httpTarget();
    expect(await runCommand(['send', './event.json', '--to', target.url], { cwd })).toMatchObject({
      exitCode: 0,
    });
    const { facts } = await runCommand(['events', 'user.login', '--json']);
    expect(facts[0]!.sample).toEqual(JSON.parse(stdout));
  });

  it.each([
    [['user.creatd'], 'unknown_event_type'],
    [['nothing.*'], 'unmatched_pattern'],
    [['a', 'b'], 'usage'],
  ])('%j is rejected', async (args, code) => {
    const ran = await runCommand(['events', ...args]);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`[${code}]`);
  });
});
