import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAt } from '../support/checking.ts';
import { runBin, startProcess } from '../support/processes.ts';
import { repository } from '../support/repository.ts';
import { missing } from '../support/system-parts.ts';

/** With + and /, so that a decoder for the other base64 alphabet cannot succeed by chance. */
const secret = 'whsec_aHVudC1jYXNlLWtleS0yNC1ie+/l';
const env = { SCALEKIT_WEBHOOK_SECRET: secret };
const handlers = join(repository, 'test/support/handlers');

type Row = [
  name: string,
  diagnoses: readonly string[],
  failed?: readonly string[],
  warned?: readonly string[],
];

interface Language {
  readonly title: string;
  /** Why it cannot run here. */
  readonly missing: string | undefined;
  /** The command; PORT stands for a free port. */
  readonly command: readonly string[];
  readonly rows: Row[];
}

const plain = ['plain'];
const rejected = (name: string, ...diagnoses: string[]): Row => [name, diagnoses, plain];

const node: Row[] = [
  ['right', [], []],
  ['answers text/html', [], []],
  rejected('parses-first', 'parsed-body'),
  rejected('writes {} as []', 'reserialized-body'),
  rejected('leaves out empty objects', 'reserialized-body'),
  rejected('writes 3 digits', 'reserialized-body'),
  rejected('writes 6 digits', 'reserialized-body'),
  rejected('writes 7 digits', 'reserialized-body'),
  rejected('writes times as numbers', 'reserialized-body'),
  rejected('writes +00:00', 'reserialized-body'),
  rejected('escapes slashes', 'reserialized-body'),
  rejected('encodes the body in base64', 'base64-body'),
  rejected('stringifies the text', 'reserialized-body'),
  rejected('signs only the data', 'signed-text'),
  rejected('signs the id of the event', 'signed-text'),
  rejected('reads 512 bytes', 'partial-body'),
  rejected('reads 1000 bytes', 'partial-body'),
  ['reads the first chunk', ['partial-body'], ['non-ascii-split', 'large-body']],
  rejected('has another secret', 'other-secret?', 'other-headers?', 'route-guard?'),
  ...['shows a request id', 'shows a trace id', 'shows the digest of the body', 'has workers with names'].map(
    (name) => rejected(name, 'other-secret?', 'other-headers?', 'route-guard?'),
  ),
  rejected('shows a request id afterwards', 'rejects-verified'),
  rejected('decodes until an error', 'secret-misread'),
  rejected('is 10 minutes ahead', 'stale-time'),
  rejected('is 7 minutes behind', 'stale-time'),
  rejected('reads local time as UTC', 'time-zone'),
  ['looks for the event first', ['known-id'], ['known-id']],
  rejected('knows one type', 'some-types'),
  ['normalizes text', ['decomposed-text'], ['decomposed-text']],
  rejected('rejects the organization', 'rejects-verified'),
  rejected('says 413 about groups', 'rejects-verified'),
  rejected('says CSRF afterwards', 'rejects-verified'),
  rejected('fails afterwards', 'rejects-verified'),
  rejected('rejects long events', 'rejects-content'),
  rejected('requires attributes', 'rejects-content'),
  rejected('has no headers', 'headers-lost?', 'other-secret?', 'parsed-body?'),
  rejected('cannot decode its secret', 'secret-invalid'),
  rejected('decodes the whole signature', 'signature-form'),
  rejected('passes an object', 'parsed-body'),
  rejected('says a session expired', 'some-types?'),
  rejected('says a column expired', 'dependency-fails?'),
  rejected('has no key', 'secret-invalid?', 'other-secret?', 'parsed-body?'),
  rejected('decodes an unset variable', 'secret-invalid?', 'no-body?', 'headers-lost?'),
  rejected('joins an unset path', 'other-secret?', 'parsed-body?', 'handler-error?'),
  rejected('prints an error object', 'parsed-body?', 'other-secret?'),
  rejected('calls an undefined verifier', 'handler-error?', 'other-secret?', 'parsed-body?'),
  rejected('asks for a client secret', 'other-secret?', 'other-headers?', 'route-guard?'),
  rejected('asks for a header with a secret', 'login-guard?', 'other-secret?', 'parsed-body?'),
  rejected('asks for a secret in the query', 'route-guard?', 'other-secret?', 'parsed-body?'),
  rejected('names its unset variable', 'secret-invalid'),
  rejected('checks authenticity', 'other-secret?', 'other-headers?', 'parsed-body?'),
  rejected('is behind CloudFront', 'other-secret?', 'other-headers?', 'route-guard?'),
  rejected('is behind Caddy', 'unavailable?', 'handler-error?'),
  rejected('cannot connect', 'dependency-fails?'),
  rejected('has no database', 'dependency-fails?'),
  ['rejects messages older than 5 s', ['narrow-tolerance?'], ['slow-clock']],
  rejected('uses TLS', 'tls-port'),
  rejected('redirects below /sso', 'redirects'),
  rejected('allows some addresses', 'firewall?', 'other-secret?', 'parsed-body?'),
  rejected('asks for a bearer token', 'login-guard'),
  rejected('says Unauthenticated', 'login-guard?', 'other-secret?', 'parsed-body?'),
  rejected('says Not authenticated', 'login-guard?', 'other-secret?', 'parsed-body?'),
  rejected('says 404 in plain text', 'not-found?'),
  rejected('says 404 with the path', 'not-found?'),
  rejected('says that a token expired', 'login-guard?', 'other-secret?', 'parsed-body?'),
  rejected('lacks a CSRF token', 'csrf-filter'),
  rejected('checks the host', 'host-check'),
  rejected('is Rails without a token', 'csrf-filter'),
  rejected('is Django without a slash', 'slash-redirect'),
  rejected('is an API gateway', 'gateway'),
  rejected('redirects to a login', 'login-guard'),
  rejected('is nginx with a password', 'login-guard'),
  rejected('is nginx without an app', 'proxy'),
  rejected('is always unavailable', 'unavailable?', 'handler-error?'),
];

