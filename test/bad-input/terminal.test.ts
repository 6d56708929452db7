import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../src/captures/journal/writer.ts';
import { kept, someCapture } from '../support/captures.ts';
import { secretInEnv } from '../support/listener.ts';
import { startProcess } from '../support/processes.ts';
import { bin } from '../support/repository.ts';
import { httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

const hasScript = spawnSync('script', ['--version']).status === 0;

/** Runs a command line in a new terminal with this number of columns; returns its output and exit code. */
async function onTerminal(columns: number, args: string[], cwd = temporaryFolder()) {
  const command = `stty cols ${columns} rows ${columns === 0 ? 0 : 24}; '${process.execPath}' '${bin}' ${args.join(' ')}`;
  const started = startProcess('script', ['-qefc', command, '/dev/null'], {
    cwd,
    env: { ...secretInEnv, TERM: 'xterm' },
  });
  return { exitCode: await started.ended, text: started.stdout() };
}

describe.skipIf(!hasScript)('on a terminal (skipped without script of util-linux)', () => {
  it.each([0, 20, 80])(
    'with %i columns: all messages are sent, and drawing stays bounded',
    async (columns) => {
      const target = await httpTarget();
      const { exitCode, text } = await onTerminal(columns, [
        'send',
        "'session.*'",
        'user.created',
        '--to',
        target.url,
      ]);
      expect(exitCode, text).toBe(0);
      expect(target.requests).toHaveLength(3);
      expect(text.match(/✓/g)).toHaveLength(3);
      expect(text.length).toBeLessThan(20_000);
    },
  );

  it.each([
    [['--all']],
    [['last:2', 'last:3', '--set', 'type=x.y']],
    [['--all', '--concurrency', '3', '--set', 'type=x.y']],
  ])('a bar has its own line: replay %j', async (args) => {
    const target = await httpTarget();
    const cwd = temporaryFolder();
    const { journal } = openJournal(join(cwd, '.scalekit-hooks/captures'), {
      sync: false,
      now: () => 1795360000000,
    });
    for (let count = 0; count < 20; count += 1) await journal.keep(kept(someCapture()));
    await journal.close();
    const { exitCode, text } = await onTerminal(120, ['replay', ...args, '--to', target.url], cwd);
    expect(exitCode, text).toBe(0);
    expect(text).not.toMatch(/(replayed|of \d+)✓/);
    // The last bar is erased.
    expect(text.trimEnd()).toMatch(/█[^\n]*\x1b\[0K[^█\n]*$/);
  });

  it('a terminal that loses its columns while a bar is drawn: drawing stays bounded', async () => {
    let answered = 0;
    const target = await httpTarget((_request, response) => {
      answered += 1;
      // Each response waits, so that the bar is still drawn when the size changes.
      setTimeout(() => response.writeHead(201).end(), 10);
    });
    const tty = join(temporaryFolder(), 'tty');
    const command = `tty > ${tty}; stty cols 80 rows 24; '${process.execPath}' '${bin}' send user.created --count 60 --to ${target.url}`;
    const started = startProcess('script', ['-qefc', command, '/dev/null'], {
      env: { ...secretInEnv, TERM: 'xterm' },
    });
    await started.until(/█|░/);
    const resized = spawnSync('sh', ['-c', `stty -F "$(cat ${tty})" cols 0 rows 0`]);
    expect(resized.status, String(resized.stderr)).toBe(0);
    expect(await started.ended).toBe(0);
    expect(answered).toBe(60);
    expect(started.stdout().length).toBeLessThan(1_000_000);
  }, 20_000);

  it.each([
    ['NO_COLOR', '1'],
    ['TERM', 'dumb'],
    ['CI', 'true'],
  ])('no bar with %s=%s', async (name, value) => {
    const target = await httpTarget();
    const command = `'${process.execPath}' '${bin}' send --all --to ${target.url}`;
    const started = startProcess('script', ['-qefc', command, '/dev/null'], {
      env: { ...secretInEnv, TERM: 'xterm', [name]: value },
    });
    expect(await started.ended).toBe(0);
    expect(started.stdout()).not.toMatch(/[█░\x1b]/);
  });
});
