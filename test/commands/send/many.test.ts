import { describe, expect, it } from 'vitest';
import { run } from '../../../src/main.ts';
import { memoryIo, runCommand, testSecret } from '../../support/memory-io.ts';
import { startHandler } from '../../support/processes.ts';
import { answering, closedPort, httpTarget, socketTarget } from '../../support/targets.ts';

const secret = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };
const send = (args: string[], world = {}) => runCommand(['send', ...args], { ...secret, ...world });

/** Responds with each status in turn, and then repeats the last one. */
function inTurn(...statuses: number[]) {
  let at = 0;
  return httpTarget((_request, response) => {
    response.writeHead(statuses[Math.min(at++, statuses.length - 1)]!).end();
  });
}

const fast = ['--retry', '--retry-scale', '0.0001'];

describe('--retry', () => {
  it('retries until the message is accepted: same id and body, each attempt signed again and reported', async () => {
    let seconds = 0;
    const target = await inTurn(500, 503, 201);
    const { exitCode, facts } = await send(['user.created', ...fast, '--json', '--to', target.url], {
      now: () => Date.now() + 1000 * seconds++,
    });
    expect(exitCode).toBe(0);
    expect(facts.map(({ attempt, status, retry_in_ms, ok }) => [attempt, status, retry_in_ms, ok])).toEqual([
      [1, 500, 1, false],
      [2, 503, 3, false],
      [3, 201, null, true],
    ]);
    const { requests } = target;
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(new Set(requests.map(({ body }) => body.toString())).size).toBe(1);
    expect(new Set(requests.map(({ headers }) => headers['webhook-timestamp'])).size).toBe(3);
    expect(new Set(requests.map(({ headers }) => headers['webhook-signature'])).size).toBe(3);
  });

  it('stops after six attempts, and the last one decides the exit code', async () => {
    const target = await inTurn(500);
    const { exitCode, stdout } = await send(['user.created', ...fast, '--to', target.url]);
    expect(exitCode).toBe(1);
    expect(target.requests).toHaveLength(6);
    expect(stdout).toMatch(/attempt 1 {2}retry in 1 ms\n/);
    expect(stdout).toMatch(/attempt 6\n$/);
  });

  it.each([
    ['dashboard', 4],
    ['scim', 8],
  ])('--retry-schedule %s: %i attempts', async (name, attempts) => {
    const target = await inTurn(404);
    await send(['user.created', '--retry-schedule', name, '--retry-scale', '0.0000001', '--to', target.url]);
    expect(target.requests).toHaveLength(attempts);
  });

  it('exit code 3 when no attempt connects', async () => {
    const port = await closedPort();
    const failed = await send(['user.created', ...fast, '--json', '--to', String(port)]);
    expect(failed).toMatchObject({ exitCode: 3 });
    expect(failed.facts).toHaveLength(6);
  });

  it('retries after a timeout', async () => {
    let connections = 0;
    const target = await socketTarget((socket) => {
      connections += 1;
      if (connections > 1) socket.end('HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n');
    });
    const ran = await send(['user.created', ...fast, '--timeout', '200ms', '--json', '--to', target.url]);
    expect(ran.facts.map(({ failure, status }) => failure ?? status)).toEqual(['timeout', 201]);
    expect(ran.exitCode).toBe(0);
  });

  it('honors Retry-After, also scaled, and stops when it is too long', async () => {
    const asks = await answering(503, '', { 'retry-after': '30' });
    const { facts } = await send([
      'user.created',
      '--retry',
      '--retry-scale',
      '0.001',
      '--json',
      '--to',
      asks.url,
    ]);
    expect(facts.map(({ retry_in_ms }) => retry_in_ms)).toEqual([30, 30, 120, 300, 900, null]);
    const never = await answering(503, '', { 'retry-after': '315360000' });
    expect((await send(['user.created', ...fast, '--json', '--to', never.url])).facts).toHaveLength(1);
  });

  it('Ctrl-C ends the wait', async () => {
    const target = await httpTarget((_request, response) => {
      response.writeHead(500).end();
      setImmediate(() => signal('SIGINT'));
    });
    const { io, signal } = memoryIo(['send', 'user.created', '--retry', '--to', target.url], secret);
    expect(await run(io)).toBe(130);
    expect(target.requests).toHaveLength(1);
  });

  it.each([
    ['--retry-scale', '0'],
    ['--retry-scale', '-1'],
    ['--retry-scale', '1e3'],
    ['--retry-schedule', '__proto__'],
    ['--retry-schedule', 'weekly'],
  ])('%s %s is rejected', async (flag, value) => {
    const ran = await send(['user.created', flag, value]);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`"${value}" for ${flag} [invalid_value]`);
  });
});

