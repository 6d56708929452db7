import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoteForShell } from '../../src/report/shell.ts';
import { runCommand } from '../support/memory-io.ts';

const texts = [
  "it's",
  'a\u009b31mb',
  '\u202egnp.exe',
  'line\u2028separator',
  'é$(rm)`x`"\\',
  'tab\tend',
  'two\nlines',
];

describe.each(['sh', 'bash'])('%s reads back', (shell) => {
  it.each(texts)('%j', (text) => {
    const quoted = quoteForShell(text);
    expect(quoted).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u);
    expect(execFileSync(shell, ['-c', `printf %s ${quoted}`], { encoding: 'utf8' })).toBe(text);
  });
});

describe('--print curl', () => {
  const printed = async (...args: string[]) =>
    (await runCommand(['send', 'user.created', '--print', 'curl', '--to', '9', ...args])).stdout;

  it('has no character that a terminal would act on', async () => {
    const stdout = await printed('--set', 'data.email=\u009b\u202e\u2028@x.test', '-H', 'x-note: \u009b');
    expect(stdout).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/u);
  });

  it('passes a body that is too long for an argument through a pipe, counted in bytes', async () => {
    expect(await printed('--set', `data.email=${'字'.repeat(50_000)}`)).toMatch(
      /^printf %s .*base64 -d \| curl/,
    );
    expect(await printed('--set', `data.email=${'字'.repeat(5000)}`)).toMatch(/^curl/);
  });
});
