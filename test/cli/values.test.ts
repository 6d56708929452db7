import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readHeaders } from '../../src/cli/headers.ts';
import { parseDuration, parseHeader, parsePath, parsePort } from '../../src/cli/values.ts';
import { HooksError } from '../../src/errors.ts';

describe('ports', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['3000', 3000],
    ['65535', 65535],
  ])('%s', (text, port) => {
    expect(parsePort(text)).toBe(port);
  });

  it.each(['', 'abc', '8e3', ' 80', '80 ', '0x50', '-1', '+1', '65536', '3.5', '99999999999', '٣'])(
    'not %j',
    (text) => {
      expect(() => parsePort(text)).toThrow(HooksError);
    },
  );
});

describe('durations', () => {
  it.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1min', 60_000],
    ['1h', 3_600_000],
    ['1d', 86_400_000],
  ])('%s', (text, ms) => {
    expect(parseDuration('--timeout', text)).toBe(ms);
  });

  it.each(['', '10', 's', '0s', '0.1ms', '-1s', '1e3s', '10 s', '1w', '25d', '1s2', 'Infinitys'])(
    'not %j',
    (text) => {
      expect(() => parseDuration('--timeout', text)).toThrow(HooksError);
    },
  );

  it('is a whole number of milliseconds that a timer can wait, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.]{1,12}(ms|s|m|h|d)$/)), (text) => {
        try {
          const value = parseDuration('--timeout', text);
          expect(Number.isInteger(value) && value >= 1 && value < 2 ** 31).toBe(true);
        } catch (error) {
          expect(error).toBeInstanceOf(HooksError);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('paths', () => {
  it.each([
    ['/', '/'],
    ['/webhook', '/webhook'],
    ['/a/b/', '/a/b/'],
    ['/é', '/%C3%A9'],
    ['/{x}', '/%7Bx%7D'],
  ])('%s is %s', (text, path) => {
    expect(parsePath(text)).toBe(path);
  });

  it.each(['', 'webhook', '//x', '/a b', '/a?b', '/a#b', '/a\\b', '/a\nb'])('not %j', (text) => {
    expect(() => parsePath(text)).toThrow(HooksError);
  });
});

describe('headers', () => {
  it.each([
    ['x-tenant: acme', ['x-tenant', 'acme']],
    ['X-Tenant:acme  ', ['X-Tenant', 'acme']],
    ['x: a: b', ['x', 'a: b']],
    ['x:', ['x', '']],
    ['x: é ☃', ['x', '\u00c3\u00a9 \u00e2\u0098\u0083']],
  ])('%j', (text, header) => {
    expect(parseHeader(text)).toEqual(header);
  });

  it.each([
    '',
    'x',
    ': y',
    'x y: z',
    'x: a\nb: c',
    'x: a\r\nb: c',
    'x: \0',
    'x: a\u009b31m',
    'x: \u202e',
    'ü: x',
  ])('not %j', (text) => {
    expect(() => parseHeader(text)).toThrow(HooksError);
  });

  it.each(['webhook-id: x', 'Webhook-Timestamp: 1', 'WEBHOOK-SIGNATURE: v1,x'])(
    '%s only by force',
    (text) => {
      expect(() => readHeaders([text], false)).toThrow('-H cannot replace webhook-');
      expect(readHeaders([text], true)).toHaveLength(1);
    },
  );

  it.each(['content-length: 5', 'Connection: close', 'transfer-encoding: chunked', 'expect: 100-continue'])(
    '%s never',
    (text) => {
      expect(() => readHeaders([text], true)).toThrow('-H cannot set');
    },
  );
});
