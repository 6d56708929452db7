import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allowedHeaders, parseHeader } from '../../src/cli/headers.ts';
import { parseDuration, parseTime } from '../../src/cli/times.ts';
import { parsePath, parsePort } from '../../src/cli/values.ts';
import { HooksError } from '../../src/errors.ts';

describe('ports', () => {
  it.each([
    ['0', 0],
    ['1', 1],
    ['3000', 3000],
    ['65535', 65535],
  ])('%s', (text, port) => {
    expect(parsePort('--port', text)).toBe(port);
  });

  it.each(['', 'abc', '8e3', ' 80', '80 ', '0x50', '-1', '+1', '65536', '3.5', '99999999999', '٣'])(
    'not %j',
    (text) => {
      expect(() => parsePort('--port', text)).toThrow(HooksError);
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

describe('times', () => {
  const now = Date.UTC(2026, 10, 28, 12);

  it.each([
    ['now', now],
    ['10m', now - 600_000],
    ['2d', now - 2 * 86_400_000],
    ['-10m', now + 600_000],
    ['0', 0],
    ['1795360000', 1_795_360_000_000],
    ['2026-11-22T12:00:00Z', Date.UTC(2026, 10, 22, 12)],
    ['2026-11-22T12:00:00.5+02:00', Date.UTC(2026, 10, 22, 10, 0, 0, 500)],
    ['2026-11-22', new Date(2026, 10, 22).getTime()],
    ['2026-11-22 14:00', new Date(2026, 10, 22, 14).getTime()],
    ['2026-11-22 14:00:30', new Date(2026, 10, 22, 14, 0, 30).getTime()],
  ])('%s', (text, time) => {
    expect(parseTime('--at', text, now)).toBe(time);
  });

  it.each(['', 'yesterday', '2026-13-01', '2026-11-22T25:00:00Z', '1795360000000', '1e3', '-1', '5 m'])(
    'not %j',
    (text) => {
      expect(() => parseTime('--at', text, now)).toThrow(HooksError);
    },
  );
});

describe('paths', () => {
  it.each([
    ['/', '/'],
    ['/webhook', '/webhook'],
    ['/a/b/', '/a/b/'],
    ['/é', '/%C3%A9'],
    ['/{x}', '/%7Bx%7D'],
  ])('%s is %s', (text, path) => {
    expect(parsePath('--path', text)).toBe(path);
  });

  it.each(['', 'webhook', '//x', '/a b', '/a?b', '/a#b', '/a\\b', '/a\nb'])('not %j', (text) => {
    expect(() => parsePath('--path', text)).toThrow(HooksError);
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
    expect(parseHeader('--header', text)).toEqual(header);
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
    expect(() => parseHeader('--header', text)).toThrow(HooksError);
  });

  it.each(['webhook-id: x', 'Webhook-Timestamp: 1', 'WEBHOOK-SIGNATURE: v1,x'])(
    '%s only by force',
    (text) => {
      expect(() => allowedHeaders([parseHeader('--header', text)], false)).toThrow(
        '-H cannot replace webhook-',
      );
      expect(allowedHeaders([parseHeader('--header', text)], true)).toHaveLength(1);
    },
  );

  it.each(['content-length: 5', 'Connection: close', 'transfer-encoding: chunked', 'expect: 100-continue'])(
    '%s never',
    (text) => {
      expect(() => allowedHeaders([parseHeader('--header', text)], true)).toThrow('-H cannot set');
    },
  );
});
