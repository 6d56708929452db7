import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ANSWER_LIMIT, isAccepted } from '../../../src/delivery/outcome.ts';
import { parseTarget } from '../../../src/delivery/target.ts';
import type { DeliveryOptions } from '../../../src/delivery/transport/connection.ts';
import { type Delivery, openDelivery } from '../../../src/delivery/transport/index.ts';
import type { Message } from '../../../src/message.ts';
import { startProcess } from '../../support/processes.ts';
import { answering, closedPort, httpTarget, socketTarget } from '../../support/targets.ts';

const message: Message = {
  headers: [
    ['content-type', 'application/json'],
    ['Webhook-Id', 'msg_1'],
    ['x-repeated', 'a'],
    ['x-repeated', 'b'],
  ],
  body: Buffer.from([0x7b, 0xff, 0x00, 0x7d]),
};

function open(url: string, options: Partial<DeliveryOptions> = {}): Delivery {
  const delivery = openDelivery(parseTarget(url), { timeout: 5000, ...options });
  onTestFinished(() => delivery.close());
  return delivery;
}

const ok = 'HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}';

describe('what is sent', () => {
  it('is the bytes and headers of the message, names and order kept', async () => {
    const target = await httpTarget();
    await open(`${target.url}?a=1&a=2`).deliver(message);
    const [request] = target.requests;
    expect(request).toMatchObject({ method: 'POST', url: '/webhook?a=1&a=2' });
    expect(request!.body.equals(message.body)).toBe(true);
    expect(request!.rawHeaders.join('\n')).toContain(
      'content-type\napplication/json\nWebhook-Id\nmsg_1\nx-repeated\na\nx-repeated\nb',
    );
  });

  it('waits for a busy server on one of two addresses', async () => {
    // Its queue holds two connections while it does not accept any; the others connect a second later.
    const busy = `const server = require('node:http').createServer((_, response) => response.writeHead(201).end());
      server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
        require('node:fs').writeSync(1, 'port ' + server.address().port + '\\n');
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 800);
      });`;
    const [, port] = await startProcess(process.execPath, ['-e', busy]).until(/port (\d+)/);
    const deliveries = Array.from({ length: 6 }, () => open(`http://localhost:${port}/`).deliver(message));
    for (const outcome of await Promise.all(deliveries)) expect(outcome).toMatchObject({ status: 201 });
  });

  it('goes over one connection', async () => {
    const connections: Socket[] = [];
    const target = await socketTarget(
      (socket) => socket.write(ok),
      (socket) => connections.push(socket),
    );
    const delivery = open(target.url);
    for (let i = 0; i < 5; i += 1) expect(isAccepted(await delivery.deliver(message))).toBe(true);
    expect(connections).toHaveLength(1);
  });
});

describe('answers', () => {
  it.each([200, 201, 202, 204, 299, 300, 301, 307, 400, 404, 500, 599])('%i', async (status) => {
    const target = await answering(status, status === 204 ? '' : 'why', {
      location: '/elsewhere',
      'x-a': '1',
    });
    const outcome = await open(target.url).deliver(message);
    expect(outcome).toMatchObject({ answered: true, status });
    expect(isAccepted(outcome)).toBe(status < 300);
    expect(target.requests).toHaveLength(1);
    if (outcome.answered) expect(outcome.headers).toContainEqual(['location', '/elsewhere']);
  });

  it.each([
    ['HTTP/1.0 without a length', 'HTTP/1.0 200 OK\r\n\r\n{}', true],
    ['no reason phrase', 'HTTP/1.1 200\r\ncontent-length: 0\r\n\r\n', false],
    ['an interim answer before it', `HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n${ok}`, false],
  ])('%s', async (_name, text, ends) => {
    const target = await socketTarget((socket) => {
      socket.write(text);
      if (ends) socket.end();
    });
    expect(isAccepted(await open(target.url).deliver(message))).toBe(true);
  });

  it('reads no more than it keeps of an answer without end', async () => {
    let isOpen = true;
    const target = await httpTarget((_request, response) => {
      response.on('close', () => {
        isOpen = false;
      });
      const flood = () => {
        while (isOpen && response.write('x'.repeat(16_384)));
        if (isOpen) response.once('drain', flood);
      };
      flood();
    });
    const outcome = await open(target.url).deliver(message);
    expect(outcome).toMatchObject({ answered: true, status: 200, isCut: true });
    expect(outcome.answered && outcome.body.length).toBe(ANSWER_LIMIT);
  });

  it('of one message never become those of the next', async () => {
    const target = await httpTarget((request, response) => {
      const id = String(request.headers['x-id']);
      response.end(id === '1' ? '1'.repeat(ANSWER_LIMIT * 2) : id);
    });
    const delivery = open(target.url);
    for (const id of ['1', '2', '3']) {
      const outcome = await delivery.deliver({ headers: [['x-id', id]], body: message.body });
      expect(outcome.answered && Buffer.from(outcome.body).toString().slice(0, 3)).toBe(
        id === '1' ? '111' : id,
      );
    }
  });
});