const languages: readonly Language[] = [
  { title: 'Node.js', missing: undefined, command: [process.execPath, 'field.mjs'], rows: node },
  {
    title: 'PHP',
    missing: missing('php'),
    command: ['php', '-S', '127.0.0.1:PORT', 'field.php'],
    rows: [
      ['right', [], []],
      rejected('encodes again', 'reserialized-body'),
      rejected('encodes again, pretty', 'reserialized-body'),
      [
        'encodes objects',
        ['reserialized-body'],
        [
          'pretty-printed',
          'unicode-escapes',
          'escaped-slashes',
          'decimal-number',
          'long-integer',
          'final-newline',
        ],
      ],
      rejected('uses the secret as text', 'secret-as-text'),
      rejected('reads local time', 'time-zone'),
    ],
  },
  {
    title: 'Flask',
    missing: missing('python'),
    command: ['/usr/bin/python3', 'field.py', '0'],
    rows: [
      ['right', [], []],
      rejected('prints the dict', 'parsed-body'),
      rejected('dumps again', 'reserialized-body'),
      [
        'dumps compactly',
        ['reserialized-body'],
        ['pretty-printed', 'unicode-escapes', 'escaped-slashes', 'final-newline'],
      ],
      rejected('reads 300 bytes', 'partial-body'),
      rejected('reads a variable that is not set', 'empty-secret'),
      rejected('looks up lower-case names', 'other-secret?', 'other-headers?', 'route-guard?'),
    ],
  },
  {
    title: 'Go',
    missing: missing('go'),
    command: ['go', 'run', 'field.go'],
    rows: [
      ['right', [], []],
      [
        'marshals again',
        ['reserialized-body'],
        [
          'pretty-printed',
          'unicode-escapes',
          'escaped-slashes',
          'long-integer',
          'decimal-number',
          'other-order',
          'final-newline',
        ],
      ],
      rejected('reads 1024 bytes', 'partial-body'),
      rejected('decodes base64url', 'secret-misread'),
      rejected('decodes the prefix', 'secret-misread'),
    ],
  },
];

