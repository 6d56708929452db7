import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../src/config/secrets.ts';
import { HooksError } from '../../src/errors.ts';
import { testSecret } from '../support/memory-io.ts';
import { startBin } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary.ts';

const [first, second, third, fourth] = ['A', 'B', 'C', 'D'].map((letter) => `whsec_${letter.repeat(32)}`) as [
  string,
  string,
  string,
  string,
];

function world(env: Record<string, string> = {}): { cwd: string; env: Record<string, string> } {
  return { cwd: temporaryFolder(), env: { XDG_CONFIG_HOME: temporaryFolder(), ...env } };
}

const texts = (...given: Parameters<typeof findSecrets>) =>
  findSecrets(...given).secrets.map(({ text }) => text);

describe('the first place that has a secret wins', () => {
  it('--secret, then the environment, then .env.local, then .env', () => {
    const io = world({ SCALEKIT_WEBHOOK_SECRET: second });
    writeFileSync(join(io.cwd, '.env.local'), `SCALEKIT_WEBHOOK_SECRET=${third}\n`);
    writeFileSync(
      join(io.cwd, '.env'),
      `# ours\nexport SCALEKIT_WEBHOOK_SECRET='${fourth}' # staging\nOTHER=1\n`,
    );
    expect(findSecrets(io, [first])).toMatchObject({ source: '--secret', isOurs: false });
    expect(texts(io, [first])).toEqual([first]);
    expect(findSecrets(io, [])).toMatchObject({ source: 'SCALEKIT_WEBHOOK_SECRET' });
    expect(texts(io, [])).toEqual([second]);
    const { SCALEKIT_WEBHOOK_SECRET: _, ...env } = io.env;
    expect(findSecrets({ ...io, env }, [])).toMatchObject({ source: '.env.local' });
    expect(texts({ ...io, env }, [])).toEqual([third]);
    writeFileSync(join(io.cwd, '.env.local'), 'OTHER=1\n');
    expect(findSecrets({ ...io, env }, [])).toMatchObject({ source: '.env' });
    expect(texts({ ...io, env }, [])).toEqual([fourth]);
  });

  it.each([`${first},${second}`, `${first} ${second}`, ` ${first},\n ${second} `])(
    'several in %j',
    (value) => {
      expect(texts(world({ SCALEKIT_WEBHOOK_SECRET: value }), [])).toEqual([first, second]);
    },
  );

  it('takes several --secret', () => {
    expect(texts(world(), [first, second])).toEqual([first, second]);
  });
});

describe('a malformed secret is refused by its place, and no more of it shown than of any secret', () => {
  it.each([
    ['', 'empty'],
    ['whsec_', 'no key after the prefix'],
    [`v1,${first}`, '"v1,"'],
    [`"${first}"`, 'quotation marks'],
    ['whsec_test_secret', 'second underscore'],
    ['my-very-secret-value', 'does not start with whsec_'],
  ])('%j', (value, reason) => {
    try {
      findSecrets(world({ SCALEKIT_WEBHOOK_SECRET: value }), []);
    } catch (error) {
      const { code, sentences } = error as HooksError;
      expect(error).toBeInstanceOf(HooksError);
      expect(code).toBe('invalid_secret');
      expect(sentences.message).toContain('SCALEKIT_WEBHOOK_SECRET');
      expect(sentences.detail).toContain(reason);
      // At most the prefix and two characters, as everywhere.
      const key = value.replace(/^.*whsec_/, '').slice(0, 4);
      if (key !== '') expect(JSON.stringify(sentences)).not.toContain(key);
      return;
    }
    throw new Error('it was taken');
  });
});

it('any text in .env is read or refused, and nothing else happens', () => {
  const io = world();
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^SCALEKIT_WEBHOOK_SECRET *=.{0,40}\n?$/s)),
      (text) => {
        writeFileSync(join(io.cwd, '.env'), text);
        try {
          findSecrets(io, []);
        } catch (error) {
          expect(error).toBeInstanceOf(HooksError);
        }
      },
    ),
    { numRuns: 2000 },
  );
});

