import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommand } from '../../support/memory-io.ts';
import { answering, httpTarget } from '../../support/targets.ts';

describe('local targets', () => {
  it('names below localhost are this machine, on IPv4 and IPv6', async () => {
    const app = await httpTarget();
    const { port } = new URL(app.url);
    for (const host of ['app.localhost', 'a.b.localhost', 'App.LocalHost']) {
      const ran = await runCommand([
        'send',
        'user.created',
        '--to',
        `http://${host}:${port}/webhook`,
        '--json',
      ]);
      expect(ran.exitCode, ran.stderr).toBe(0);
    }
    expect(app.requests).toHaveLength(3);
    expect(app.requests[0]!.headers.host).toBe(`app.localhost:${port}`);
  });

  it('localhost reaches an app that listens on ::1 only', async () => {
    const app = createServer((request, response) => {
      request.resume().on('end', () => response.writeHead(201).end());
    });
    await once(app.listen(0, '::1'), 'listening');
    onTestFinished(() => void app.close());
    const { port } = app.address() as AddressInfo;
    expect((await runCommand(['send', 'user.created', '--to', `localhost:${port}`])).exitCode).toBe(0);
    const missed = await runCommand(['send', 'user.created', '--to', `127.0.0.1:${port}`]);
    expect(missed.exitCode).toBe(3);
    expect(missed.stderr).toMatch(/fix: .*localhost.*::1/);
  });

  it('a 404 at the root suggests the usual path', async () => {
    const { url } = await answering(404);
    const ran = await runCommand(['send', 'user.created', '--to', new URL(url).origin]);
    expect(ran.stdout + ran.stderr).toMatch(/did you mean http:\/\/127\.0\.0\.1:\d+\/webhook\?/);
  });
});