describe('no answer', () => {
  it('refused', async () => {
    expect(await open(`localhost:${await closedPort()}`).deliver(message)).toMatchObject({
      failure: 'connection_refused',
      wasSent: false,
    });
  });

  it('no such host', async () => {
    expect(await open('http://nothing.invalid.test/').deliver(message)).toMatchObject({
      failure: 'dns',
      wasSent: false,
    });
  });

  it('silence, until the time is up', async () => {
    const target = await socketTarget(() => {});
    const outcome = await open(target.url, { timeout: 300 }).deliver(message);
    expect(outcome).toMatchObject({ answered: false, failure: 'timeout', wasSent: true });
    expect(outcome.milliseconds).toBeGreaterThanOrEqual(295);
  });

  it('drops of an answer, until the time is up', async () => {
    const target = await socketTarget((socket) => {
      let at = 0;
      const timer = setInterval(() => socket.write(ok[at++] ?? ''), 50);
      socket.on('close', () => clearInterval(timer));
    });
    expect(await open(target.url, { timeout: 300 }).deliver(message)).toMatchObject({
      failure: 'timeout',
      wasSent: true,
    });
  });

  it.each([
    ['closed without an answer', (socket: Socket) => socket.end()],
    ['reset without an answer', (socket: Socket) => socket.resetAndDestroy()],
    ['half a head', (socket: Socket) => socket.end('HTTP/1.1 201 Cre')],
  ])('%s', async (_name, act) => {
    const target = await socketTarget(act);
    const outcome = await open(target.url).deliver(message);
    expect(outcome).toMatchObject({ answered: false, wasSent: true });
    expect(['reset', 'not_http']).toContain(!outcome.answered && outcome.failure);
  });

  it('what is not HTTP', async () => {
    const target = await socketTarget((socket) => socket.end('220 mail.example.com ESMTP\r\n'));
    expect(await open(target.url).deliver(message)).toMatchObject({ failure: 'not_http' });
  });

  it.each([
    ['TLS', Buffer.from('15030100020246', 'hex')],
    ['HTTP/2', Buffer.from('000018040000000000000100001000', 'hex')],
    ['SSH', Buffer.from('SSH-2.0-OpenSSH_9.2p1\r\n')],
    ['Redis', Buffer.from("-ERR unknown command 'POST'\r\n")],
    ['SMTP or FTP', Buffer.from('220 mail.example.com ESMTP\r\n')],
    ['MySQL', Buffer.concat([Buffer.from('4a0000000a', 'hex'), Buffer.from('8.0.36\0')])],
    [undefined, Buffer.from('<html>hello</html>')],
  ])('a server that speaks %s', async (protocol, bytes) => {
    const target = await socketTarget((socket) => socket.end(bytes));
    const outcome = await open(target.url).deliver(message);
    expect(outcome).toMatchObject({ answered: false, failure: 'not_http' });
    expect(!outcome.answered && outcome.protocol).toBe(protocol);
  });

  it('https to a port that speaks HTTP', async () => {
    const target = await answering(200);
    const outcome = await open(target.url.replace('http:', 'https:')).deliver(message);
    expect(outcome).toMatchObject({ failure: 'not_tls', wasSent: false });
  });

  it('somebody wants to stop', async () => {
    const stop = new AbortController();
    const target = await socketTarget(() => stop.abort());
    expect(await open(target.url, { stop: stop.signal }).deliver(message)).toMatchObject({
      failure: 'stopped',
    });
    expect(await open(target.url, { stop: stop.signal }).deliver(message)).toMatchObject({
      failure: 'stopped',
    });
  });
});

