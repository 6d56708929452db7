import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { testSecret } from './support/memory-io.ts';
import { runBin, startBin } from './support/processes.ts';
import { bin } from './support/repository.ts';
import { httpTarget, socketTarget } from './support/targets.ts';
import { temporaryFolder } from './support/temporary.ts';

const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };

/** Posts without a signature, and resolves with the status. */
async function post(port: number, path: string): Promise<number> {
  const sent = request({ port, path, method: 'POST', agent: false });
  sent.end('{}');
  const [response] = await once(sent, 'response');
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

describe('a stalled reader', () => {
  /** Starts a listener whose output is not read after the first lines. */
  async function unread(...args: string[]) {
    const child = spawn(process.execPath, [bin, 'listen', '--port', '0', ...args], {
      cwd: temporaryFolder(),
      env: { PATH: process.env.PATH, HOME: temporaryFolder(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const ended = once(child, 'exit');
    let printed = '';
    while (!/http:\/\/127\.0\.0\.1:(\d+)/.test(printed)) {
      printed += String(child.stderr.read() ?? child.stdout.read() ?? '');
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { child, ended, port: Number(/http:\/\/127\.0\.0\.1:(\d+)/.exec(printed)![1]) };
  }

  it.each([
    ['stdout', ['--json'], `/${'x'.repeat(2000)}`],
    ['stderr', ['--path', '/other'], `/${'x'.repeat(4000)}`],
  ])('of %s does not delay responses or the end of the listener', async (_stream, args, path) => {
    const { child, ended, port } = await unread(...args);
    const statuses = new Set<number>();
    for (let i = 0; i < 1500; i += 1) statuses.add(await post(port, path));
    expect([...statuses]).toEqual([args.includes('--path') ? 404 : 401]);
    let stderr = '';
    const closed = once(child.stderr, 'close');
    if (args.includes('--json')) child.stderr.on('data', (text) => (stderr += text));
    const stopped = performance.now();
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
    expect(performance.now() - stopped).toBeLessThan(10_000);
    if (args.includes('--json')) await closed;
    if (args.includes('--json')) expect(stderr).toMatch(/note: lines not printed .*: [1-9]\d*\n/);
  });

  it('that exits ends a listener', async () => {
    const started = startBin(['listen', '--port', '0', '--json'], { env });
    const [, port] = await started.until(/"port":(\d+)/);
    started.child.stdout.destroy();
    const stop = setInterval(() => void post(Number(port), '/').catch(() => {}), 20);
    expect(await started.ended).toBe(0);
    clearInterval(stop);
    expect(started.stderr()).not.toContain('EPIPE');
  });
});

describe('the process ends', () => {
  it('after a timeout while a connection is still being established', async () => {
    const target = await socketTarget(() => {});
    const started = performance.now();
    const url = target.url.replace('http:', 'https:');
    const ran = await runBin(['send', 'user.created', '--timeout', '300ms', '--to', url], { env });
    expect(ran).toMatchObject({ exitCode: 3 });
    expect(ran.stderr).toMatch(/\bno TLS connection\b.*\b300 ms\n {2}fix: .*\bTLS\b/);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('with Ctrl-C, after the delivery in flight', async () => {
    const target = await httpTarget((_request, response) => {
      started.child.kill('SIGINT');
      setTimeout(() => response.writeHead(201).end(), 50);
    });
    const started = startBin(['send', '--all', '--to', target.url], { env });
    expect(await started.ended).toBe(130);
    expect(target.requests).toHaveLength(1);
    expect(started.stderr()).toMatch(/\n1 sent: 1 accepted, 51 not sent\b.*\bstopped\b/);
  });
});

describe('output that cannot be written', () => {
  it.each([
    ['--version'],
    ['--help'],
    ['events'],
    ['events', '--json'],
    ['send', 'nonsense', '--json'],
    ['demo', '--json'],
    // Its output is a stream, which reports errors later.
    ['listen', '--port', '0', '--json', '--no-capture'],
  ])('%j on a full disk: exit code 2, no stack trace', async (...args) => {
    const child = spawn('sh', ['-c', `exec "$0" "$@" > /dev/full`, process.execPath, bin, ...args], {
      env: { PATH: process.env.PATH, HOME: temporaryFolder(), ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    expect((await once(child, 'close'))[0]).toBe(2);
    expect(stderr).toMatch(/error: .*\[unwritable_output\]\n {2}.*\bdisk is full\b.*\n {2}fix: \S/);
    expect(stderr).not.toMatch(/\n +at /);
  });
});

it('a slow reader gets a long output completely', () => {
  const line = `"$0" "$1" demo --json 2>/dev/null | { sleep 0.3; cat; }`;
  const env = { PATH: process.env.PATH, HOME: temporaryFolder() };
  const lines = execFileSync('sh', ['-c', line, process.execPath, bin], { env, encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  expect(lines).toHaveLength(54);
  for (const line of lines) JSON.parse(line);
});