describe.each(languages)('handlers with real mistakes: $title', ({ missing: reason, command, rows }) => {
  let url = '';
  let stop = async () => {};
  beforeAll(async () => {
    if (reason === undefined) ({ url, stop } = await startServer(command));
  }, 60_000);
  afterAll(() => stop());

  it.skipIf(reason !== undefined).each(rows)(
    `%s${reason === undefined ? '' : ` (skipped: ${reason})`}`,
    async (name, diagnoses, failed = [], warned) => {
      const found = await checkAt(`${url}/webhook/${encodeURIComponent(name)}`, ['--timeout', '2s'], { env });
      expect(found.diagnoses).toEqual(diagnoses);
      expect([...found.failed].sort()).toEqual([...failed].sort());
      if (warned) expect(found.warned).toEqual(warned);
    },
  );
});

describe('handlers that do not always answer alike', () => {
  const start = async () => {
    const [, port] = await startProcess(process.execPath, [join(handlers, 'field.mjs')], { env }).until(
      /listening on (\d+)/,
    );
    return (name: string) => `http://127.0.0.1:${port}/webhook/${encodeURIComponent(name)}`;
  };

  it.each(['is one of two instances', 'stops after 20', 'fails every tenth time'])(
    '%s: inconsistent, and no other cause',
    async (name) => {
      const at = await start();
      expect((await checkAt(at(name), [], { env })).diagnoses).toEqual(['inconsistent']);
    },
  );

  it('compares URL-safe signatures: never a cause that was found by chance', async () => {
    const at = await start();
    const { diagnoses } = await checkAt(at('compares URL-safe signatures'), [], { env });
    expect(['inconsistent', 'signature-form', 'parsed-body?']).toContain(diagnoses[0]);
  });

  it('looks for the message first: accepts messages without an id for that reason', async () => {
    const at = await start();
    const { diagnoses } = await checkAt(at('looks for the message first'), [], { env });
    expect(diagnoses).toEqual(['known-id']);
  });

  it('answers 2xx to types that it ignores, before it verifies', async () => {
    const at = await start();
    const { diagnoses } = await checkAt(at('ignores types first'), [], { env });
    expect(diagnoses[0]).toBe('skips-types');
  });

  it('a likely responder: the sentence does not repeat that it is likely', async () => {
    const at = await start();
    const { facts } = await checkAt(at('says Unauthenticated'), [], { env });
    const [likely] = facts.filter(({ kind }) => kind === 'diagnosis');
    expect(likely).toMatchObject({ code: 'login-guard', certain: false });
    expect(likely!.message).not.toMatch(/likely/);
  });

  it('rejects with 200 and a request id: not called a handler that does not verify', async () => {
    const at = await start();
    const { diagnoses } = await checkAt(at('rejects with 200 and a request id'), [], { env });
    expect(diagnoses[0]).toBe('rejects-with-2xx');
  });

  it('rejects some types, valid or forged: does not verify', async () => {
    const at = await start();
    const { diagnoses } = await checkAt(at('requires an email address'), [], { env });
    expect(diagnoses).toContain('accepts-everything');
    expect(diagnoses).not.toContain('skips-types');
  });

  it('answers 200 with an error to everything: not called a handler that does not verify', async () => {
    const at = await start();
    const { diagnoses } = await checkAt(at('rejects with 200 and text'), [], { env });
    expect(diagnoses[0]).toBe('rejects-with-2xx?');
  });
});

