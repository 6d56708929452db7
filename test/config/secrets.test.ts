import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSecrets } from '../../src/config/secrets.ts';
import { HooksError } from '../../src/errors.ts';
import { testSecret } from '../support/memory-io.ts';
import { runBin, startBin } from '../support/processes.ts';
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

/** The HooksError that a search throws. */
function errorOf(search: () => unknown): HooksError {
  try {
    search();
  } catch (error) {
    expect(error).toBeInstanceOf(HooksError);
    return error as HooksError;
  }
  throw new Error('no error was thrown');
}

const texts = (...given: Parameters<typeof findSecrets>) =>
  findSecrets(...given).secrets.map(({ text }) => text);

describe('the first place with a secret is used', () => {
  it('--secret, then the environment, then .env.local, then .env', () => {
    const io = world({ SCALEKIT_WEBHOOK_SECRET: second });
    writeFileSync(join(io.cwd, '.env.local'), `SCALEKIT_WEBHOOK_SECRET=${third}\n`);
    writeFileSync(
      join(io.cwd, '.env'),
      `# test\nexport SCALEKIT_WEBHOOK_SECRET='${fourth}' # staging\nOTHER=1\n`,
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

  it('accepts several --secret', () => {
    expect(texts(world(), [first, second])).toEqual([first, second]);
  });
});

describe('a malformed secret is rejected with its source, and masked like any secret', () => {
  it.each([
    ['', /\bempty$/],
    ['whsec_', /\bno key\b/],
    [`v1,${first}`, /"v1,"/],
    [`"${first}"`, /\bquotation marks\b/],
    ['whsec_test_secret', /\bsecond underscore\b/],
    ['my-very-secret-value', /\bnot start with whsec_/],
  ])('%j', (value, reason) => {
    const { code, sentences } = errorOf(() => findSecrets(world({ SCALEKIT_WEBHOOK_SECRET: value }), []));
    expect(code).toBe('invalid_secret');
    expect(sentences.message).toContain('SCALEKIT_WEBHOOK_SECRET');
    expect(sentences.detail).toMatch(reason);
    // As for any secret, at most the prefix and two characters are shown.
    const key = value.replace(/^.*whsec_/, '').slice(0, 4);
    if (key !== '') expect(JSON.stringify(sentences)).not.toContain(key);
  });
});

it.each([
  ['a megabyte of one secret', 'a'.repeat(900_000)],
  ['thousands of secrets', Array.from({ length: 5000 }, () => first).join(',')],
])('%s in .env is rejected', async (_name, value) => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, '.env'), `SCALEKIT_WEBHOOK_SECRET=${value}\n`);
  for (const args of [
    ['send', 'user.created', '--dry-run'],
    ['verify', 'last'],
  ]) {
    const ran = await runBin(args, { cwd });
    expect(ran).toMatchObject({ exitCode: 2, stderr: expect.not.stringContaining(value.slice(0, 200)) });
  }
});

