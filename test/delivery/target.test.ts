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
    ['localhost', 'http://localhost/'],
    ['localhost/a/../b?q=1&r=%20', 'http://localhost/b?q=1&r=%20'],
    ['127.0.0.1:8080', 'http://127.0.0.1:8080/'],
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
    ['', 'empty'],
    ['   ', 'empty'],
    ['htp:/x', 'htp: is not http:// or https://'],
    ['ftp://localhost/x', 'ftp: is not http: or https:'],
    ['file:///etc/passwd', 'file: is not http: or https:'],
    ['javascript:alert(1)', 'javascript: is not'],
    ['unix:/tmp/x', 'unix: is not'],
    ['example.com/x', 'has no scheme, and example.com is not a local host'],
    ['example.com:3000', 'has no scheme'],
    ['8.8.8.8:80', 'has no scheme'],
    ['http://', 'not a URL'],
    ['http://localhost:0/', 'from 1 to 65535'],
    ['http://localhost:70000/', 'from 1 to 65535'],
    ['http://localhost:80x/', 'from 1 to 65535'],
    ['localhost:70000', 'from 1 to 65535'],
    ['0', 'from 1 to 65535'],
    ['70000', 'from 1 to 65535'],
    ['http://local host/', 'blanks'],
    ['http://[::1/', ''],
    ['/webhook', 'is not http'],
  ])('%j is refused: %s', (text, reason) => {
    try {
      parseTarget(text);
    } catch (error) {
      expect(error).toBeInstanceOf(HooksError);
      return expect((error as HooksError).sentences.detail).toContain(reason);
    }
    throw new Error('it was taken');
  });

  it('takes credentials out of the URL into a header', () => {
    const target = parseTarget('http://ada:p%40ss@localhost:3000/x');
    expect(target.url.href).toBe('http://localhost:3000/x');
    expect(target.authorization).toBe(`Basic ${Buffer.from('ada:p@ss').toString('base64')}`);
  });

  it('leaves a fragment out and says so', () => {
    const target = parseTarget('http://localhost/x#part');
    expect(target.url.href).toBe('http://localhost/x');
    expect(target.notes).toHaveLength(1);
  });

  it('takes or refuses any text, and never throws otherwise', () => {
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

describe('hosts that are free', () => {
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
    '',
  ])('not %s', (host) => {
    expect(isLocalHost(host)).toBe(false);
  });
});
