import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listFixtures } from '../../../src/events/catalog/fixtures.ts';
import { scrub } from '../../../src/events/files/scrub.ts';
import { repository } from '../../support/repository.ts';

const event = (data: unknown) => JSON.stringify({ type: 'user.created', display_name: 'User Created', data });
const scrubbed = (data: unknown) => JSON.parse(scrub(event(data)).json).data;

describe('what is replaced', () => {
  it.each([
    ['an e-mail address', { email: 'ada@corp.example.com' }, /^user-[0-9a-f]{4}@example\.com$/],
    [
      'an e-mail address in a sentence',
      { note: 'write to Ada.L+x@corp.co.uk now' },
      /^write to user-[0-9a-f]{4}@example\.com now$/,
    ],
    [
      'an e-mail address in a URL',
      { url: 'https://x.example/?u=ada%40corp.com' },
      /\?u=user-[0-9a-f]{4}@example\.com$/,
    ],
    ['an e-mail address in another script', { note: 'иван@пример.рф' }, /^user-[0-9a-f]{4}@example\.com$/],
    ['a name', { given_name: 'Ada' }, /^Name-[0-9a-f]{4}$/],
    ['a name in camel case', { familyName: 'Lovelace' }, /^Name-/],
    ['the name of a user', { preferred_username: 'ada' }, /^Name-/],
    ['a display name', { display_name: 'Ada L' }, /^Name-/],
    ['a phone number', { phone_number: '555 1234' }, /^\+1202555010?\d+$/],
    ['a phone number in a sentence', { note: 'call +44 20 7946 0958!' }, /^call \+120255501\d\d!$/],
    ['an IPv4 address', { ip: '203.0.113.7' }, /^192\.0\.2\.\d+$/],
    ['an IPv6 address', { ip: '2a00:1450:4001:81b::200e' }, /^2001:db8::[0-9a-f]{4}$/],
    ['a secret', { txt_record_secret: 'scalekit-verify=abc' }, /^scrubbed-[0-9a-f]{4}$/],
    ['a token', { access_token: 'abc' }, /^scrubbed-/],
    [
      'a signing secret anywhere',
      { note: 'it is whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD' },
      /^it is scrubbed-[0-9a-f]{4}$/,
    ],
    ['a JWT anywhere', { note: 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln' }, /^scrubbed-/],
    ['a phone number without a plus', { note: '555-123-4567' }, /^\+120255501\d\d$/],
    ['an IPv4 address in a URL', { url: 'http://10.1.2.3/x' }, /^http:\/\/192\.0\.2\.\d+\/x$/],
    ['an e-mail address at a host without dots', { note: 'root@localhost' }, /^user-/],
    ['a quoted e-mail address', { note: '"john doe"@corp.com' }, /^user-/],
    ['a prefixed secret', { note: 'test_whsec_abcdefghijkl' }, /^test_scrubbed-/],
  ])('%s', (_name, data, expected) => {
    const [[name, value]] = Object.entries(scrubbed(data)) as [[string, string]];
    expect(value).toMatch(expected);
    expect(name).toBe(Object.keys(data)[0]);
  });

  it('a numeric phone number, by a number, and an e-mail address that is the name of a field', () => {
    expect(scrubbed({ phone: 442079460958 }).phone).toBeTypeOf('number');
    expect(JSON.stringify(scrubbed({ phone: 442079460958 }))).not.toContain('442079460958');
    expect(Object.keys(scrubbed({ 'ada@corp.com': 1 }))[0]).toMatch(/^user-[0-9a-f]{4}@example\.com$/);
  });

  it('nested values of a personal field', () => {
    const text = JSON.stringify(
      scrubbed({
        phoneNumbers: [{ value: '555-000-1111', type: 'work' }],
        token: { value: 'abc123' },
        api_key: 12345,
      }),
    );
    expect(text).not.toMatch(/555-000|abc123|12345/);
    expect(text).toContain('"type":"work"');
  });

  it('a name in another case, and a short one as a whole word', () => {
    const data = scrubbed({ given_name: 'Ada', note: 'hello Ada, or ADA, not Adamant' });
    expect(data.note).toMatch(/^hello Name-[0-9a-f]{4}, or Name-[0-9a-f]{4}, not Adamant$/);
  });

  it('a name anywhere in the data', () => {
    const data = { family_name: 'Lovelace', note: 'Ms Lovelace signed up', list: ['Lovelace'] };
    expect(JSON.stringify(scrubbed(data))).not.toContain('Lovelace');
  });
});

describe('what stays', () => {
  it.each([
    ['ids', { userId: 'usr_106496706360376844', id: 'org_1' }],
    ['types and states', { status: 'active', method: 'password', authorization_type: 'oauth' }],
    ['versions that look like addresses', { browser_version: '120.0.0.0', os_version: '10.15.7.1' }],
    ['a version in the name of a browser', { user_agent: 'Mozilla/5.0 Chrome/120.0.0.0 Safari' }],
    [
      'a time in a field about phones',
      { phone_number_verified_at: '2026-01-01T00:00:00Z', mobile: '2026-01-01' },
    ],
    ['times', { token_expires_at: '2026-11-22T12:30:45Z', created_at: '12:30:45' }],
    ['roles', { roles: [{ name: 'admin', display_name: 'Admin' }] }],
    ['booleans, numbers, null', { phone_number_verified: true, n: 1, name: null }],
  ])('%s', (_name, data) => {
    expect(scrubbed(data)).toEqual(data);
    expect(scrub(event(data)).count).toBe(0);
  });

  it('every other byte, and the whole envelope', () => {
    const json = '{ "display_name":"Ada", "data": {"n":1.0, "email" : "a@b.co","u":"\\u00e9\\/" }}';
    const { json: result } = scrub(json);
    expect(result.replace(/user-[0-9a-f]{4}@example\.com/, 'a@b.co')).toBe(json);
  });
});

describe('names in texts', () => {
  it.each([
    ['Ada Lovelace', 'by Ada Lovelace.', /^by Name-[0-9a-f]{4}\.$/],
    ['Ada', 'ADA, ada; Adam and Bada', /^(Name-[0-9a-f]{4}), \1; Adam and Bada$/],
    ["O'Neil", "o'neil's and Neil", /^Name-[0-9a-f]{4}'s and Neil$/],
    ['(Ada)', 'x(ada) (Ada) Ada', /^x\(ada\) Name-[0-9a-f]{4} Ada$/],
    ['İpek', 'by İpek today', /^by Name-[0-9a-f]{4} today$/],
    ['a.b', 'axb a.b', /^axb Name-[0-9a-f]{4}$/],
  ])('%j in %j', (name, note, expected) => {
    expect(scrubbed({ name, note }).note).toMatch(expected);
  });

  it('the full name is replaced before its parts', () => {
    const { name, note } = scrubbed({ name: 'Ada Lovelace', given_name: 'Ada', note: 'Ada Lovelace, Ada' });
    expect(note).toMatch(new RegExp(`^${name}, Name-`));
  });

  it('20,000 of them take less than a minute', () => {
    const users = Array.from({ length: 20_000 }, (_, n) => ({
      name: `Person N${n}`,
      note: `by Person N${n}`,
    }));
    const result = scrubbed({ users }) as unknown as { users: typeof users };
    for (const { name, note } of result.users) expect(note).toBe(`by ${name}`);
  }, 60_000);
});

describe('replacements', () => {
  it('are the same for the same value, in one event and in others', () => {
    const one = scrubbed({ email: 'ada@corp.com', again: 'ADA@corp.com', other: 'b@corp.com' });
    expect(one.email).toBe(one.again);
    expect(one.email).not.toBe(one.other);
    expect(scrubbed({ by: 'ada@corp.com', name: 'Ada' }).by).toBe(one.email);
  });

  it('every fixture can be scrubbed, and then has no names', () => {
    const fixtures = listFixtures(repository);
    for (const { path } of fixtures) {
      const json = readFileSync(path, 'utf8');
      const { json: result } = scrub(json);
      expect(JSON.parse(result).type).toBe(JSON.parse(json).type);
      expect(result).not.toMatch(/ada\.lovelace|grace\.hopper/i);
    }
    expect(fixtures.length).toBe(52);
  });
});