describe('an answer that breaks off keeps its status', () => {
  it.each([
    [
      'closed',
      (socket: Socket) => socket.end('HTTP/1.1 201 Created\r\ncontent-length: 10\r\n\r\n{}'),
      'reset',
    ],
    [
      'silent',
      (socket: Socket) => socket.write('HTTP/1.1 201 Created\r\ncontent-length: 10\r\n\r\n{}'),
      'timeout',
    ],
  ])('%s', async (_name, act, brokenOff) => {
    const target = await socketTarget(act);
    const outcome = await open(target.url, { timeout: 500 }).deliver(message);
    expect(outcome).toMatchObject({ answered: true, status: 201, brokenOff });
    expect(isAccepted(outcome)).toBe(false);
  });
});

describe('kept-alive connections', () => {
  it('that the target closed after an answer fail nobody', async () => {
    const target = await socketTarget((socket) => {
      socket.write(ok);
      setImmediate(() => socket.end());
    });
    const delivery = open(target.url);
    for (let i = 0; i < 200; i += 1) expect(isAccepted(await delivery.deliver(message))).toBe(true);
  });

  it('that are reset when the next message comes are replaced once, and it is counted', async () => {
    const served = new Map<Socket, number>();
    const target = await socketTarget((socket) => {
      const count = (served.get(socket) ?? 0) + 1;
      served.set(socket, count);
      if (count > 1) socket.resetAndDestroy();
      else socket.write(ok);
    });
    const delivery = open(target.url);
    for (let i = 0; i < 10; i += 1) expect(isAccepted(await delivery.deliver(message))).toBe(true);
    expect(delivery.resent).toBe(9);
  });

  it('to a target that is gone at the second attempt are told by the first: it may have run', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => {
      sockets.push(socket);
      socket.on('error', () => {});
      socket.once('data', () => {
        socket.write(ok);
        socket.once('data', () => server.close(() => {}) && socket.resetAndDestroy());
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const delivery = open(`127.0.0.1:${(server.address() as { port: number }).port}`);
    expect(isAccepted(await delivery.deliver(message))).toBe(true);
    expect(await delivery.deliver(message)).toMatchObject({ failure: 'reset', wasSent: true });
    expect([delivery.resent, sockets.length]).toEqual([0, 1]);
  });

  it('are not replaced after a byte of an answer came', async () => {
    let messages = 0;
    const target = await socketTarget((socket) => {
      messages += 1;
      if (messages === 1) return socket.write(ok);
      socket.write('HTTP/1.1 2', () => socket.resetAndDestroy());
    });
    const delivery = open(target.url);
    await delivery.deliver(message);
    expect(await delivery.deliver(message)).toMatchObject({ answered: false, wasSent: true });
    expect([messages, delivery.resent]).toEqual([2, 0]);
  });

  it('a fresh one that fails is never tried again', async () => {
    let messages = 0;
    const target = await socketTarget((socket) => {
      messages += 1;
      socket.resetAndDestroy();
    });
    expect(await open(target.url).deliver(message)).toMatchObject({ failure: 'reset' });
    expect(messages).toBe(1);
  });
});

it('a name with several addresses is tried on each', async () => {
  const server = createServer((socket) => socket.on('data', () => socket.end(ok)));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => void server.close());
  const { port } = server.address() as { port: number };
  expect(isAccepted(await open(`localhost:${port}`).deliver(message))).toBe(true);
});
