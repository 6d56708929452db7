import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/captures/open.ts';
import { kept, someCapture } from '../../support/captures.ts';
import { runCommand } from '../../support/memory-io.ts';
import { needs } from '../../support/parts.ts';
import { bin } from '../../support/repository.ts';
import { temporaryFolder } from '../../support/temporary.ts';

async function script(shell: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(['completion', shell]);
  expect([exitCode, stderr]).toEqual([0, '']);
  return stdout;
}

const [zsh, fish] = [needs('zsh'), needs('fish')];

/** A folder with two captures, and the variables with which a shell there finds the program. */
async function captured() {
  const cwd = temporaryFolder();
  const captures = [someCapture(), someCapture({ eventType: '","capture":"$(touch x)' })];
  const path = join(cwd, '.scalekit-hooks/captures');
  const { writer } = await (await openStore({ path, name: path })).openWriter({ sync: false, now: Date.now });
  for (const capture of captures) await writer.keep(kept(capture));
  await writer.close();
  const programs = temporaryFolder();
  symlinkSync(bin, join(programs, 'scalekit-hooks'));
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH}` };
  return { ids: captures.map(({ id }) => id), options: { cwd, env, encoding: 'utf8' } as const };
}

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
    expect(stdout).toMatch(/captures\) words="list show save export clear [^"]*--verdict[^"]*--scrub/);
    expect(stdout).toMatch(/"captures --verdict"\) words="verified rejected /);
  });

  it.each([
    [['replay', 'cap_']],
    [['verify', 'cap_']],
    [['captures', 'show', 'cap_']],
    [['captures', 'save', 'cap_']],
  ])('%j: the ids of captures', async (words) => {
    const { ids, options } = await captured();
    const call = `${await script('bash')}
      COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _scalekit_hooks; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const printed = execFileSync('bash', ['-c', call, 'bash', 'scalekit-hooks', ...words], options);
    expect(printed.trim().split('\n').sort()).toEqual(ids);
    expect(readdirSync(options.cwd)).toEqual(['.scalekit-hooks']);
  });

  it('check --only: names, groups and parts of checks', async () => {
    const { options } = await captured();
    const call = `${await script('bash')}
      COMP_WORDS=(scalekit-hooks check --only "$0"); COMP_CWORD=3; _scalekit_hooks; printf '%s\\n' "\${COMPREPLY[@]}"`;
    const offered = (word: string) => execFileSync('bash', ['-c', call, word], options).trim().split('\n');
    expect(offered('user.logi')).toEqual(['user.login']);
    expect(offered('typ')).toEqual(['types']);
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

  it('replay cap_', async () => {
    const { ids, options } = await captured();
    const call = `${await script('fish')}; complete -C 'scalekit-hooks replay cap_'`;
    const printed = execFileSync('fish', ['--no-config', '-c', call], options);
    const words = printed
      .trim()
      .split('\n')
      .map((row) => row.split('\t')[0]);
    expect(words.sort()).toEqual(ids);
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
