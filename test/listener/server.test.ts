import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { findFreePort } from '../../src/listener/binding.ts';
import { admit, type ReceivedRequest } from '../../src/listener/receive.ts';
import { type Listener, openListener, type Receiver } from '../../src/listener/server.ts';
import { BODY_LIMIT } from '../../src/message.ts';
import { readSecret, type Secret } from '../../src/signature/secret.ts';
import { testSecret } from '../support/memory-io.ts';
import { startBin } from '../support/processes.ts';

const accepted = { status: 201, headers: {}, body: 'ok' };

async function open(receiver: Partial<Receiver> = {}): Promise<Listener & { received: ReceivedRequest[] }> {
  const received: ReceivedRequest[] = [];
  const listener = await openListener('127.0.0.1', 0, {
    admit: (head) => admit(head, { secrets: [] }),
    receive: ({ body, ...head }) => {
      received.push({ ...head, ...body.read(false) });
      return accepted;
    },
    ...receiver,
  });
  onTestFinished(() => listener.close(0));
  return { ...listener, received };
}

/** Writes bytes to the port and reads until the other side closes. */
async function talk(port: number, ...texts: (string | Buffer)[]): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let response = '';
  socket.on('data', (chunk) => {
    response += chunk;
  });
  socket.on('error', () => {});
  for (const text of texts) socket.write(text);
  await once(socket, 'close');
  return response;
}

const head = (length: number, extra = '') =>
  `POST /webhook HTTP/1.1\r\nhost: x\r\ncontent-length: ${length}\r\nconnection: close\r\n${extra}\r\n`;

describe('requests', () => {
  it('keep their bytes, and headers with their case, order and repeats', async () => {
    const listener = await open();
    const body = Buffer.from([0xff, 0x00, 0x7b]);
    const response = await talk(listener.port, head(3, 'Webhook-Id: a\r\nX-B: 1\r\nwebhook-id: a\r\n'), body);
    expect(response).toMatch(/^HTTP\/1\.1 201 /);
    const [request] = listener.received;
    expect(Buffer.from(request!.body).equals(body)).toBe(true);
    expect(request!.headers.slice(3)).toEqual([
      ['Webhook-Id', 'a'],
      ['X-B', '1'],
      ['webhook-id', 'a'],
    ]);
  });

  it('with a chunked body that is too large get status 413', async () => {
    const turnedAway: number[] = [];
    const listener = await open({ turnedAway: (_head, { status }) => void turnedAway.push(status) });
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const socket = connect(listener.port, '127.0.0.1');
    socket.on('error', () => {});
    socket.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    let written = 0;
    const answered = once(socket, 'data');
    while (written <= BODY_LIMIT && !socket.destroyed) {
      socket.write(`${chunk.length.toString(16)}\r\n`);
      socket.write(chunk);
      socket.write('\r\n');
      written += chunk.length;
    }
    expect(String((await answered)[0])).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
    expect(turnedAway).toEqual([413]);
    expect(listener.received).toEqual([]);
  });

  it('are ignored if the sender disconnects before the end of the body', async () => {
    const listener = await open();
    const socket = connect(listener.port, '127.0.0.1');
    socket.write(head(100));
    socket.write('half');
    await new Promise((resolve) => setImmediate(resolve));
    socket.destroy();
    await talk(listener.port, head(2), '{}');
    expect(listener.received).toHaveLength(1);
  });

  it.each([
    ['binary data', '\x16\x03\x01\x02\x00\x01'],
    ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['CONNECT', 'CONNECT example.com:443 HTTP/1.1\r\nhost: x\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nx'],
    ['an oversized header', `POST / HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`],
    ['an unknown expectation', 'POST / HTTP/1.1\r\nhost: x\r\nexpect: tea\r\nconnection: close\r\n\r\n'],
  ])('%s is rejected, and the listener keeps running', async (_name, text) => {
    const listener = await open();
    expect(await talk(listener.port, text)).toMatch(/^$|^HTTP\/1\.1 4/);
    expect(await talk(listener.port, head(2), '{}')).toMatch(/^HTTP\/1\.1 201 /);
  });

  it('get a response even if they offer a protocol upgrade, as Java clients do', async () => {
    const listener = await open();
    const offer = 'connection: close, upgrade\r\nupgrade: h2c\r\n';
    const response = await talk(
      listener.port,
      `POST / HTTP/1.1\r\nhost: x\r\n${offer}content-length: 2\r\n\r\n`,
      '{}',
    );
    expect(response).toMatch(/^HTTP\/1\.1 201 /);
    expect(listener.received).toHaveLength(1);
  });

  it('that expect 100-continue get it', async () => {
    const listener = await open();
    const request = httpRequest({ port: listener.port, method: 'POST', headers: { expect: '100-continue' } });
    request.flushHeaders();
    await once(request, 'continue');
    request.end('{}');
    const [response] = await once(request, 'response');
    expect(response.statusCode).toBe(201);
    response.resume();
  });

  it('of HTTP/1.0 that expect 100-continue get the response alone', async () => {
    const { port } = await open();
    const request = head(2, 'expect: 100-continue\r\n').replace('HTTP/1.1', 'HTTP/1.0');
    expect(await talk(port, request, '{}')).toMatch(/^HTTP\/1\.1 201 /);
  });

  it('get status 500 if handling them throws; the error is reported, and the listener keeps running', async () => {
    let fails = true;
    const reported: unknown[] = [];
    const listener = await open({
      failed: ({ method, target }, error) => reported.push([method, target, String(error)]),
      receive: () => {
        if (!fails) return accepted;
        fails = false;
        throw new Error('a bug');
      },
    });
    expect(await talk(listener.port, head(2), '{}')).toMatch(/^HTTP\/1\.1 500 /);
    expect(reported).toEqual([['POST', '/webhook', 'Error: a bug']]);
    expect(await talk(listener.port, head(2), '{}')).toMatch(/^HTTP\/1\.1 201 /);
  });
});

