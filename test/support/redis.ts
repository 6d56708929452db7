import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { redisStore } from '../../src/captures/redis/store.ts';
import type { CaptureStore, FollowedBatch } from '../../src/captures/store.ts';
import { findCapturesPlace } from '../../src/config/captures.ts';
import { idsOf } from './captures.ts';
import { missing } from './system-parts.ts';
import { closedPort } from './targets.ts';
import { temporaryFolder } from './temporary.ts';

/** Why tests of Redis are skipped; undefined if a server is installed. */
export const noRedis = missing('redis');

/** Tests that need a server. Skipped with the reason where none is installed. */
export function describeWithRedis(name: string, tests: () => void): void {
  describe.skipIf(noRedis)(`${name}${noRedis ? ` (skipped: ${noRedis})` : ''}`, tests);
}

/** A real server with a folder of its own. */
export interface RedisProcess {
  readonly port: number;
  readonly url: string;
  /** Of the current process. */
  readonly child: () => ChildProcess;
  /** Runs a command and returns what redis-cli prints. */
  cli(...args: string[]): string;
  start(): Promise<void>;
  /** Kills it and waits for its end. */
  kill(): Promise<void>;
}

/** Starts a server with more settings, such as `['--appendonly', 'yes']`. */
export async function startRedis(settings: readonly string[] = []): Promise<RedisProcess> {
  const [folder, port] = [temporaryFolder(), await closedPort()];
  const isTls = settings.includes('--tls-port');
  let child: ChildProcess | undefined;
  const start = async () => {
    const own = ['--bind', '127.0.0.1', '--dir', folder, '--save', ''];
    const ports = isTls ? ['--port', '0', '--tls-port', String(port)] : ['--port', String(port)];
    const others = settings.filter((setting) => setting !== '--tls-port');
    child = spawn('redis-server', [...own, ...ports, ...others], { stdio: ['ignore', 'pipe', 'inherit'] });
    child.stdout!.setEncoding('utf8');
    for await (const [text] of on(child)) if (/Ready to accept connections/.test(text)) break;
  };
  const kill = async () => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  };
  await start();
  onTestFinished(kill);
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    child: () => child!,
    cli: (...args) => execFileSync('redis-cli', ['-p', String(port), ...args], { encoding: 'utf8' }).trim(),
    start,
    kill,
  };
}

/** What a process prints, until it ends. */
async function* on({ stdout }: ChildProcess): AsyncGenerator<[string]> {
  let text = '';
  for await (const chunk of stdout!.iterator({ destroyOnReturn: false })) {
    text += chunk;
    yield [text];
  }
  throw new Error(`redis-server ended:\n${text}`);
}

/** The store at a URL, closed after the test. */
export function storeAt(url: string): CaptureStore {
  const { server } = findCapturesPlace({ cwd: '/', env: {} }, { captures: url });
  const store = redisStore(server!);
  onTestFinished(() => store.close());
  return store;
}

/** Settings of a server that has on its disk what it has acknowledged. */
export const always = ['--appendonly', 'yes', '--appendfsync', 'always'];

/** A writer of the store, with the clock of this machine. */
export async function writerOf(store: CaptureStore) {
  return (await store.openWriter({ sync: false, now: Date.now })).writer;
}

/** The ids of all captures, oldest first. */
export async function storedIds(store: CaptureStore): Promise<string[]> {
  return idsOf((await store.openReader()).oldestFirst());
}

/** Follows until a batch is what is waited for, and returns all batches. */
export async function followUntil(
  store: CaptureStore,
  after: string | undefined,
  isLast: (batch: FollowedBatch) => boolean,
): Promise<FollowedBatch[]> {
  const stop = new AbortController();
  const batches: FollowedBatch[] = [];
  for await (const batch of store.follow(after, stop.signal)) {
    batches.push(batch);
    if (isLast(batch)) stop.abort();
  }
  return batches;
}

/** The ids of the captures in batches, in order. */
export const capturesOf = (batches: readonly FollowedBatch[]) =>
  batches.flatMap(({ entries }) =>
    entries.flatMap((entry) => (entry.kind === 'capture' ? [entry.head.id] : [])),
  );

/** A certificate for 127.0.0.1 that it signs itself: the paths of the certificate and of its key. */
export function makeCertificate(): { cert: string; key: string } {
  const folder = temporaryFolder();
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-keyout',
      key,
      '-out',
      cert,
      ...subject,
    ],
    {
      stdio: 'ignore',
    },
  );
  return { cert, key };
}
