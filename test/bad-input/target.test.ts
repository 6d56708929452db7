import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommand, testSecret } from '../support/memory-io.ts';
import { answering, closedPort, httpTarget, socketTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

const secret = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };

/** Sends one event and tells what came of it, in words and as a fact. */
async function send(url: string, ...args: string[]) {
  const human = await runCommand(['send', 'user.created', '--to', url, ...args], secret);
  const json = await runCommand(['send', 'user.created', '--json', '--to', url, ...args], secret);
  expect(json.exitCode).toBe(human.exitCode);
  return { ...human, fact: json.facts[0] as Record<string, unknown> };
}

const says = (text: string) => socketTarget((socket) => socket.end(text));
const ok = 'HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}';

/** A TLS server with a certificate of its own for a name. */
async function tlsTarget(name: string, days = '2') {
  const folder = temporaryFolder();
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`, '-days', days];
  execFileSync(
    'openssl',
    ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', cert, ...subject],
    { stdio: 'ignore' },
  );
  const server = createTlsServer(
    { key: readFileSync(key), cert: readFileSync(cert) },
    (request, response) => {
      request.resume().on('end', () => response.writeHead(201).end());
    },
  );
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return { port: (server.address() as AddressInfo).port };
}

const targets: Record<string, () => Promise<void>> = {
  refused: async () => {
    const { exitCode, stderr } = await send(`localhost:${await closedPort()}`);
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/nothing listens on localhost:\d+/);
  },
  'localhost on one family only': async () => {
    const server = createServer((socket) => socket.on('data', () => socket.end(ok)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    expect((await send(`localhost:${(server.address() as AddressInfo).port}`)).exitCode).toBe(0);
  },
  'no such host': async () => {
    const { exitCode, stderr } = await send('http://nothing.invalid.test/');
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(/there is no host called nothing\.invalid\.test|could not be looked up/);
  },
  'accepts and says nothing': async () => {
    const { exitCode, fact } = await send((await socketTarget(() => {})).url, '--timeout', '300ms');
    expect([exitCode, fact.failure]).toEqual([3, 'timeout']);
    expect(fact.duration_ms).toBeGreaterThanOrEqual(295);
    expect(fact.duration_ms).toBeLessThan(800);
  },
  'byte by byte': async () => {
    const target = await socketTarget((socket) => {
      let at = 0;
      const timer = setInterval(() => socket.write(ok[at++] ?? ''), 20);
      socket.on('close', () => clearInterval(timer));
    });
    expect((await send(target.url, '--timeout', '300ms')).fact.failure).toBe('timeout');
    expect((await send(target.url, '--timeout', '20s')).fact.status).toBe(201);
  },
  'reset before an answer': async () => {
    const { exitCode, stderr } = await send((await socketTarget((socket) => socket.resetAndDestroy())).url);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('closed before an answer came; your handler may have run');
  },
  'reset in the answer': async () => {
    const target = await socketTarget((socket) =>
      socket.write('HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n{}', () =>
        setImmediate(() => socket.resetAndDestroy()),
      ),
    );
    const { exitCode, stderr } = await send(target.url);
    expect(exitCode).toBe(1);
    expect(stderr).toContain('the answer began with 201 and broke off; your handler has run');
  },
  'reset after the answer': async () => {
    const target = await socketTarget((socket) =>
      socket.write(ok, () => setTimeout(() => socket.resetAndDestroy(), 20)),
    );
    expect((await send(target.url)).exitCode).toBe(0);
  },
  'closes without an answer': async () => {
    expect((await send((await says('')).url)).fact).toMatchObject({ status: null, failure: 'reset' });
  },
  'half a head': async () => {
    expect((await send((await says('HTTP/1.1 201 Cre')).url)).exitCode).toBe(3);
  },
  'half a body': async () => {
    expect(
      (await send((await says('HTTP/1.1 500 No\r\ncontent-length: 9\r\n\r\n{}')).url)).fact,
    ).toMatchObject({ status: 500 });
  },
  'an answer without end': async () => {
    const target = await httpTarget((_request, response) => {
      const flood = () => {
        while (!response.destroyed && response.write(Buffer.alloc(65_536, 'x')));
        if (!response.destroyed) response.once('drain', flood);
      };
      flood();
    });
    const { exitCode, stdout } = await send(target.url);
    expect(exitCode).toBe(0);
    expect(stdout.length).toBeLessThan(1000);
  },
  'a header of 1 MB': async () => {
    const { exitCode, stderr } = await send(
      (await says(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n`)).url,
    );
    expect(exitCode).toBe(3);
    expect(stderr).toContain('UND_ERR_HEADERS_OVERFLOW');
  },
  redirects: async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const target = await answering(status, '', { location: '/webhook/' });
      const { exitCode, stderr } = await send(target.url);
      expect(exitCode).toBe(1);
      expect(stderr).toContain('Scalekit does not follow redirects; only the slash at the end differs');
      expect(target.requests.every(({ url }) => url === '/webhook')).toBe(true);
    }
  },
  'HTTP/1.0 and no reason phrase': async () => {
    expect((await send((await says('HTTP/1.0 200\r\n\r\n')).url)).exitCode).toBe(0);
  },
  'interim answers': async () => {
    expect(
      (await send((await says(`HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${ok}`)).url))
        .exitCode,
    ).toBe(0);
  },
  '100 Continue that nothing asked for (undici refuses it: said by name)': async () => {
    const { exitCode, stderr } = await send((await says(`HTTP/1.1 100 Continue\r\n\r\n${ok}`)).url);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('100 Continue before the answer');
  },
  'not HTTP': async () => {
    const { exitCode, stderr } = await send((await says('220 mail ESMTP\r\n')).url);
    expect(exitCode).toBe(3);
    expect(stderr).toContain('does not speak HTTP as it should');
  },
  'TLS on the plain port': async () => {
    const { stderr, exitCode } = await send(`http://127.0.0.1:${(await tlsTarget('localhost')).port}/`);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('https://');
  },
  'plain on the TLS port': async () => {
    const { stderr } = await send((await answering(201)).url.replace('http', 'https'));
    expect(stderr).toContain('does not speak TLS on this port');
  },
  'a self-signed certificate': async () => {
    const { port } = await tlsTarget('localhost');
    const refused = await send(`https://localhost:${port}/`);
    expect(refused.exitCode).toBe(3);
    expect(refused.stderr).toMatch(
      /the certificate of localhost:\d+ was not accepted: it is self-signed[\s\S]*--insecure/,
    );
    const taken = await send(`https://localhost:${port}/`, '--insecure');
    expect(taken.exitCode).toBe(0);
    expect(taken.stderr).toContain('the certificate of the target is not checked');
  },
  'kept-alive sockets that are closed': async () => {
    const target = await socketTarget((socket) => {
      socket.write(ok);
      setImmediate(() => socket.end());
    });
    const ran = await runCommand(['send', 'user.created', '--count', '1000', '--to', target.url], secret);
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' });
  },
  'kept-alive sockets that are reset': async () => {
    const served = new Map<Socket, number>();
    const target = await socketTarget((socket) => {
      const count = (served.get(socket) ?? 0) + 1;
      served.set(socket, count);
      if (count > 3) socket.resetAndDestroy();
      else socket.write(ok);
    });
    const ran = await runCommand(['send', 'user.created', '--count', '1000', '--to', target.url], secret);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stderr).toMatch(/\d+ sent a second time/);
  },
  'a page': async () => {
    const { exitCode, stderr } = await send(
      (await answering(200, '<html>', { 'content-type': 'text/html' })).url,
    );
    expect(exitCode).toBe(0);
    expect(stderr).toContain('looks like a page');
  },
  'Retry-After': async () => {
    const waits = async (value: string) => {
      const target = await answering(429, '', { 'retry-after': value });
      const args = [
        'send',
        'user.created',
        '--json',
        '--retry',
        '--retry-scale',
        '0.000001',
        '--to',
        target.url,
      ];
      return (await runCommand(args, secret)).facts.length;
    };
    expect(await Promise.all(['20', 'soon', '315360000', new Date(4e12).toUTCString()].map(waits))).toEqual([
      6, 6, 1, 1,
    ]);
  },
  'proxy variables (not used at all: a message goes to its target, nowhere else)': async () => {
    const [proxy, target] = [await httpTarget(), await httpTarget()];
    const env = { ...secret.env, HTTP_PROXY: proxy.url, http_proxy: proxy.url, ALL_PROXY: proxy.url };
    expect(await runCommand(['send', 'user.created', '--to', target.url], { env })).toMatchObject({
      exitCode: 0,
    });
    expect([proxy.requests.length, target.requests.length]).toEqual([0, 1]);
  },
  'a host elsewhere': async () => {
    const ran = await runCommand(['send', 'user.created', '--to', 'https://example.com'], secret);
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toContain('--allow-host example.com');
  },
};

describe('what a target can do', () => {
  it.each(Object.entries(targets))('%s', async (_name, holds) => holds());
});
