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

/** Sends one event twice, for the text and for the JSON of its delivery. */
async function send(url: string, ...args: string[]) {
  const human = await runCommand(['send', 'user.created', '--to', url, ...args], secret);
  const json = await runCommand(['send', 'user.created', '--json', '--to', url, ...args], secret);
  expect(json.exitCode).toBe(human.exitCode);
  return { ...human, fact: json.facts[0] as Record<string, unknown> };
}

const responding = (text: string) => socketTarget((socket) => socket.end(text));
const ok = 'HTTP/1.1 201 Created\r\ncontent-length: 2\r\n\r\n{}';

/** A TLS server with a self-signed certificate for a name. */
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
  'a closed port': async () => {
    const port = await closedPort();
    const { exitCode, stderr, fact } = await send(`localhost:${port}`);
    expect(exitCode).toBe(3);
    expect(fact).toMatchObject({ status: null, failure: 'connection_refused' });
    expect(stderr).toMatch(new RegExp(`\\n {2}.*\\blocalhost:${port}\\n {2}fix: .*--port ${port}\\b`));
  },
  'localhost on one family only': async () => {
    const server = createServer((socket) => socket.on('data', () => socket.end(ok)));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void server.close());
    expect((await send(`localhost:${(server.address() as AddressInfo).port}`)).exitCode).toBe(0);
  },
  'no such host': async () => {
    const { exitCode, stderr, fact } = await send('http://nothing.invalid.test/');
    expect(exitCode).toBe(3);
    expect(fact).toMatchObject({ status: null, failure: 'dns' });
    expect(stderr).toMatch(/\n {2}.*\bnothing\.invalid\.test\b.*\n {2}fix: .*\blocalhost\b/);
  },
  'accepts a connection and never responds': async () => {
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
  'reset before a response': async () => {
    const { exitCode, stderr, fact } = await send(
      (await socketTarget((socket) => socket.resetAndDestroy())).url,
    );
    expect(exitCode).toBe(3);
    expect(fact).toMatchObject({ status: null, failure: 'reset' });
    expect(stderr).toMatch(/\n {2}.*\bhandler may have run\n {2}fix: .*\blog\b.*https:\/\//);
  },
  'reset during the response': async () => {
    const target = await socketTarget((socket) =>
      socket.write('HTTP/1.1 201 Created\r\ncontent-length: 9\r\n\r\n{}', () =>
        setImmediate(() => socket.resetAndDestroy()),
      ),
    );
    const { exitCode, stderr, fact } = await send(target.url);
    expect(exitCode).toBe(1);
    expect(fact).toMatchObject({ ok: false, status: 201, failure: 'reset' });
    expect(stderr).toMatch(/\n {2}.*\b201\b.*\bhandler has run\n {2}fix: .*\bres\.end\(\)/);
  },
  'reset after the response': async () => {
    const target = await socketTarget((socket) =>
      socket.write(ok, () => setTimeout(() => socket.resetAndDestroy(), 20)),
    );
    expect((await send(target.url)).exitCode).toBe(0);
  },
  'closes without a response': async () => {
    expect((await send((await responding('')).url)).fact).toMatchObject({ status: null, failure: 'reset' });
  },
  'half a head': async () => {
    expect((await send((await responding('HTTP/1.1 201 Cre')).url)).exitCode).toBe(3);
  },
  'half a body': async () => {
    expect(
      (await send((await responding('HTTP/1.1 500 No\r\ncontent-length: 9\r\n\r\n{}')).url)).fact,
    ).toMatchObject({ status: 500 });
  },
  'an endless response': async () => {
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
      (await responding(`HTTP/1.1 200 OK\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n`)).url,
    );
    expect(exitCode).toBe(3);
    expect(stderr).toContain('headers of more than 16 kB');
  },
  redirects: async () => {
    for (const status of [301, 302, 303, 307, 308]) {
      const target = await answering(status, '', { location: '/webhook/' });
      const { exitCode, stderr, fact } = await send(target.url);
      expect(exitCode).toBe(1);
      expect(fact).toMatchObject({ ok: false, status, failure: null });
      const [detail, fix] = stderr.split('\n').slice(1);
      expect(detail).toMatch(/\/webhook\/, .*\bredirects\b.*\btrailing slash\b/);
      expect(fix).toContain(`  fix: use ${target.url}/, `);
      expect(target.requests.every(({ url }) => url === '/webhook')).toBe(true);
    }
  },
  'HTTP/1.0 and no reason phrase': async () => {
    expect((await send((await responding('HTTP/1.0 200\r\n\r\n')).url)).exitCode).toBe(0);
  },
  'interim responses': async () => {
    expect(
      (
        await send(
          (
            await responding(`HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${ok}`)
          ).url,
        )
      ).exitCode,
    ).toBe(0);
  },
  'a 100 Continue that was not requested': async () => {
    expect((await send((await responding(`HTTP/1.1 100 Continue\r\n\r\n${ok}`)).url)).exitCode).toBe(0);
  },
  'a response that HTTP does not allow and curl accepts: a warning': async () => {
    const response = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nContent-Length: 2\r\n\r\nok';
    const { exitCode, fact } = await send((await responding(response)).url);
    expect(exitCode).toBe(0);
    expect(fact).toMatchObject({ ok: true, status: 200 });
    expect(fact.detail).toContain('Content-Length');
    expect(fact.fix).toContain('Content-Length');
  },
  'an answer of another program': async () => {
    const { url } = await responding('220 mail ESMTP\r\n');
    const { exitCode, fact } = await send(url);
    expect(exitCode).toBe(3);
    expect(fact).toMatchObject({ status: null, failure: 'not_http' });
    expect(fact.detail).toContain('SMTP');
    expect(fact.fix).toContain('the port of your app');
  },
  'not HTTP': async () => {
    const { url } = await responding('hello\r\n');
    const { exitCode, fact } = await send(url);
    expect(exitCode).toBe(3);
    expect(fact).toMatchObject({ status: null, failure: 'not_http' });
    expect(fact.detail).toContain(new URL(url).host);
    expect(fact.fix).toContain('https://');
  },
  'http:// to a port with TLS': async () => {
    const { port } = await tlsTarget('localhost');
    const { exitCode, fact } = await send(`http://127.0.0.1:${port}/`);
    expect(exitCode).toBe(3);
    expect(fact).toMatchObject({ status: null, fix: expect.stringContaining('https://') });
  },
  'https:// to a port without TLS': async () => {
    const { url } = await answering(201);
    const { exitCode, stderr, fact } = await send(url.replace('http', 'https'));
    expect(exitCode).toBe(3);
    expect(fact).toMatchObject({ status: null, failure: 'not_tls' });
    expect(stderr).toContain(`--to ${url}\n`);
  },
  'a self-signed certificate': async () => {
    const { port } = await tlsTarget('localhost');
    const rejected = await send(`https://localhost:${port}/`);
    expect(rejected.exitCode).toBe(3);
    expect(rejected.fact).toMatchObject({ status: null, failure: 'tls' });
    expect(rejected.stderr).toMatch(
      new RegExp(
        `\\n {2}.*\\blocalhost:${port}\\b.*\\bself-signed\\n {2}fix: .*--insecure\\b.*NODE_EXTRA_CA_CERTS`,
      ),
    );
    const accepted = await send(`https://localhost:${port}/`, '--insecure');
    expect(accepted.exitCode).toBe(0);
    expect(accepted.stderr).toMatch(/^note: .*\bcertificate\b/m);
  },
  'keep-alive connections that are closed': async () => {
    const target = await socketTarget((socket) => {
      socket.write(ok);
      setImmediate(() => socket.end());
    });
    const ran = await runCommand(['send', 'user.created', '--count', '1000', '--to', target.url], secret);
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' });
  },
  'keep-alive connections that are reset': async () => {
    const served = new Map<Socket, number>();
    const target = await socketTarget((socket) => {
      const count = (served.get(socket) ?? 0) + 1;
      served.set(socket, count);
      if (count > 3) socket.resetAndDestroy();
      else socket.write(ok);
    });
    const ran = await runCommand(['send', 'user.created', '--count', '1000', '--to', target.url], secret);
    expect(ran).toMatchObject({ exitCode: 0 });
    expect(ran.stderr).toMatch(/^note: .*\bsent again\b.*: [1-9]\d*$/m);
  },
  'an HTML page': async () => {
    const { exitCode, stderr, fact } = await send(
      (await answering(200, '<html>', { 'content-type': 'text/html' })).url,
    );
    expect(exitCode).toBe(0);
    expect(fact).toMatchObject({ ok: true, status: 200 });
    expect(stderr).toMatch(/\n {2}.*\bHTML\b.*\n {2}fix: .*--to\b/);
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
  'proxy variables (ignored: a message goes directly to its target)': async () => {
    const [proxy, target] = [await httpTarget(), await httpTarget()];
    const env = { ...secret.env, HTTP_PROXY: proxy.url, http_proxy: proxy.url, ALL_PROXY: proxy.url };
    expect(await runCommand(['send', 'user.created', '--to', target.url], { env })).toMatchObject({
      exitCode: 0,
    });
    expect([proxy.requests.length, target.requests.length]).toEqual([0, 1]);
  },
  'a foreign host': async () => {
    const ran = await runCommand(['send', 'user.created', '--to', 'https://example.com'], secret);
    expect(ran).toMatchObject({ exitCode: 2 });
    expect(ran.stderr).toMatch(
      /^error: .*\bexample\.com\b.* \[foreign_host\]\n.*\n {2}fix: .*--allow-host example\.com\b/,
    );
  },
};

describe('what a target can do', () => {
  it.each(Object.entries(targets))('%s', async (_name, holds) => holds());
});