it('any text in .env is either read or rejected with a HooksError', () => {
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

it('.env in UTF-16 is rejected with its path', () => {
  const io = world();
  writeFileSync(join(io.cwd, '.env'), Buffer.from(`SCALEKIT_WEBHOOK_SECRET=${testSecret}`, 'utf16le'));
  const { code, sentences } = errorOf(() => findSecrets(io, []));
  expect(code).toBe('unreadable_file');
  expect(sentences.message).toContain(join(io.cwd, '.env'));
  expect(sentences.detail).toMatch(/\bUTF-8\b.*\bUTF-16\b/);
});

describe('notes', () => {
  it.each([
    [[testSecret], [/--secret .*process list.*SCALEKIT_WEBHOOK_SECRET.*\.env/]],
    [[`${testSecret}\n`], [/process list/, /\bwhitespace\b.*--secret$/]],
    [['whsec_QUJD'], [/process list/, /--secret .*\b3 bytes\b/]],
  ])('%j', (flags, expected) => {
    expect(findSecrets(world(), flags).notes).toEqual(expected.map((note) => expect.stringMatching(note)));
  });
});

it('a pipe in the place of a file that is not read is left alone', async () => {
  const io = world();
  const pipe = join(io.cwd, '.env.test');
  execFileSync('mkfifo', [pipe]);
  // It writes as soon as somebody reads.
  const writer = spawn('sh', ['-c', 'echo "$0" > "$1"', `SCALEKIT_WEBHOOK_SECRET=${first}`, pipe]);
  await once(writer, 'spawn');
  const { notes } = findSecrets(io, []);
  writer.kill();
  expect(notes.join()).not.toContain('.env.test');
});

it.each(['.env.development', '.dev.vars'])('%s has a secret that is not read: a note', (file) => {
  const io = world();
  writeFileSync(join(io.cwd, file), `SCALEKIT_WEBHOOK_SECRET=${testSecret}\n`);
  const { isOurs, notes } = findSecrets(io, []);
  expect(isOurs).toBe(true);
  expect(notes).toContainEqual(expect.stringContaining(file));
  writeFileSync(join(io.cwd, '.env'), `SCALEKIT_WEBHOOK_SECRET=${testSecret}\n`);
  expect(findSecrets(io, []).notes).toEqual([]);
});

describe('the secret that is generated on first use', () => {
  it('stays the same, and only its owner can read it', () => {
    const io = world();
    const generated = findSecrets(io, []);
    const path = join(io.env.XDG_CONFIG_HOME!, 'scalekit-hooks', 'secret');
    expect(generated).toMatchObject({ source: path, isOurs: true, notes: [] });
    expect(generated.secrets[0].key).toHaveLength(24);
    expect(texts(io, [])).toEqual([generated.secrets[0].text]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(path, '..'))).toEqual(['secret']);
  });

  it('is in ~/.config by default', () => {
    const home = temporaryFolder();
    const { source } = findSecrets({ cwd: home, env: { HOME: home } }, []);
    expect(source).toBe('~/.config/scalekit-hooks/secret');
    expect(readFileSync(join(home, '.config', 'scalekit-hooks', 'secret'), 'utf8')).toMatch(
      /^whsec_[A-Za-z0-9+/]{32}\n$/,
    );
  });

  it('is stored in a folder that is created with its parent folders', () => {
    const folder = join(temporaryFolder(), 'not', 'there', 'yet');
    const { source } = findSecrets({ cwd: '/', env: { XDG_CONFIG_HOME: folder } }, []);
    expect(source).toBe(join(folder, 'scalekit-hooks', 'secret'));
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('comes with a warning in CI', () => {
    const io = world({ CI: 'true' });
    const path = join(io.env.XDG_CONFIG_HOME!, 'scalekit-hooks', 'secret');
    const { notes } = findSecrets(io, []);
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain(path);
    expect(notes[0]).toContain('SCALEKIT_WEBHOOK_SECRET');
  });

  it('is the same for commands that start at the same time', async () => {
    const env = { XDG_CONFIG_HOME: temporaryFolder() };
    const started = Array.from({ length: 8 }, () => startBin(['secret'], { env }));
    await Promise.all(started.map(({ ended }) => ended));
    expect(new Set(started.map(({ stdout }) => stdout())).size).toBe(1);
    expect(started[0]!.stdout()).toMatch(/^whsec_.{32}\n$/);
  });

  it('is an error if its folder cannot be created', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'scalekit-hooks'), '');
    const search = () => findSecrets({ cwd: folder, env: { XDG_CONFIG_HOME: folder } }, []);
    const { code, sentences } = errorOf(search);
    expect(code).toBe('unusable_config_folder');
    expect(sentences.message).toContain(join(folder, 'scalekit-hooks'));
    expect(sentences.detail).toContain('ENOTDIR');
  });

  it('is used if .env is a folder', () => {
    const io = world({ SCALEKIT_WEBHOOK_SECRET: '' });
    mkdirSync(join(io.cwd, '.env'));
    const { SCALEKIT_WEBHOOK_SECRET: _, ...env } = io.env;
    expect(findSecrets({ ...io, env }, []).isOurs).toBe(true);
  });
});
