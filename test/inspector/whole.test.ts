import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { describeInBrowser } from '../support/in-browser.ts';
import { runCommand, testSecret } from '../support/memory-io.ts';
import { startProcess } from '../support/processes.ts';
import { bin } from '../support/repository.ts';
import { httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** A listener with an inspector and an app behind it, all as processes and sockets. */
async function listening() {
  const app = await httpTarget();
  const started = startProcess(
    process.execPath,
    [bin, 'listen', '--ui', '--port', '0', '--forward-to', app.url],
    {
      cwd: temporaryFolder(),
      env: { ...process.env, SCALEKIT_WEBHOOK_SECRET: testSecret },
    },
  );
  started.child.stdin.end();
  await expect.poll(started.stderr, { timeout: 10_000 }).toMatch(/inspector at/);
  const [, listener = ''] = /ready on (\S+)/.exec(started.stderr())!;
  const [, link = ''] = /inspector at (\S+)/.exec(started.stderr())!;
  const stop = async () => {
    started.child.kill('SIGTERM');
    await started.ended;
  };
  return { app, listener, link, stop };
}

/** What code in the page would try in order to run more code, and whether it may. */
const otherCode = `[
  () => new Worker('/app.js'),
  () => new Worker(URL.createObjectURL(new Blob(['']))),
  () => trustedTypes.createPolicy('comparison', {}),
  () => trustedTypes.createPolicy('default', {}),
  () => document.createElement('script').setAttribute('src', '/app.js'),
].map((attempt) => {
  try {
    attempt();
    return 'allowed';
  } catch {
    return 'rejected';
  }
})`;

const send = (listener: string, ...args: string[]) =>
  runCommand(['send', 'user.created', '--to', listener, '--secret', testSecret, ...args]);

describeInBrowser('the inspector of a listener', (browser) => {
  async function open(link: string) {
    const context = await browser().newContext({ viewport: { width: 1440, height: 900 } });
    onTestFinished(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(link);
    return { page, problems };
  }

  it('shows what arrives, why it was rejected, and replays it', { timeout: 60_000 }, async () => {
    const { app, listener, link, stop } = await listening();
    const { page, problems } = await open(link);
    expect(page.url()).not.toContain('#t=');
    expect((await send(listener)).exitCode).toBe(0);
    const rows = page.getByRole('option');
    await rows.first().waitFor();
    await page.getByRole('button', { name: 'Replay', exact: true }).click();
    await expect.poll(() => app.requests.length, { timeout: 10_000 }).toBe(2);
    expect(app.requests[1]!.headers['webhook-id']).toBe(app.requests[0]!.headers['webhook-id']);
    expect(app.requests[1]!.body.equals(app.requests[0]!.body)).toBe(true);
    await rows.first().getByText('replayed, was 201').waitFor();

    // The same message, parsed and indented on its way.
    const { headers, body } = app.requests[0]!;
    const signed = Object.entries(headers).filter(
      ([name]) => name.startsWith('webhook-') || name === 'content-type',
    );
    const indented = JSON.stringify(JSON.parse(String(body)), null, 2);
    const answer = await fetch(listener, {
      method: 'POST',
      headers: signed as [string, string][],
      body: indented,
    });
    expect(answer.status).toBe(401);
    await expect.poll(() => rows.count(), { timeout: 10_000 }).toBe(3);
    await rows.first().click();
    await page
      .getByText(/re-serialized/)
      .first()
      .waitFor();
    // Compared by the worker, the only script that the policy lets the page start.
    await page.getByText(/whitespace only: \d+ newlines/).waitFor();
    expect(problems).toEqual([]);
    expect(await page.evaluate(otherCode)).toEqual(Array(5).fill('rejected'));
    await stop();
  });

  it('gives nothing to a page of another origin, whatever it tries', { timeout: 60_000 }, async () => {
    const { listener, link, stop } = await listening();
    await send(listener);
    const { origin } = new URL(link);
    const token = link.split('#t=')[1]!;
    const foreign = createServer((_request, response) =>
      response.setHeader('content-type', 'text/html').end('<!doctype html>'),
    );
    await once(foreign.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void foreign.close());
    const context = await browser().newContext();
    onTestFinished(() => context.close());
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${(foreign.address() as AddressInfo).port}/`);
    const tried = await page.evaluate(
      async ([base, secret]) => {
        const attempt = (path: string, init: RequestInit) =>
          fetch(base + path, init).then(
            async (answer) => `${answer.type} ${answer.status} ${await answer.text()}`,
            () => 'failed',
          );
        const authorized = { headers: { authorization: `Bearer ${secret}` } };
        return Promise.all([
          attempt('/api/events', authorized),
          attempt('/api/events', { mode: 'no-cors', credentials: 'include' }),
          attempt('/api/replay', { method: 'POST', mode: 'no-cors', body: '{}' }),
          attempt('/', {}),
        ]);
      },
      [origin, token],
    );
    for (const result of tried) expect(result).toMatch(/^failed$|^opaque 0 $/);
    await stop();
  });
});
