import { execFileSync } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordsIn } from '../../support/captures.ts';
import { secretInEnv } from '../../support/listener.ts';
import { startBin, startProcess } from '../../support/processes.ts';
import { useReplaySetup } from '../../support/replaying.ts';

const setup = useReplaySetup();
const { replay, sent } = setup;

describe('--from', () => {
  it('reads a journal, stdin, or the output of listen --json', async () => {
    const { startListen, post } = await import('../../support/listener.ts');
    const listener = await startListen(['--no-capture']);
    await post(listener.url, { id: 'msg_printed' });
    await listener.stop();
    writeFileSync(join(setup.cwd, 'printed.jsonl'), listener.io.stdout.text);
    const printed = await replay(['--from', 'printed.jsonl']);
    expect(printed.exitCode, printed.stderr).toBe(0);
    expect(setup.app.requests.at(-1)!.headers['webhook-id']).toBe('msg_printed');

    // Empty lines are skipped.
    const lines = recordsIn(setup.folder).map((record) => `${JSON.stringify(record)}\n\n`);
    writeFileSync(join(setup.cwd, 'copy.jsonl'), lines.join(''));
    for (const world of [{}, { stdin: Buffer.from(lines.join('')) }]) {
      for (const args of [[], ['--type', 'session.*'], ['--set', 'data.name=x']]) {
        setup.app.requests.length = 0;
        const from = 'stdin' in world ? '-' : 'copy.jsonl';
        expect((await replay(['--from', from, ...args], world)).exitCode).toBe(0);
        expect(sent()).toEqual(args[0] === '--type' ? ['evt_c'] : ['evt_a', 'evt_b', 'evt_c']);
      }
    }
  });

  it('omits and lists invalid headers', async () => {
    const [first] = recordsIn(setup.folder) as [{ headers: [string, string][] }];
    const headers = [...first.headers, ['x-note', 'two\nlines'], ['bad name', 'x']];
    writeFileSync(join(setup.cwd, 'odd.jsonl'), `${JSON.stringify({ ...first, headers })}\n`);
    const ran = await replay(['--from', 'odd.jsonl', '--exact']);
    expect(ran.stderr).toMatch(/note: .*\bx-note\b.*\nnote: .*\bbad name\b/);
    expect(ran.exitCode).toBe(0);
    expect(setup.app.requests.at(-1)!.headers['x-note']).toBeUndefined();
  });

  it('follows a link and reads a named pipe; a folder is rejected', async () => {
    const [first] = recordsIn(setup.folder);
    writeFileSync(join(setup.cwd, 'one.jsonl'), `${JSON.stringify(first)}\n`);
    symlinkSync(join(setup.cwd, 'one.jsonl'), join(setup.cwd, 'link.jsonl'));
    execFileSync('mkfifo', [join(setup.cwd, 'pipe')]);
    const writing = startProcess('sh', ['-c', 'cat one.jsonl > pipe'], { cwd: setup.cwd });
    for (const from of ['link.jsonl', 'pipe'])
      expect((await replay(['--from', from])).exitCode, from).toBe(0);
    expect(sent()).toEqual(['evt_a', 'evt_a']);
    await writing.ended;
    const ran = await replay(['--from', '.', '--json']);
    expect(ran).toMatchObject({
      exitCode: 2,
      facts: [{ code: 'unreadable_file', detail: expect.stringContaining('folder') }],
    });
  });

  it('does not send a body in which --json masked a secret', async () => {
    const { startListen, post } = await import('../../support/listener.ts');
    const listener = await startListen(['--no-capture']);
    await post(listener.url, { body: JSON.stringify({ id: 'evt_masked', data: `whsec_${'A'.repeat(32)}` }) });
    await post(listener.url, { body: JSON.stringify({ id: 'evt_whole', data: 'whsec' }) });
    await listener.stop();
    writeFileSync(join(setup.cwd, 'printed.jsonl'), listener.io.stdout.text);
    const ran = await replay(['--from', 'printed.jsonl']);
    expect(ran.exitCode, ran.stderr).toBe(1);
    expect(sent()).toEqual(['evt_whole']);
    expect(ran.stderr).toMatch(/note: .*\bdamaged\b.*\bprinted\.jsonl line 2\n/);
  });

  it('ends with Ctrl-C while stdin is still open', async () => {
    const [first] = recordsIn(setup.folder);
    const started = startBin(['replay', '--from', '-', '--to', setup.app.url], {
      env: secretInEnv,
      cwd: setup.cwd,
    });
    started.child.stdin.write(`${JSON.stringify(first)}\n`);
    await started.until(/✓ 201/);
    started.child.kill('SIGINT');
    expect(await started.ended).toBe(130);
  });

  it('skips and counts damaged lines, and exits with 1', async () => {
    const [first] = recordsIn(setup.folder);
    const text = `{"v":1,"record\n${JSON.stringify(first)}\nhello\n`;
    writeFileSync(join(setup.cwd, 'damaged.jsonl'), text);
    for (const [from, world] of [
      ['damaged.jsonl', {}],
      ['-', { stdin: Buffer.from(text) }],
    ] as const) {
      setup.app.requests.length = 0;
      const ran = await replay(['--from', from], world);
      expect(ran.exitCode).toBe(1);
      expect(ran.stderr).toMatch(/note: .*\b2 damaged records\b.*\bline 1\n/);
      expect(sent()).toEqual(['evt_a']);
    }
  });
});
