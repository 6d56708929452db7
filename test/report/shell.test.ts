import { execFileSync } from 'node:child_process';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { quoteForShell } from '../../src/report/shell.ts';
import { runCommand, testSecret } from '../support/memory-io.ts';

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

describe('--print http', () => {
  it('is a request of a .http file: a separator, the request line, headers, the signed body', async () => {
    const { stdout, exitCode } = await runCommand(
      ['send', 'user.created', 'user.deleted', '--print', 'http', '--to', '9'],
      { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } },
    );
    expect(exitCode).toBe(0);
    const requests = stdout.split(/^###.*\n/m).slice(1);
    expect(requests).toHaveLength(2);
    for (const request of requests) {
      const [head, body] = request.split('\n\n') as [string, string];
      expect(head).toMatch(/^POST http:\/\/localhost:9\/webhook\n/);
      const headers = Object.fromEntries(
        head
          .split('\n')
          .slice(1)
          .map((line) => line.split(': ') as [string, string]),
      );
      expect(() => new StandardWebhook(testSecret).verify(body.trimEnd(), headers)).not.toThrow();
    }
  });

  it('a body that REST clients would change is an error', async () => {
    const ran = await runCommand(['send', '--body', '{\n}', '--print', 'http', '--to', '9']);
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('unprintable_body') });
  });
});
