import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { bin } from '../../support/repository.ts';
import { body, flags, inFile, verify } from '../../support/verifying.ts';

describe('bad input', () => {
  const text = (content: string) => ({ content });
  const unusable: [name: string, args: string[], file: { content?: string }, code: string][] = [
    ['nothing', [], {}, 'nothing_to_verify'],
    ['a missing file', ['no/such'], {}, 'unreadable_file'],
    ['an id without captures', ['cap_nothing'], {}, 'no_captures'],
    ['an event alone', ['event.json'], text(body), 'not_a_message'],
    ['text', ['event.json'], text('hello\nworld'), 'not_a_message'],
    ['an empty file', ['event.json'], text(''), 'not_a_message'],
    ['UTF-16', ['event.json'], text('\ufffe'), 'not_a_message'],
    ['a JSON array', ['event.json'], text('[1]'), 'not_a_message'],
    ['a malformed header', ['event.json'], text('POST / HTTP/1.1\nwebhook-id\n\nx'), 'not_a_message'],
    ['a line of a newer version', ['event.json'], text('{"v":99,"record":"capture"}\n'), 'newer_captures'],
    ['a capture and --body', ['last', '--body', '-'], {}, 'conflicting_flags'],
    ['-H without --body', ['-H', 'a: b'], {}, 'missing_flag'],
    ['a malformed -H', ['--body', '-', '-H', 'x'], {}, 'invalid_value'],
    ['an invalid time', ['--body', '-', '--at', 'soon'], {}, 'invalid_value'],
    ['a tolerance without a unit', ['--body', '-', '--tolerance', '5'], {}, 'invalid_value'],
  ];
  it.each(unusable)('%s', async (_name, args, { content }, code) => {
    const place = content === undefined ? {} : inFile(content, 'event.json');
    const { exitCode, facts } = await verify([...args, '--json'], place);
    expect(exitCode).toBe(2);
    expect(facts).toMatchObject([{ kind: 'error', code }]);
  });

  const hostile: [name: string, headers: string[], stdin: Buffer, reason?: string][] = [
    ['10 MB of text', flags, Buffer.alloc(10 * 1024 * 1024, 'x')],
    ['10 MB of JSON', flags, Buffer.from(`[${'{"a":"bcd","e":1},'.repeat(550_000)}1]`)],
    ['1 MB of brackets', flags, Buffer.from('['.repeat(500_000) + ']'.repeat(500_000))],
    ['1 MB of escapes', flags, Buffer.from(`"${'\\u00e9'.repeat(160_000)}"`)],
    ['1 MB of newlines', flags, Buffer.alloc(1024 * 1024, '\n')],
    [
      '1,000 signatures',
      [
        ...flags.slice(0, 4),
        '-H',
        `webhook-signature: ${Array.from({ length: 1000 }, (_, index) => `v1,${Buffer.alloc(32, index).toString('base64')}`).join(' ')}`,
      ],
      Buffer.from(body),
    ],
    [
      'a signature of 1 MB',
      [...flags.slice(0, 4), '-H', `webhook-signature: ${'v1'.repeat(500_000)}`],
      Buffer.from(body),
      'malformed_signature',
    ],
    [
      '200,000 spaces in an id',
      ['-H', `webhook-id: a${' '.repeat(200_000)}b`, ...flags.slice(2)],
      Buffer.from(body),
    ],
    ['NUL bytes', flags, Buffer.alloc(1000)],
    ['invalid UTF-8', flags, Buffer.from([0xc3, 0x28, 0xff, 0xfe, 0x80])],
    [
      '__proto__',
      flags,
      Buffer.from(
        '{"__proto__":{"type":"x"},"constructor":{"prototype":1},"type":"user.created","data":{"__proto__":1}}',
      ),
    ],
  ];
  it.each(hostile)(
    '%s: rejected, with a cause',
    async (_name, headers, stdin, reason = 'signature_mismatch') => {
      const { exitCode, stdout } = await verify(['--body', '-', ...headers], { stdin });
      expect(exitCode).toBe(1);
      expect(stdout.startsWith(`✗ rejected: ${reason} `)).toBe(true);
      expect(stdout).toMatch(/\n {2}cause: ./);
    },
  );
});

it.each([
  'MySuperSecretKeyWithoutPrefix_z9',
  'kJ8f-Zq2LxN0vR7tWmYpA3sD6gHb_uC1',
  "'whsec_abcdefghijklmnop_qrst'",
])('the secret %s is never printed', async (secret) => {
  for (const form of [[], ['--json'], ['--verbose']]) {
    const { stdout, stderr } = await verify(['--body', '-', ...flags, '--secret', secret, ...form], {
      stdin: Buffer.from(body),
    });
    for (const part of [secret, secret.slice(8, 18), secret.slice(-8)])
      expect(stdout + stderr).not.toContain(part);
  }
});

it('ends when the reader of stdout exits', () => {
  const line = 'yes \'{"headers":[],"body":"a"}\'';
  const out = execFileSync(
    'bash',
    ['-c', `${line} | '${process.execPath}' '${bin}' verify - 2>/dev/null | head -n 1`],
    { encoding: 'utf8', timeout: 20_000 },
  );
  expect(out).toMatch(/^✗ rejected: missing_header\n$/);
}, 30_000);
