import { createHmac, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { recordsIn } from '../support/captures.ts';
import { freshId, post, secretInEnv, startListen } from '../support/listener.ts';
import { testSecret } from '../support/memory-io.ts';
import { startBin } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** After each of these, the listener still accepts a good event. */

const folderOf = (cwd: string) => join(cwd, '.scalekit-hooks/captures');
const body = '{"id":"evt_1","type":"user.created","data":{}}';

function open(url: string): Socket {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.on('error', () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}

/** Writes bytes, and reads until the other side closes or the head of the response is complete. */
async function talk(url: string, bytes: string | Buffer, isEnough = /\r\n\r\n/): Promise<string> {
  const socket = open(url);
  let response = '';
  socket.write(bytes);
  await new Promise<void>((resolve) => {
    socket.on('close', () => resolve());
    socket.on('data', (chunk) => {
      response += chunk.toString('latin1');
      if (isEnough.test(response)) resolve();
    });
  });
  socket.destroy();
  return response;
}

const stillWorks = async (url: string) => expect((await post(url)).status).toBe(201);

function signed(bytes: Buffer, id = freshId()): Record<string, string> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(testSecret.slice(6), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(bytes).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}

it.each(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH'])(
  '%s: 405 with Allow, and nothing is stored',
  async (method) => {
    const { url, cwd } = await startListen();
    const response = await fetch(url, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(recordsIn(folderOf(cwd))).toEqual([]);
    await stillWorks(url);
  },
);

it('a page of another origin gets no CORS header and no secret, whatever it requests', async () => {
  const { url } = await startListen();
  const asking = {
    origin: 'https://evil.example',
    'access-control-request-method': 'POST',
    host: 'evil.example',
  };
  for (const method of ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT']) {
    const head = Object.entries(asking).map(([name, value]) => `${name}: ${value}\r\n`);
    const response = await talk(
      url,
      `${method} / HTTP/1.1\r\n${head.join('')}content-length: 0\r\nconnection: close\r\n\r\n`,
    );
    expect(response).toMatch(/^HTTP\/1\.1 4/);
    expect(response.toLowerCase()).not.toContain('access-control-');
    expect(response).not.toContain('whsec_');
  }
  await stillWorks(url);
});

it('missing and wrong signatures: 401 with only a code; stored with the verdict; explained in the output', async () => {
  const { url, cwd, facts } = await startListen();
  const old = String(Math.floor(Date.now() / 1000) - 3600);
  const forged: Record<string, string>[] = [
    { 'webhook-signature': '' },
    { 'webhook-id': 'other' },
    { 'webhook-timestamp': old },
  ];
  for (const headers of forged) {
    const response = await post(url, { body, headers });
    expect(response.status).toBe(401);
    expect(await response.text()).toMatch(/^\{"error":"[a-z_]+"\}$/);
  }
  expect(recordsIn(folderOf(cwd))).toMatchObject([
    { verified: false, reason: 'missing_header', reason_headers: ['webhook-signature'], status: 401 },
    { verified: false, reason: 'signature_mismatch', status: 401 },
    { verified: false, reason: 'signature_mismatch', status: 401 },
  ]);
  expect(facts('received')).toMatchObject([
    { verified: false, reason: 'missing_header', detail: expect.stringContaining('webhook-signature') },
    { verified: false, reason: 'signature_mismatch', detail: expect.stringMatching(/./) },
    { verified: false, reason: 'signature_mismatch', detail: expect.stringMatching(/./) },
  ]);
  await stillWorks(url);
});

it('a body that is too large, with or without its length: early 413, and nothing is stored', async () => {
  const { url, cwd } = await startListen();
  const head = 'POST / HTTP/1.1\r\nhost: x\r\n';
  expect(await talk(url, `${head}content-length: 10000000000\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
  const socket = open(url);
  const answered = once(socket, 'data');
  socket.write(`${head}transfer-encoding: chunked\r\n\r\n`);
  const chunk = Buffer.alloc(1024 * 1024, 'x');
  for (let sent = 0; sent < 12 && !socket.destroyed; sent += 1) {
    socket.write('100000\r\n');
    socket.write(chunk);
    socket.write('\r\n');
  }
  expect(String((await answered)[0])).toMatch(/^HTTP\/1\.1 413 /);
  expect(recordsIn(folderOf(cwd))).toEqual([]);
  await stillWorks(url);
});

it('a body of 10 MiB is accepted', async () => {
  const { url, cwd } = await startListen();
  expect((await post(url, { body: 'x'.repeat(10 * 1024 * 1024) })).status).toBe(201);
  expect((recordsIn(folderOf(cwd))[0]!.body as string).length).toBe(10 * 1024 * 1024);
});

it.each([
  ['gzip', gzipSync(body), { 'content-encoding': 'gzip' }],
  [
    'latin1',
    Buffer.from('{"name":"é"}', 'latin1'),
    { 'content-type': 'application/json; charset=iso-8859-1' },
  ],
  ['multipart', Buffer.from('--x\r\n\r\na\r\n--x--'), { 'content-type': 'multipart/form-data; boundary=x' }],
])('%s: its bytes are verified, and stored unchanged', async (_name, bytes, headers) => {
  const { url, cwd } = await startListen();
  expect((await post(url, { body: bytes, headers: { ...signed(bytes), ...headers } })).status).toBe(201);
  const [record] = recordsIn(folderOf(cwd));
  const stored =
    typeof record!.body === 'string'
      ? Buffer.from(record!.body)
      : Buffer.from(record!.body_base64 as string, 'base64');
  expect(stored.equals(bytes)).toBe(true);
  await stillWorks(url);
});

it('500 slow connections do not delay a good event', async () => {
  const { url } = await startListen();
  const sockets = Array.from({ length: 500 }, () => open(url));
  await Promise.all(sockets.map((socket) => once(socket, 'connect')));
  for (const [index, socket] of sockets.entries())
    socket.write(index % 2 ? 'POST / HT' : 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\nhalf');
  await stillWorks(url);
});

it('a sender that disconnects before the end of the body: nothing is stored', async () => {
  const { url, cwd, stop } = await startListen();
  const socket = open(url);
  socket.write('POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"half":');
  await once(socket, 'connect');
  socket.destroy();
  await stillWorks(url);
  await stop();
  expect(recordsIn(folderOf(cwd))).toHaveLength(1);
});

it('an event that arrives again: accepted, stored and counted as another delivery', async () => {
  const { url, cwd, facts } = await startListen();
  for (let count = 0; count < 3; count += 1) expect((await post(url, { id: 'msg_same' })).status).toBe(201);
  // A forged message with the same id is not counted as one of its deliveries.
  expect((await post(url, { id: 'msg_same', headers: { 'webhook-timestamp': '1' } })).status).toBe(401);
  expect(facts('received').map(({ delivery_number }) => delivery_number)).toEqual([1, 2, 3, 1]);
  expect(recordsIn(folderOf(cwd)).map(({ webhook_id }) => webhook_id)).toEqual(Array(4).fill('msg_same'));
  expect(new Set(recordsIn(folderOf(cwd)).map(({ capture }) => capture)).size).toBe(4);
});

it('an app that is down: stored first, then 502 within the limit (see forward.test.ts)', async () => {
  const { url, cwd } = await startListen(['--forward-to', 'http://127.0.0.1:1/']);
  expect((await post(url)).status).toBe(502);
  expect(recordsIn(folderOf(cwd)).map(({ record }) => record)).toEqual(['capture', 'outcome']);
});

it.each([
  ['a malformed Host', 'POST / HTTP/1.1\r\nhost: a b:c]]\r\ncontent-length: 0\r\n\r\n', /^HTTP\/1\.1 4/],
  ['no Host', 'POST / HTTP/1.1\r\ncontent-length: 0\r\n\r\n', /^HTTP\/1\.1 4/],
  [
    'a malformed Origin',
    'POST / HTTP/1.1\r\nhost: x\r\norigin: ][\r\ncontent-length: 0\r\n\r\n',
    /^HTTP\/1\.1 401/,
  ],
  ['a fragment', 'POST /#x HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n', /^HTTP\/1\.1 400/],
  ['a backslash', 'POST /\\x HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n', /^HTTP\/1\.1 400/],
  [
    'an absolute form',
    'POST http://evil/x HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n',
    /^HTTP\/1\.1 400/,
  ],
  ['two slashes', 'POST //evil/x HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n', /^HTTP\/1\.1 400/],
  ['%00', 'POST /%00 HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n', /^HTTP\/1\.1 401/],
  [
    'two lengths',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\ncontent-length: 5\r\n\r\n',
    /^HTTP\/1\.1 400/,
  ],
  [
    'a length and chunks',
    'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    /^HTTP\/1\.1 4/,
  ],
])('%s', async (_name, bytes, expected) => {
  const { url, io } = await startListen();
  expect(await talk(url, bytes)).toMatch(expected);
  await stillWorks(url);
  expect(io.stderr.text).not.toMatch(/ {4}at |Error/);
});

it.each([
  [
    'Upgrade',
    'POST / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\ncontent-length: 0\r\n\r\n',
    /^HTTP\/1\.1 4|^$/,
  ],
  ['CONNECT', 'CONNECT evil:443 HTTP/1.1\r\nhost: evil\r\n\r\n', /^$|^HTTP\/1\.1 4/],
  ['Expect', 'POST / HTTP/1.1\r\nhost: x\r\nexpect: much\r\ncontent-length: 0\r\n\r\n', /^HTTP\/1\.1 4/],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', /^HTTP\/1\.1 4|^$/],
  ['a TLS hello', Buffer.from('16030100c8010000c403035f', 'hex'), /^HTTP\/1\.1 4|^$/],
])('%s: 4xx or a closed connection', async (_name, bytes, expected) => {
  const { url } = await startListen();
  const response = await talk(url, bytes);
  expect(response).toMatch(expected);
  await stillWorks(url);
});

it('a foreign Host, as a tunnel sends it: accepted, because the signature is verified', async () => {
  const { url } = await startListen();
  const head = Object.entries(signed(Buffer.from(body))).map(([name, value]) => `${name}: ${value}`);
  const request = `POST /webhook HTTP/1.1\r\nhost: abc.tunnel.example\r\n${head.join('\r\n')}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
  expect(await talk(url, request)).toMatch(/^HTTP\/1\.1 201 /);
});

it('1,000 malformed requests: no 5xx response and no crash (memory: test/torture/fuzz)', async () => {
  const cwd = temporaryFolder();
  const started = startBin(['listen', '--port', '0', '--quiet'], { env: secretInEnv, cwd });
  const [, url] = await started.until(/ready on (\S+)/);
  const heads = [
    'POST / HTTP/1.1\r\n',
    'POST /x HTTP/1.0\r\n',
    'GET / HTTP/1.1\r\nhost: x\r\n',
    '',
    '\r\n\r\n',
  ];
  const lines = [
    'host: x\r\n',
    'content-length: 9\r\n',
    'content-length: -1\r\n',
    'transfer-encoding: chunked\r\n',
    'x\r\n',
    ': y\r\n',
    'webhook-id: a\r\n',
    '\r\n',
    '\0',
  ];
  const pick = <T>(list: readonly T[], byte: number) => list[byte % list.length]!;
  for (let round = 0; round < 50; round += 1) {
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => {
        const random = randomBytes(12);
        const text =
          pick(heads, random[0]!) + Array.from(random.subarray(1, 7), (byte) => pick(lines, byte)).join('');
        const socket = open(url!);
        socket.end(Buffer.concat([Buffer.from(text, 'latin1'), randomBytes(random[8]! % 64)]));
        let response = '';
        socket.on('data', (chunk) => {
          response += chunk.toString('latin1');
        });
        return once(socket, 'close').then(() => response);
      }),
    );
    for (const response of responses) expect(response).not.toMatch(/HTTP\/1\.1 5/);
  }
  await stillWorks(url!);
  expect(started.stderr()).not.toMatch(/ {4}at /);
});
