import { describe, expect, it } from 'vitest';
import packageJson from '../package.json' with { type: 'json' };
import { commands } from '../src/commands/index.ts';
import { runCommand } from './support/memory-io.ts';
import { startProcess } from './support/processes.ts';
import { bin } from './support/repository.ts';
import { temporaryFolder } from './support/temporary.ts';

const names = commands.map(({ name }) => name);

describe('the program', () => {
  it.each(['--version', '-V'])('%s prints the version', async (flag) => {
    expect(await runCommand([flag])).toMatchObject({
      exitCode: 0,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    });
    expect(await runCommand(['send', flag])).toMatchObject({
      exitCode: 0,
      stdout: `${packageJson.version}\n`,
      stderr: '',
    });
  });

  it.each([['--help'], ['-h'], ['help']])(
    '%s names every command, the exit codes and examples',
    async (flag) => {
      const { exitCode, stdout, stderr } = await runCommand([flag]);
      expect([exitCode, stderr]).toEqual([0, '']);
      for (const word of [...names, 'Exit codes:', 'SCALEKIT_WEBHOOK_SECRET', 'Examples:'])
        expect(stdout).toContain(word);
    },
  );

  it.each(names)('help of %s', async (command) => {
    const first = await runCommand([command, '--help']);
    expect(first).toMatchObject({ exitCode: 0, stderr: '' });
    expect(first.stdout).toContain('--json');
    expect((await runCommand(['help', command])).stdout).toBe(first.stdout);
  });

  it('without arguments it prints the help', async () => {
    const [bare, help] = [await runCommand([]), await runCommand(['--help'])];
    expect(bare).toEqual(help);
    expect(bare).toMatchObject({ exitCode: 0, stderr: '' });
  });

  it('help for an unknown command reports it', async () => {
    expect((await runCommand(['help', 'nosuch'])).stderr).toMatch(/"nosuch" \[usage\]/);
  });

  it('an unknown command: suggests the nearest one', async () => {
    const ran = await runCommand(['snd', 'user.created']);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(/"snd" \[usage\]\n {2}.*\bsend\b/);
    expect((await runCommand(['snd', '--json'])).facts).toMatchObject([{ kind: 'error', code: 'usage' }]);
  });

  it('output flags may precede the command', async () => {
    expect((await runCommand(['--json', 'events', 'session.*'])).facts).toHaveLength(2);
  });

  it('--debug adds the stack, and nothing else does', async () => {
    expect((await runCommand(['send', 'x', '--debug'])).stderr).toMatch(/\n {4}at /);
    expect((await runCommand(['send', 'x'])).stderr).not.toMatch(/\n {4}at /);
  });

  it('a working directory that was deleted is an error like any other', async () => {
    const folder = temporaryFolder();
    const script = `cd '${folder}' && rmdir '${folder}' && exec "$@"`;
    const ran = startProcess('sh', ['-c', script, 'sh', process.execPath, bin, 'captures']);
    expect(await ran.ended).toBe(2);
    expect(ran.stderr()).toMatch(/^error: .*\[no_working_directory\]\n.*\n {2}fix: .*\n$/);
  });
});