describe('closing', () => {
  /** A listener that delays its response until `release` is called. */
  async function holding() {
    let release = () => {};
    let enter = () => {};
    const entered = new Promise<void>((resolve) => {
      enter = resolve;
    });
    const listener = await open({
      receive: () => {
        enter();
        return new Promise((resolve) => {
          release = () => resolve(accepted);
        });
      },
    });
    const response = talk(listener.port, head(2), '{}');
    await entered;
    return { listener, response, release: () => release() };
  }

  it('waits for requests in flight', async () => {
    const { listener, response, release } = await holding();
    const closed = listener.close(20_000);
    release();
    expect(await response).toMatch(/^HTTP\/1\.1 201 /);
    await closed;
  });

  it('closes connections that take longer than its patience', async () => {
    const { listener, response } = await holding();
    await listener.close(50);
    expect(await response).toBe('');
  });
});

it('findFreePort skips a port that is in use', async () => {
  const { port } = await open();
  const free = await findFreePort('127.0.0.1', port);
  expect(free).toBeGreaterThan(port);
});

describe('memory for bodies', () => {
  const megabyte = 1024 * 1024;
  /** Sends part of a body and then nothing more. Resolves with the response, if one comes. */
  function stall(port: number, declared: number, sent: number) {
    const socket = connect(port, '127.0.0.1');
    let response = '';
    const answered = new Promise<string>((resolve) => {
      socket.on('data', (chunk) => {
        response += chunk;
        if (/\r\n\r\n/.test(response)) resolve(response);
      });
      socket.on('close', () => resolve(response));
      socket.on('error', () => resolve(response));
    });
    socket.write(head(declared));
    socket.write(Buffer.alloc(sent, 'x'));
    onTestFinished(() => void socket.destroy());
    return answered;
  }
  /** A message whose signature could be right, so that its body is kept while it comes. */
  const open64 = () =>
    open({
      admit: (request) => admit({ ...request, headers: hopeful }, { secrets: [secret] }),
    });
  const secret = readSecret(testSecret) as Secret;
  const hopeful = [
    ['webhook-id', 'msg_1'],
    ['webhook-timestamp', '1'],
    ['webhook-signature', `v1,${'A'.repeat(43)}=`],
  ] as const;

  it('beyond the budget, the slowest large body is dropped with 503, and small ones are accepted', async () => {
    const listener = await open64();
    const answers = Array.from({ length: 6 }, () => stall(listener.port, 10 * megabyte, 9 * megabyte));
    expect(await Promise.race(answers)).toMatch(/^HTTP\/1\.1 503 [\s\S]*retry-after: 5[\s\S]*out_of_memory/i);
    const response = await talk(listener.port, head(1000), Buffer.alloc(1000, 'x'));
    expect(response).toMatch(/^HTTP\/1\.1 201 /);
    expect(listener.received).toHaveLength(1);
  });

  it('small bodies have a reserve, which large ones cannot use', async () => {
    const listener = await open64();
    // 48 MB of large bodies are allowed, and 16 MB of small ones beside them.
    for (let count = 0; count < 5; count += 1) void stall(listener.port, 10 * megabyte, 9 * megabyte);
    const stalled = Array.from({ length: 60 }, () => stall(listener.port, 256 * 1024, 255 * 1024));
    const isDropped = await Promise.race([
      Promise.race(stalled).then(() => true),
      talk(listener.port, head(1000), Buffer.alloc(1000, 'x')).then(() => false),
    ]);
    expect(isDropped).toBe(false);
  });

  it('the body of a message that its headers reject takes no memory', async () => {
    const listener = await open({ admit: (request) => admit(request, { secrets: [secret] }) });
    const answers = Array.from({ length: 12 }, () =>
      talk(listener.port, head(10 * megabyte), Buffer.alloc(10 * megabyte, 'x')),
    );
    for (const answer of await Promise.all(answers)) expect(answer).toMatch(/^HTTP\/1\.1 201 /);
    expect(listener.received[0]!.body).toHaveLength(65_536);
  });

  it('short chunks take about as much memory as their content', async () => {
    // A process of its own, because its memory is limited.
    const args = ['listen', '--port', '0', '--json', '--no-capture', '--secret', testSecret];
    const started = startBin(args, { env: { NODE_OPTIONS: '--max-old-space-size=48' } });
    const [, port] = await started.until(/"port":(\d+)/);
    const lines = hopeful.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const start = `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n${lines}\r\n`;
    const chunks = `11\r\n${'x'.repeat(17)}\r\n`.repeat(600_000);
    expect(await talk(Number(port), start, chunks, '0\r\n\r\n')).toMatch(/^HTTP\/1\.1 401 /);
  });

  it('a sender of chunks of one byte waits, and others do not', async () => {
    const listener = await open();
    const sender = connect(listener.port, '127.0.0.1');
    onTestFinished(() => void sender.destroy());
    let answer = '';
    sender.on('data', (data) => (answer += data));
    sender.write('POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n');
    const chunks = `${'1\r\nx\r\n'.repeat(50_000)}0\r\n\r\n`;
    await new Promise((resolve) => sender.write(chunks, resolve));
    const start = 'POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 5\r\n\r\n';
    expect(await talk(listener.port, start, 'hello')).toMatch(/^HTTP\/1\.1 201 /);
    expect(answer).toBe('');
  });

  it('a sender that had to wait is read to the end', async () => {
    const listener = await open();
    const start = 'POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n';
    // More than one read brings.
    const chunks = '1\r\nx\r\n'.repeat(15_000);
    expect(await talk(listener.port, start, chunks, '0\r\n\r\n')).toMatch(/^HTTP\/1\.1 201 /);
    expect(listener.received[0]!.body).toHaveLength(15_000);
  });

  it('a body in chunks of any size is the same body', async () => {
    const listener = await open();
    const body = randomBytes(30_000);
    const sizes = [1, 4095, 1, 4096, 3, 5000, 4097, 1, 1, 12_000];
    const chunks: Buffer[] = [];
    let at = 0;
    for (const size of [...sizes, body.length]) {
      const chunk = body.subarray(at, at + size);
      at += chunk.length;
      chunks.push(Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n'));
    }
    const start = 'POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n';
    expect(await talk(listener.port, start, ...chunks, '0\r\n\r\n')).toMatch(/^HTTP\/1\.1 201 /);
    expect(Buffer.from(listener.received[0]!.body)).toEqual(body);
  });
});