describe('--count, --concurrency and --rate', () => {
  it('each message has its own ids, types alternate, and the summary has percentiles', async () => {
    const target = await httpTarget();
    const args = ['session.*', '--count', '50', '--concurrency', '5', '--json', '--to', target.url];
    const { exitCode, facts } = await send(args);
    expect(exitCode).toBe(0);
    const bodies = target.requests.map(({ body }) => JSON.parse(body.toString()));
    expect(bodies.filter(({ type }) => type === 'session.created')).toHaveLength(50);
    expect(new Set(bodies.map(({ id }) => id)).size).toBe(100);
    expect(new Set(target.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(100);
    const summary = facts.at(-1) as Record<string, number>;
    expect(facts).toHaveLength(101);
    expect(summary).toMatchObject({ kind: 'summary', total: 100, accepted: 100, statuses: { 201: 100 } });
    expect(summary.p50_ms).toBeGreaterThan(0);
    expect(summary.p95_ms).toBeGreaterThanOrEqual(summary.p50_ms!);
    expect(summary.p99_ms).toBeGreaterThanOrEqual(summary.p95_ms!);
  });

  it('reaches --concurrency and does not exceed it', async () => {
    let [open, most] = [0, 0];
    const target = await httpTarget((_request, response) => {
      open += 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open -= 1;
        response.writeHead(201).end();
      }, 5);
    });
    await send(['user.created', '--count', '40', '--concurrency', '8', '--to', target.url]);
    expect(most).toBe(8);
  });

  it('does not exceed --rate', async () => {
    const arrivals: number[] = [];
    const target = await httpTarget((_request, response) => {
      arrivals.push(performance.now());
      response.writeHead(201).end();
    });
    await send(['user.created', '--count', '11', '--concurrency', '4', '--rate', '25', '--to', target.url]);
    expect(arrivals).toHaveLength(11);
    expect(arrivals.at(-1)! - arrivals[0]!).toBeGreaterThanOrEqual(340);
  });

  it('the human form shows at most ten failures, and the summary', async () => {
    const target = await answering(500);
    const ran = await send(['user.created', '--count', '30', '--to', target.url]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout.match(/✗ 500/g)).toHaveLength(10);
    expect(ran.stderr).toMatch(/^note: further failures /m);
    expect(ran.stderr).toMatch(/^30 sent: 0 accepted, 30 not accepted \(500: 30\) in .* p50 .* p95 .* p99 /m);
    const good = await answering(201);
    expect((await send(['user.created', '--count', '30', '--to', good.url])).stdout).toBe('');
  });

  it.each([
    ['--count', '0'],
    ['--count', '-1'],
    ['--count', '1e3'],
    ['--count', '1.5'],
    ['--concurrency', '1001'],
    ['--rate', '0'],
  ])('%s %s is rejected', async (flag, value) => {
    const ran = await send(['user.created', flag, value]);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`"${value}" for ${flag} [invalid_value]`);
  });
});

describe('--fault', () => {
  it('exit code 0 for each fault that a correct handler rejects', async () => {
    const { url } = await startHandler('express');
    const { stdout } = await runCommand(['send', '--help']);
    const names = /--fault <name>[\s\S]*?choices:\s*([^)]*)\)/
      .exec(stdout)![1]!
      .replaceAll(/["\s]/g, '')
      .split(',');
    expect(names).toHaveLength(19);
    for (const name of names) {
      const ran = await send(['user.created', '--fault', name, '--json', '--to', url]);
      expect(ran.facts, name).toMatchObject([
        { ok: true, status: 401, fault: name, detail: null, fix: null, causes: [] },
      ]);
      expect(ran.exitCode, name).toBe(0);
    }
  });

  it('changes only its own header, whatever the others are called', async () => {
    const extra = ['constructor: x', 'toString: y', '__proto__: z'].flatMap((text) => ['-H', text]);
    const args = ['user.created', '--fault', 'malformed-timestamp', '--dry-run', '--json', ...extra];
    const [{ headers }] = (await send(args)).facts as [{ headers: [string, string][] }];
    expect(headers.slice(-3)).toEqual([
      ['constructor', 'x'],
      ['toString', 'y'],
      ['__proto__', 'z'],
    ]);
    expect(Object.fromEntries(headers)['webhook-timestamp']).toMatch(/^\d+abc$/);
  });

  it('exit code 1 when the handler accepts it, with the fix', async () => {
    const target = await answering(200);
    const ran = await send(['user.created', '--fault', 'wrong-secret', '--to', target.url]);
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toMatch(/^✗ 200 .*not rejected \(wrong-secret\)/);
    expect(ran.stderr).toMatch(/^ {2}.*\baccepted\b.*\bsecret\b.*\n {2}fix: .*\b401\b/m);
  });

  it.each([
    [500, 0, /^ {2}.*\b500\b.*\n {2}fix: .*\b401\b/m],
    [404, 1, /^ {2}.*\/webhook\n {2}fix: .*--to http:/m],
    [302, 1, /^ {2}.*http:\/\/127\.0\.0\.1:\d+\/x\b.*redirects\n {2}fix: .*redirect/m],
    [429, 1, /^ {2}.*\brate\b.*\n {2}fix: .*rate limit/m],
  ])('%i: exit code %i, with the detail and fix', async (status, exitCode, advice) => {
    const target = await answering(status, '', { location: '/x' });
    const ran = await send(['user.created', '--fault', 'stale', '--to', target.url]);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stderr).toMatch(advice);
  });

  it('exit code 3 when nothing responds', async () => {
    expect(
      await send(['user.created', '--fault', 'stale', '--to', String(await closedPort())]),
    ).toMatchObject({ exitCode: 3 });
  });

  it.each([
    [['--fault', 'wrong-secert'], 'unknown_fault', /"wrong-secert".*\n {2}.*\bwrong-secret\?\n/],
    [
      ['--fault', '__proto__'],
      'unknown_fault',
      /"__proto__".*\n {2}(?!did you mean).*\n {2}fix: .*no-headers/,
    ],
    [
      ['--fault', 'stale', '--retry'],
      'conflicting_flags',
      /--fault\b.*--retry\b.*\n.*\n {2}fix: .*--retry\n/,
    ],
  ])('%j is rejected', async (args, code, names) => {
    const ran = await send(['user.created', ...args]);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`[${code}]`);
    expect(ran.stderr).toMatch(names);
  });
});
