import { once } from 'node:events';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { startProcess } from '../../support/processes.ts';
import { bin } from '../../support/repository.ts';
import { switchableApp } from '../../support/switchable-app.ts';
import { closedPort, httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

/** Starts the program in an empty folder and waits for the inspector's link. */
async function started(args: readonly string[], env: Record<string, string> = {}) {
  const process_ = startProcess(process.execPath, [bin, ...args], {
    cwd: temporaryFolder(),
    env: { ...process.env, SCALEKIT_WEBHOOK_SECRET: testSecret, ...env },
  });
  process_.child.stdin.end();
  const printed = () => process_.stdout() + process_.stderr();
  await expect.poll(printed, { timeout: 10_000 }).toMatch(/inspector at \S+|"kind":"inspecting"/);
  const [link = '', port = '', token = ''] = /http:\/\/127\.0\.0\.1:(\d+)\/#t=([\w-]+)/.exec(printed()) ?? [];
  const api = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${port}${path}`, {
      ...init,
      headers: { authorization: `Bearer ${token}`, ...init.headers },
    });
  return { ...process_, printed, link, port: Number(port), token, api };
}

describe('listen --ui', () => {
  it('serves the inspector on a port of its own, which the listener does not expose', async () => {
    const app = await httpTarget();
    const ui = await started(['listen', '--ui', '--port', '0', '--host', '0.0.0.0', '--forward-to', app.url]);
    const [, listener] = /ready on (\S+)/.exec(ui.stderr())!;
    const { port } = new URL(listener!);
    expect(Number(port)).not.toBe(ui.port);
    const answer = await fetch(`http://127.0.0.1:${port}/api/events`, {
      headers: { authorization: `Bearer ${ui.token}` },
    });
    expect(answer.status).not.toBe(200);
    const sent = await runCommand([
      'send',
      'user.created',
      '--to',
      `http://127.0.0.1:${port}`,
      '--secret',
      testSecret,
      '--json',
    ]);
    expect(sent.exitCode).toBe(0);
    const stream = (await ui.api('/api/events')).body!.getReader();
    let text = '';
    while (!text.includes('"kind":"loaded"')) text += Buffer.from((await stream.read()).value!).toString();
    expect(text).toContain(
      `"listener":"http://0.0.0.0:${port}"`.replace('0.0.0.0', new URL(listener!).hostname),
    );
    const [, id] = /"id":"(cap_\w+)"/.exec(text)!;
    const replayed = await ui.api('/api/replay', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ capture: id, mode: 'resigned', target: null }),
    });
    expect(await replayed.json()).toMatchObject({
      attempt: { status: 201 },
      was: { status: 201, via: 'forward' },
    });
    expect(app.requests).toHaveLength(2);
    // With a page still attached.
    ui.child.kill('SIGINT');
    expect(await ui.ended).toBe(130);
  });

  it.each([
    [['--no-capture', '--ui'], 2],
    [['--ui-port', '4050'], 2],
    [['--open'], 2],
  ])('listen %j is a usage error', async (args, exitCode) => {
    expect(await runCommand(['listen', '--port', '0', ...args])).toMatchObject({ exitCode });
  });
});

