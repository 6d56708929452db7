import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../support/memory-io.ts';
import { needs } from '../../support/parts.ts';
import { temporaryFolder } from '../../support/temporary.ts';

async function script(shell: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(['completion', shell]);
  expect([exitCode, stderr]).toEqual([0, '']);
  return stdout;
}

const [zsh, fish] = [needs('zsh'), needs('fish')];

describe('bash', () => {
  /** What the script offers for the last of these words. */
  async function offered(...words: string[]): Promise<string[]> {
    const call = `${await script('bash')}
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _scalekit_hooks; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const printed = execFileSync('bash', ['-c', call, 'bash', 'scalekit-hooks', ...words], {
      encoding: 'utf8',
    });
    return printed.split('\n').filter((line) => line !== '');
  }

  it.each([
    [['se'], ['send', 'secret']],
    [
      ['send', 'session.'],
      ['session.created', 'session.expired'],
    ],
    [['send', 'user.created', 'user.d'], ['user.deleted']],
    [['send', '--fault', 'wrong'], ['wrong-secret']],
    [['replay', 'la'], ['last']],
    [['verify', 'la'], ['last']],
    [
      ['send', '--retry-schedule', ''],
      ['overview', 'dashboard', 'scim'],
    ],
    [['send', '--dry'], ['--dry-run']],
    [
      ['events', 'role.'],
      ['role.created', 'role.deleted', 'role.updated'],
    ],
    [['listen', '--type', 'session.c'], ['session.created']],
    [['listen', '--wi'], ['--within']],
    [['--color', 'al'], ['always']],
    [['send', '--color', 'n'], ['never']],
    [['completion', 'f'], ['fish']],
    [['send', '--body', ''], []],
    [['send', '--to', 'u'], []],
    [
      ['send', '--he'],
      ['--header', '--help'],
    ],
    [['listen', '--expect', 'session.c'], ['session.created']],
    [['send', '$(touch /tmp/scalekit-hooks-completed)'], []],
  ])('%j: %j', async (words, expected) => {
    expect(await offered(...words)).toEqual(expected);
  });

  it('what captures can do is completed, with its flags', async () => {
    const { stdout } = await runCommand(['completion', 'bash']);
    expect(stdout).toMatch(/captures\) words='list show save clear [^']*--verdict[^']*--scrub/);
    expect(stdout).toMatch(/"captures --verdict"\) words='verified rejected /);
  });

  it('offers every type', async () => {
    expect((await offered('send', '')).filter((word) => !word.startsWith('-'))).toHaveLength(52);
  });
});

describe.skipIf(zsh.isMissing)(`zsh${zsh.title}`, () => {
  it('is a script that zsh reads and registers', async () => {
    const call = `autoload -U compinit; compinit -u -D; ${await script('zsh')}; print -r -- $_comps[scalekit-hooks]`;
    expect(execFileSync('zsh', ['-f', '-c', call], { encoding: 'utf8' }).trim()).toBe('_scalekit_hooks');
  });
});

describe.skipIf(fish.isMissing)(`fish${fish.title}`, () => {
  it.each([
    ['se', ['secret', 'send']],
    ['send session.', ['session.created', 'session.expired']],
    ['send --fault wrong', ['wrong-secret']],
  ])('%s', async (line, expected) => {
    const call = `${await script('fish')}; complete -C 'scalekit-hooks ${line}'`;
    const printed = execFileSync('fish', ['--no-config', '-c', call], { encoding: 'utf8' });
    const words = printed
      .split('\n')
      .filter((row) => row !== '')
      .map((row) => row.split('\t')[0]);
    expect(words.sort()).toEqual(expected);
  });
});

it('what a shell cannot take, and a folder that is not there, are left out', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'my $(type).json'), '{}');
  writeFileSync(join(folder, 'invoice.paid.json'), '{}');
  const own = await runCommand(['completion', 'bash'], { env: { SCALEKIT_HOOKS_FIXTURES: folder } });
  expect(own.stdout).toContain(' invoice.paid ');
  expect(own.stdout).not.toContain('my $');
  const none = await runCommand(['completion', 'zsh'], {
    env: { SCALEKIT_HOOKS_FIXTURES: join(folder, 'nothing') },
  });
  expect(none).toMatchObject({ exitCode: 0, stdout: await script('zsh') });
});

it('bash completes files where nothing else fits', async () => {
  expect(await script('bash')).toContain('complete -o default -F _scalekit_hooks scalekit-hooks');
});

it.each([[['completion']], [['completion', 'tcsh']], [['completion', 'bash', '--json']]])(
  '%j is refused',
  async (args) => {
    expect(await runCommand(args)).toMatchObject({ exitCode: 2 });
  },
);
