import { describe, expect, it } from 'vitest';
import { run } from '../../../src/main.ts';
import { post as postSigned } from '../../support/listener.ts';
import { memoryIo, readFacts, runCommand, testSecret } from '../../support/memory-io.ts';

const world = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };

/** Runs `listen` in this process until it ends by itself. */
async function listen(...args: string[]) {
  const { io, signal } = memoryIo(['listen', '--port', '0', '--json', ...args], world);
  const ended = run(io);
  const [, url] = await io.stdout.until(/"url":"([^"]+)"/);
  return { io, url: url!, ended, signal, facts: () => readFacts(io.stdout.text) };
}

/** Posts an event of a type, signed by another library, or with a forged signature. Returns the status. */
async function post(url: string, type: string, isForged = false): Promise<number> {
  const forged = { 'webhook-signature': `v1,${'A'.repeat(43)}=` };
  const body = JSON.stringify({ type, data: {} });
  return (await postSigned(url, { body, headers: isForged ? forged : {} })).status;
}

describe('--expect', () => {
  it('=1 ends at the first event, which still gets its response', async () => {
    const { url, ended, facts } = await listen('--expect', 'user.created=1');
    expect(await post(url, 'session.created')).toBe(201);
    expect(await post(url, 'user.created')).toBe(201);
    expect(await ended).toBe(0);
    expect(facts().at(-1)).toMatchObject({
      kind: 'summary',
      ok: true,
      total: 2,
      expected: [{ pattern: 'user.created', count: '=1', received: 1, ok: true }],
    });
  });

  it('several, with patterns and without a number: all must arrive', async () => {
    const { url, ended } = await listen('--expect', 'user.*=2', '--expect', 'session.created');
    for (const type of ['user.created', 'user.deleted', 'session.created'])
      expect(await post(url, type)).toBe(201);
    expect(await ended).toBe(0);
  });

  it('not met in time: exit code 1, and the number received', async () => {
    const { url, ended, facts } = await listen('--expect', 'user.created=2', '--within', '300ms');
    await post(url, 'user.created');
    expect(await ended).toBe(1);
    expect(facts().at(-1)).toMatchObject({ ok: false, expected: [{ count: '=2', received: 1, ok: false }] });
  });

  it('==1 waits until the time is up', async () => {
    const { url, ended, facts } = await listen('--expect', 'user.created==1', '--within', '400ms');
    const started = performance.now();
    await post(url, 'user.created');
    expect(await ended).toBe(0);
    expect(performance.now() - started).toBeGreaterThan(300);
    expect(facts().at(-1)).toMatchObject({ expected: [{ count: '==1', received: 1, ok: true }] });
  });

  it('==0 and ==1 fail as soon as one too many arrives', async () => {
    const none = await listen('--expect', '*==0', '--within', '60s');
    await post(none.url, 'user.created');
    expect(await none.ended).toBe(1);
    const one = await listen('--expect', 'user.*==1', '--within', '60s');
    await post(one.url, 'user.created');
    await post(one.url, 'user.deleted');
    expect(await one.ended).toBe(1);
  });

  it('a forged event does not count', async () => {
    const { url, ended } = await listen('--expect', 'user.created', '--within', '300ms');
    expect(await post(url, 'user.created', true)).toBe(401);
    expect(await ended).toBe(1);
  });

  it('Ctrl-C is 130, met or not', async () => {
    const { signal, ended } = await listen('--expect', 'user.created');
    signal('SIGINT');
    expect(await ended).toBe(130);
  });

  it('an unknown type is reported with the nearest known type', async () => {
    const ran = await runCommand(
      ['listen', '--port', '0', '--expect', 'user.creatd', '--within', '20ms'],
      world,
    );
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toMatch(/note: .*\buser\.creatd\b.*\buser\.created\b/);
    expect(ran.stderr).toMatch(/✗ .*\buser\.creatd=1: 0 /);
  });

  it.each([
    [['--expect', '']],
    [['--expect', 'user.created=x']],
    [['--expect', 'user.created=0']],
    [['--expect', 'user.created===1']],
    [['--expect', 'user.created=-1']],
    [['--expect', '=1']],
    [['--expect', 'a', '--within', '0s']],
    [['--status', '']],
    [['--status', '200,']],
    [['--status', '99']],
    [['--status', '600']],
    [['--status', '100']],
    [['--delay', '5']],
  ])('%j is rejected', async (args) => {
    const ran = await runCommand(['listen', '--port', '0', ...args], world);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    const [flag, value] = args.slice(-2);
    expect(ran.stderr).toContain(`"${value}"`);
    expect(ran.stderr).toMatch(
      new RegExp(`^error: .*${flag} .*\\[invalid_value\\]\n.*\n {2}fix: .*${flag} `),
    );
  });

  it('--within requires --expect', async () => {
    const ran = await runCommand(['listen', '--port', '0', '--within', '5s'], world);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(/^error: --within .*--expect .*\[missing_flag\]/);
  });
});

describe('a receiver that fails or is slow', () => {
  it('--status: verified messages get the statuses in turn, and the last one from then on; rejected ones get 401', async () => {
    const { url, signal, ended, facts } = await listen('--status', '500,503,201');
    const statuses = [];
    for (let i = 0; i < 5; i += 1) statuses.push(await post(url, 'user.created'));
    statuses.push(await post(url, 'user.created', true));
    expect(statuses).toEqual([500, 503, 201, 201, 201, 401]);
    signal('SIGINT');
    await ended;
    expect(facts().at(-1)).toMatchObject({ statuses: { 500: 1, 503: 1, 201: 3, 401: 1 }, accepted: 5 });
  });

  it('a sender can retry until it succeeds', async () => {
    const { url, ended } = await listen('--status', '500,500,201', '--expect', 'user.created=3');
    const args = ['send', 'user.created', '--retry', '--retry-scale', '0.001', '--json', '--to', url];
    const sent = await runCommand(args, world);
    expect(sent.facts.map(({ status }) => status)).toEqual([500, 500, 201]);
    expect([sent.exitCode, await ended]).toEqual([0, 0]);
  });

  it('--delay: the response is late, the output immediate', async () => {
    const { url, io } = await listen('--delay', '300ms');
    const started = performance.now();
    let isAnswered = false;
    const response = post(url, 'user.created').finally(() => {
      isAnswered = true;
    });
    await io.stdout.until(/"kind":"received"/);
    expect(isAnswered).toBe(false);
    expect(await response).toBe(201);
    expect(performance.now() - started).toBeGreaterThanOrEqual(295);
    const slow = await runCommand(['send', 'user.created', '--timeout', '100ms', '--to', url], world);
    expect(slow.exitCode).toBe(3);
  });

  it('--accept-unverified: accepted and counted, but not reported as verified', async () => {
    const { url, ended, facts } = await listen('--accept-unverified', '--expect', 'user.created=1');
    expect(await post(url, 'user.created', true)).toBe(201);
    expect(await ended).toBe(0);
    expect(facts()[1]).toMatchObject({ verified: false, reason: 'signature_mismatch', status: 201 });
  });
});