describe('inspect', () => {
  it('needs no listener, prints the link as JSON, and stops at SIGTERM', async () => {
    const ui = await started(['inspect', '--to', '3000', '--json']);
    expect(JSON.parse(ui.stdout())).toMatchObject({
      kind: 'inspecting',
      url: ui.link,
      targets: ['http://localhost:3000/webhook'],
    });
    expect((await ui.api('/api/events')).status).toBe(200);
    ui.child.kill('SIGTERM');
    expect(await ui.ended).toBe(143);
  });

  it('takes the next port if 4040 is in use, and the given one only', async () => {
    const busy = createServer().listen(4040, '127.0.0.1');
    // Somebody else may have it: it is in use either way.
    await Promise.race([once(busy, 'listening'), once(busy, 'error')]);
    onTestFinished(() => void busy.close());
    const ui = await started(['inspect']);
    expect(ui.port).toBeGreaterThan(4040);
    const taken = startProcess(process.execPath, [bin, 'inspect', '--ui-port', String(ui.port)], {
      cwd: temporaryFolder(),
    });
    expect(await taken.ended).toBe(2);
    expect(taken.stderr()).toMatch(/cannot_listen\][\s\S]*another program[\s\S]*--ui-port/);
    ui.child.kill('SIGINT');
    await ui.ended;
  });

  it('reports in the terminal that the store cannot be reached, and keeps running', async () => {
    const url = `redis://127.0.0.1:${await closedPort()}`;
    const ui = await started(['inspect', '--ui-port', '0', '--captures', url]);
    await expect.poll(ui.stderr, { timeout: 10_000 }).toContain(`store ${url}: nothing is listening`);
    ui.child.kill('SIGINT');
    expect(await ui.ended).toBe(130);
  });

  it('is never a target of itself', async () => {
    const port = await closedPort();
    const ui = await started([
      'inspect',
      '--ui-port',
      String(port),
      '--to',
      `localhost:${port}`,
      '--to',
      '3000',
    ]);
    const stream = (await ui.api('/api/events')).body!.getReader();
    const text = Buffer.from((await stream.read()).value!).toString();
    expect(JSON.parse(text.split('\n')[0]!).session.targets).toEqual(['localhost:3000/webhook']);
    ui.child.kill('SIGINT');
    await ui.ended;
  });

  it('opens a browser only when asked to', async () => {
    const programs = temporaryFolder();
    const opened = join(programs, 'opened');
    const opener = join(programs, process.platform === 'darwin' ? 'open' : 'xdg-open');
    writeFileSync(opener, `#!/bin/sh\nprintf %s "$1" > '${opened}'\n`);
    chmodSync(opener, 0o755);
    const ui = await started(['inspect', '--open'], { PATH: `${programs}:${process.env.PATH}` });
    await expect.poll(() => readFileSync(opened, 'utf8')).toBe(ui.link);
    ui.child.kill('SIGINT');
    await ui.ended;
  });

  it('checks a target, and what its messages change, with the command that was given', async () => {
    const stateFile = join(temporaryFolder(), 'state');
    writeFileSync(stateFile, '');
    const { url } = await switchableApp({ actsTwice: true, stateFile });
    const observe = `cat ${stateFile}`;
    const ui = await started(['inspect', '--to', url, '--observe', observe, '--settle', '50ms']);
    const answer = await ui.api('/api/check', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        target: url.replace('http://', ''),
        checks: ['plain', 'repeated'],
        fuzz: { events: 1, seed: null },
      }),
    });
    const lines = (await answer.text()).trim().split('\n');
    const { history } = JSON.parse(lines.at(-1)!);
    const repeated = history.last.checks.find(({ name }: { name: string }) => name === 'repeated');
    expect(repeated).toMatchObject({ status: 'fail', rerun: expect.stringContaining('--settle 50ms') });
    expect(repeated.rerun).toContain('--observe');
    ui.child.kill('SIGINT');
    expect(await ui.ended).toBe(130);
  });

  it.each([
    [['inspect', '--settle', '5s'], 'missing_flag'],
    [['inspect', '--observe', ' '], 'invalid_value'],
    [['inspect', '--observe', 'https://example.com/state'], 'foreign_host'],
    [['inspect', '--observe', 'cat x', '--observe-type', 'nothing'], 'unknown_event_type'],
    [['listen', '--observe', 'cat x'], 'missing_flag'],
    [['listen', '--ui', '--observe-type', 'user.created'], 'missing_flag'],
  ])('%j is a usage error', async (args, code) => {
    const { exitCode, stdout } = await runCommand([...args, '--json'], { cwd: temporaryFolder() });
    expect(exitCode).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ code });
  });

  it('keeps secrets to itself', async () => {
    const ui = await started(['inspect']);
    const stream = (await ui.api('/api/events')).body!.getReader();
    const text = Buffer.from((await stream.read()).value!).toString();
    expect(text + ui.printed()).not.toContain(testSecret);
    ui.child.kill('SIGINT');
    expect(await ui.ended).toBe(130);
  });
});
