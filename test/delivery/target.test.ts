import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isLocalHost, parseTarget } from '../../src/delivery/target.ts';
import { HooksError } from '../../src/errors.ts';

describe('targets', () => {
  it.each([
    ['3000', 'http://localhost:3000/webhook'],
    [':3000', 'http://localhost:3000/webhook'],
    [':3000/hooks', 'http://localhost:3000/hooks'],
    ['3000/hooks', 'http://localhost:3000/hooks'],
    [':3000?x=1', 'http://localhost:3000/?x=1'],
    ['localhost:3000/x', 'http://localhost:3000/x'],
    ['localhost', 'http://localhost/webhook'],
    ['localhost:4000', 'http://localhost:4000/webhook'],
    ['localhost:4000/', 'http://localhost:4000/'],
    ['http://localhost:4000', 'http://localhost:4000/'],
    ['localhost/a/../b?q=1&r=%20', 'http://localhost/b?q=1&r=%20'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080/webhook'],
    ['[::1]:8080/x', 'http://[::1]:8080/x'],
    ['api.test/x', 'http://api.test/x'],
    ['http://localhost:3000/x/', 'http://localhost:3000/x/'],
    ['https://example.com/hooks', 'https://example.com/hooks'],
    ['HTTPS://example.com', 'https://example.com/'],
    [' 3000 ', 'http://localhost:3000/webhook'],
    ['http://localhost:6000/', 'http://localhost:6000/'],
    ['http://localhost:1/', 'http://localhost:1/'],
    ['http://2130706433/', 'http://127.0.0.1/'],
    ['http://localhost/\n', 'http://localhost/'],
  ])('%j is %s', (text, href) => {
    expect(parseTarget(text).url.href).toBe(href);
  });

  it.each([
    ['', /\bempty$/],
    ['   ', /\bempty$/],
    ['htp:/x', /\bhttp:\/\/ .*\bhttps:\/\/, .*\bhtp:$/],
    ['ftp://localhost/x', /\bhttp: .*\bhttps:, .*\bftp:$/],
    ['file:///etc/passwd', /\bhttp: .*\bhttps:, .*\bfile:$/],
    ['javascript:alert(1)', /\bhttp:\/\/ .*\bhttps:\/\/, .*\bjavascript:$/],
    ['unix:/tmp/x', /\bhttp:\/\/ .*\bhttps:\/\/, .*\bunix:$/],
    ['example.com/x', /^example\.com .*\bhttp:\/\/ .*\bhttps:\/\//],
    ['example.com:3000', /^example\.com .*\bhttp:\/\/ .*\bhttps:\/\//],
    ['8.8.8.8:80', /^8\.8\.8\.8 .*\bhttp:\/\/ .*\bhttps:\/\//],
    ['http://', /\bvalid URL$/],
    ['http://localhost:0/', /\bport .*\b1 .*\b65535$/],
    ['http://localhost:70000/', /\bport .*\b1 .*\b65535$/],
    ['http://localhost:80x/', /\bport .*\b1 .*\b65535$/],
    ['localhost:70000', /\bport .*\b1 .*\b65535$/],
    ['0', /\bport .*\b1 .*\b65535$/],
    ['70000', /\bport .*\b1 .*\b65535$/],
    ['http://local host/', /%20/],
    ['http://[::1/', /\bvalid URL$/],
    ['/webhook', /\bhttp:\/\/ .*\bhttps:\/\/$/],
  ])('%j is rejected', (text, detail) => {
    try {
      parseTarget(text);
    } catch (error) {
      expect(error).toBeInstanceOf(HooksError);
      const { code, sentences } = error as HooksError;
      expect(code).toBe('invalid_target');
      expect(sentences.message).toContain(`"${text}"`);
      return expect(sentences.detail).toMatch(detail);
    }
    throw new Error('it was accepted');
  });

  it('moves credentials from the URL to a header', () => {
    const target = parseTarget('http://ada:p%40ss@localhost:3000/x');
    expect(target.url.href).toBe('http://localhost:3000/x');
    expect(target.authorization).toBe(`Basic ${Buffer.from('ada:p@ss').toString('base64')}`);
  });

  it('removes a fragment, with a note', () => {
    const target = parseTarget('http://localhost/x#part');
    expect(target.url.href).toBe('http://localhost/x');
    expect(target.notes).toEqual([expect.stringContaining('#part')]);
  });

  it('accepts or rejects any text, and throws no other error', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webUrl(), fc.stringMatching(/^[a-z0-9:/.@?#[\]%-]{0,20}$/)),
        (text) => {
          try {
            const { url } = parseTarget(text);
            expect(['http:', 'https:']).toContain(url.protocol);
            expect(url.username + url.password + url.hash).toBe('');
          } catch (error) {
            expect(error).toBeInstanceOf(HooksError);
          }
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

describe('local hosts', () => {
  it.each([
    'localhost',
    'LOCALHOST',
    'app',
    'db.internal',
    'printer.local',
    'x.test',
    'a.localhost',
    'localhost.',
    '127.0.0.1',
    '127.9.9.9',
    '10.1.2.3',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.1.1',
    '0.0.0.0',
    '[::1]',
    '[::]',
    '[fe80::1]',
    '[fd00::1]',
    '[fc12:3456::1]',
    '[::ffff:7f00:1]',
    '[::ffff:c0a8:101]',
  ])('%s', (host) => {
    expect(isLocalHost(host)).toBe(true);
  });

  it.each([
    'example.com',
    'localhost.example.com',
    'test.com',
    'xtest.io',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '192.169.1.1',
    '11.0.0.1',
    '126.255.255.255',
    '[2001:db8::1]',
    '[::ffff:808:808]',
    '[fe00::1]',
    '[2600::fe80:1]',
    'internal.example.com',
    '169.254.169.254',
    '[::ffff:a9fe:a9fe]',
    '[fd00:ec2::254]',
    'metadata.google.internal',
    'Metadata.Google.Internal.',
    '',
  ])('not %s', (host) => {
    expect(isLocalHost(host)).toBe(false);
  });
});
