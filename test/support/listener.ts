import { Webhook as StandardWebhook } from 'standardwebhooks';
import { onTestFinished } from 'vitest';
import { run } from '../../src/main.ts';
import { memoryIo, readFacts, testSecret, type World } from './memory-io.ts';

export const secretInEnv = { SCALEKIT_WEBHOOK_SECRET: testSecret };

/** Runs `listen --port 0 --json` in this process; `stop` ends it like Ctrl-C. */
export async function startListen(args: string[] = [], world: World = {}) {
  const { io, signal } = memoryIo(['listen', '--port', '0', '--json', ...args], {
    env: secretInEnv,
    ...world,
  });
  const ended = run(io);
  const [, url] = await Promise.race([
    io.stdout.until(/"url":"([^"]+)"/),
    ended.then((code) => Promise.reject(new Error(`ended with ${code}: ${io.stdout.text}${io.stderr.text}`))),
  ]);
  const stop = () => {
    signal('SIGINT');
    return ended;
  };
  onTestFinished(async () => void (await stop()));
  const facts = (name?: string) =>
    readFacts(io.stdout.text).filter(({ kind }) => name === undefined || kind === name);
  return { io, url: url!, cwd: io.cwd, ended, stop, facts };
}

const standard = new StandardWebhook(testSecret);
let sent = 0;

/** A webhook-id that is unique in this test file. */
export function freshId(): string {
  sent += 1;
  return `msg_test${sent}`;
}

export interface Posted {
  readonly body?: string | Uint8Array;
  readonly id?: string;
  /** Replaces or adds headers. */
  readonly headers?: Record<string, string>;
  readonly signer?: { sign(id: string, timestamp: Date, body: string | Buffer): string };
}

/** Posts a message signed by an independent library, as Scalekit would. */
export function post(url: string, posted: Posted = {}): Promise<Response> {
  const {
    body = '{"data":{},"id":"evt_1","type":"user.created"}',
    id = freshId(),
    signer = standard,
  } = posted;
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': typeof body === 'string' ? signer.sign(id, now, body) : '',
    ...posted.headers,
  };
  return fetch(url, { method: 'POST', body: body as string, headers, redirect: 'manual' });
}