describe('servers that are slow, late, or serve one at a time', () => {
  const start = (...args: string[]) =>
    startProcess(process.execPath, [join(handlers, 'field.mjs'), ...args], { env });
  const urlOf = async (...args: string[]) => {
    const [, port] = await start(...args).until(/listening on (\d+)/);
    return `http://127.0.0.1:${port}/webhook`;
  };

  it('503 to the first message only: a warning', async () => {
    const { exitCode, diagnoses, warned, failed } = await checkAt(await urlOf('unready'), [], { env });
    expect({ exitCode, diagnoses, warned, failed }).toEqual({
      exitCode: 0,
      diagnoses: [],
      warned: ['plain'],
      failed: [],
    });
  });

  it('the first response takes longer than the time limit: a warning', async () => {
    const { exitCode, warned, facts } = await checkAt(await urlOf('cold', '2'), ['--timeout', '1500ms'], {
      env,
    });
    expect({ exitCode, warned }).toEqual({ exitCode: 0, warned: ['plain'] });
    expect(facts.find(({ name }) => name === 'plain')).toMatchObject({ code: 'slow-start' });
  });

  it('one connection at a time: named, and everything else is checked on one connection', async () => {
    const { diagnoses, failed } = await checkAt(await urlOf('single'), [], { env });
    expect({ diagnoses, failed }).toEqual({ diagnoses: ['one-connection'], failed: ['second-connection'] });
  });

  it('one connection at a time, and another secret: the cause is still found', async () => {
    const other = { SCALEKIT_WEBHOOK_SECRET: '' };
    const started = startProcess(process.execPath, [join(handlers, 'field.mjs'), 'single'], { env: other });
    const [, port] = await started.until(/listening on (\d+)/);
    const { diagnoses } = await checkAt(`http://127.0.0.1:${port}/webhook`, ['--timeout', '5s'], { env });
    expect(diagnoses).toEqual(['empty-secret']);
  });

  it('a clock that is 4 minutes ahead: the Date header proves it', async () => {
    const { diagnoses, failed } = await checkAt(await urlOf('skewed', '240'), [], { env });
    expect({ diagnoses, failed }).toEqual({ diagnoses: ['clock-drift'], failed: ['slow-clock'] });
  });

  it.each(['600', '-420', '5400', '-40000'])(
    'a clock that is %s s off: accepted at the time of its Date header',
    async (seconds) => {
      expect((await checkAt(await urlOf('skewed', seconds), [], { env })).diagnoses).toEqual(['clock']);
    },
  );
});

describe('--start', () => {
  const file = JSON.stringify(join(handlers, 'field.mjs'));
  const startAt = async (command: (port: number) => string, flags: string[] = []) => {
    const port = await freePort();
    const ran = await runBin(
      ['check', `127.0.0.1:${port}/webhook`, '--json', '--start', command(port), ...flags],
      { env: { ...env, NODE: process.execPath } },
    );
    const facts = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    return { ...ran, diagnosis: facts.find(({ kind }) => kind === 'diagnosis'), facts };
  };

  it('an app that crashes a moment after its last response fails', async () => {
    const { exitCode, diagnosis, stderr } = await startAt(
      (port) => `PORT=${port} exec "$NODE" ${file} crashing`,
    );
    expect(exitCode).toBe(1);
    // On a slow machine it crashes before the last message, and the diagnosis names the checks without a response.
    expect(diagnosis).toMatchObject({ code: 'crashes', certain: true });
    expect(stderr).toContain('null is not expected');
  });

  it('an app that is ready late passes without a warning: --wait covers its first response', async () => {
    const { exitCode, facts } = await startAt(
      (port) => `PORT=${port} exec "$NODE" ${file} cold 2`,
      ['--timeout', '1500ms'],
    );
    expect(exitCode).toBe(0);
    expect(facts.at(-1).checks).toMatchObject({ failed: 0, warned: 0 });
  });

  it('an app that does not use the secret it was given: another variable, or a .env file', async () => {
    const other = 'SCALEKIT_WEBHOOK_SECRET=whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB';
    const { facts } = await startAt((port) => `${other} PORT=${port} exec "$NODE" ${file} cold 0`);
    const found = facts.find(({ kind, code }) => kind === 'diagnosis' && code === 'other-secret');
    expect(found).toMatchObject({ certain: false, message: expect.stringMatching(/variable.*\.env/) });
  });
});

async function startServer(command: readonly string[]) {
  const port = await freePort();
  const [file, ...args] = command.map((part) => part.replace('PORT', String(port)));
  const child = spawn(file!, args, {
    cwd: handlers,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env, PHP_CLI_SERVER_WORKERS: '4' },
    stdio: ['ignore', 'pipe', 'pipe'],
    // So that what `go run` starts ends too.
    detached: true,
  });
  const ended = once(child, 'close');
  let output = '';
  const listening = new Promise<number>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text) => {
        output += text;
        const found = /listening on (\d+)|Development Server \(http:\/\/127\.0\.0\.1:(\d+)\) started/.exec(
          output,
        );
        if (found) resolve(Number(found[1] ?? found[2]));
      });
    }
    ended.then(() => reject(new Error(`${file} ended before it listened: ${output}`)));
  });
  const stop = async () => {
    process.kill(-child.pid!, 'SIGKILL');
    await ended;
  };
  return { url: `http://127.0.0.1:${await listening}`, stop };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