it.each([
  ['a byte order mark', Buffer.from(`\ufeffSCALEKIT_WEBHOOK_SECRET=${testSecret}\n`)],
  ['CRLF', Buffer.from(`A=1\r\nSCALEKIT_WEBHOOK_SECRET=${testSecret}\r\n`)],
])('.env with %s is read', (_name, bytes) => {
  const io = world();
  writeFileSync(join(io.cwd, '.env'), bytes);
  expect(texts(io, [])).toEqual([testSecret]);
});

it('.env in UTF-16 is refused by name', () => {
  const io = world();
  writeFileSync(join(io.cwd, '.env'), Buffer.from(`SCALEKIT_WEBHOOK_SECRET=${testSecret}`, 'utf16le'));
  expect(() => findSecrets(io, [])).toThrow(/cannot read .*\.env/);
});

describe('notes', () => {
  it.each([
    [[testSecret], '--secret can be read by others'],
    [[`${testSecret}\n`], 'blanks around the secret from --secret'],
    [['whsec_QUJD'], 'has a key of 3 bytes'],
  ])('%j', (flags, note) => {
    expect(findSecrets(world(), flags).notes.join('\n')).toContain(note);
  });
});

describe('the secret that is made on first use', () => {
  it('is the same ever after, and only its owner can read it', () => {
    const io = world();
    const made = findSecrets(io, []);
    const path = join(io.env.XDG_CONFIG_HOME!, 'scalekit-hooks', 'secret');
    expect(made).toMatchObject({ source: path, isOurs: true, notes: [] });
    expect(made.secrets[0].key).toHaveLength(24);
    expect(texts(io, [])).toEqual([made.secrets[0].text]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(path, '..'))).toEqual(['secret']);
  });

  it('is in ~/.config when nothing else is said', () => {
    const home = temporaryFolder();
    const { source } = findSecrets({ cwd: home, env: { HOME: home } }, []);
    expect(source).toBe('~/.config/scalekit-hooks/secret');
    expect(readFileSync(join(home, '.config', 'scalekit-hooks', 'secret'), 'utf8')).toMatch(
      /^whsec_[A-Za-z0-9+/]{32}\n$/,
    );
  });

  it('is kept in folders that are made for it, however deep', () => {
    const folder = join(temporaryFolder(), 'not', 'there', 'yet');
    const { source } = findSecrets({ cwd: '/', env: { XDG_CONFIG_HOME: folder } }, []);
    expect(source).toBe(join(folder, 'scalekit-hooks', 'secret'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('comes with a warning in CI', () => {
    expect(findSecrets(world({ CI: 'true' }), []).notes[0]).toContain('no other process knows this secret');
  });

  it('is one and the same for commands that start at once', async () => {
    const env = { XDG_CONFIG_HOME: temporaryFolder() };
    const started = Array.from({ length: 8 }, () => startBin(['secret'], { env }));
    await Promise.all(started.map(({ ended }) => ended));
    expect(new Set(started.map(({ stdout }) => stdout())).size).toBe(1);
    expect(started[0]!.stdout()).toMatch(/^whsec_.{32}\n$/);
  });

  it('is refused when its folder cannot be made', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'scalekit-hooks'), '');
    expect(() => findSecrets({ cwd: folder, env: { XDG_CONFIG_HOME: folder } }, [])).toThrow(
      /cannot keep a signing secret in/,
    );
  });

  it('is not looked for where .env is a folder', () => {
    const io = world({ SCALEKIT_WEBHOOK_SECRET: '' });
    mkdirSync(join(io.cwd, '.env'));
    const { SCALEKIT_WEBHOOK_SECRET: _, ...env } = io.env;
    expect(findSecrets({ ...io, env }, []).isOurs).toBe(true);
  });
});
