import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/main.ts';
import { freshId, post, secretInEnv, startListen } from '../../support/listener.ts';
import { memoryIo, testSecret } from '../../support/memory-io.ts';
import { startBin } from '../../support/processes.ts';

const body =
  '{"data":{"email":"ada@example.com","organizationId":"org_1","userId":"usr_1"},"environment_id":"env_1","id":"evt_1","object":"User","occurred_at":"2026-11-22T15:06:39Z","spec_version":"1","type":"user.created"}';
const standard = new StandardWebhook(testSecret);

/** Posts an indented body with the signature of the compact one. */
function postRewritten(url: string, id = freshId()): Promise<Response> {
  const now = new Date();
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': standard.sign(id, now, body),
  };
  return post(url, { body: JSON.stringify(JSON.parse(body), null, 2), id, headers });
}

describe('explanations of rejected messages', () => {
  it('--json prints a separate line after the rejection', async () => {
    const { url, stop, facts, io } = await startListen();
    expect((await postRewritten(url, 'msg_rewritten')).status).toBe(401);
    await io.stdout.until(/"kind":"explained"/);
    await stop();
    const [received, explained] = facts().filter(({ kind }) => kind === 'received' || kind === 'explained');
    expect(received).toMatchObject({ kind: 'received', verified: false, reason: 'signature_mismatch' });
    expect(explained).toMatchObject({
      kind: 'explained',
      webhook_id: 'msg_rewritten',
      capture: received!.capture,
      explained: true,
      causes: [{ codes: ['body_reserialized'] }],
      unexplained: null,
    });
  });

  it('a message that the secret for interceptors signed: named, as verify does', async () => {
    const other = 'whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB';
    const env = { ...secretInEnv, SCALEKIT_INTERCEPTOR_SECRET: other };
    const { url, stop, facts, io } = await startListen([], { env });
    const [id, now] = [freshId(), new Date()];
    const headers = {
      'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
      'webhook-signature': new StandardWebhook(other).sign(id, now, body),
    };
    expect((await post(url, { body, id, headers })).status).toBe(401);
    await io.stdout.until(/"kind":"explained"/);
    await stop();
    const [explained] = facts('explained');
    expect(explained).toMatchObject({ explained: true, causes: [{ codes: ['secret_of_other_kind'] }] });
    expect(JSON.stringify(explained)).not.toContain(other.slice(6));
  });

  it('for people, the cause follows the rejection; if it is unknown, verify is suggested', async () => {
    const { io, signal } = memoryIo(['listen', '--port', '0'], { env: secretInEnv });
    const ended = run(io);
    const [, url] = await io.stderr.until(/ready on (\S+)/);
    await postRewritten(url!, 'msg_first');
    await io.stdout.until(/fix: /);
    await post(url!, {
      body,
      id: 'msg_other',
      headers: { 'webhook-signature': `v1,${Buffer.alloc(32).toString('base64')}` },
    });
    await io.stdout.until(/ msg_other .*\n.*scalekit-hooks verify /);
    signal('SIGINT');
    await ended;
    expect(io.stdout.text).toMatch(
      /^✗ 401 .* msg_first {2}signature_mismatch: .*\n {2}cause: .*JSON.*\n {2}evidence: .*\(whsec_C2….*\n {2}fix: .*\n✗ 401 .* msg_other {2}signature_mismatch: .*\n {2}cause: unknown\. .*whsec_C2….* scalekit-hooks verify cap_\w{12}\b.*\n$/,
    );
  });

  it('in a terminal, the first explanation is followed by the flag of the inspector, once', async () => {
    const env = { ...secretInEnv, NO_COLOR: '1' };
    const { io, signal } = memoryIo(['listen', '--port', '0'], { env, isTerminal: true });
    const ended = run(io);
    const [, url] = await io.stderr.until(/ready on (\S+)/);
    await postRewritten(url!, 'msg_first');
    await io.stderr.until(/--ui/);
    await postRewritten(url!, 'msg_second');
    await io.stdout.until(/ msg_second [\s\S]*fix: /);
    signal('SIGINT');
    await ended;
    expect(io.stderr.text.match(/--ui/g)).toHaveLength(1);
  });

  it('verified messages are not explained; unverified ones are, even if accepted', async () => {
    const { url, stop, facts, io } = await startListen(['--accept-unverified']);
    expect((await post(url, { body })).status).toBe(201);
    expect((await postRewritten(url)).status).toBe(201);
    await io.stdout.until(/"kind":"explained"/);
    await stop();
    expect(facts('explained')).toHaveLength(1);
  });

  it('of many concurrent messages, each gets a response, some are explained and the others counted', async () => {
    const { url, stop, io, facts } = await startListen();
    const responses = await Promise.all(Array.from({ length: 100 }, () => postRewritten(url)));
    expect(responses.every(({ status }) => status === 401)).toBe(true);
    await io.stdout.until(/"kind":"explained"/);
    await stop();
    const explained = facts('explained').length;
    expect(explained).toBeGreaterThan(0);
    expect(explained).toBeLessThan(100);
    const skipped = Number(/note: .* without an explanation: (\d+)\b/.exec(io.stderr.text)?.[1] ?? 0);
    expect(explained + skipped).toBe(100);
  });

  it('an explanation does not delay a response', async () => {
    const listener = startBin(['listen', '--port', '0', '--no-capture', '--json'], { env: secretInEnv });
    const [, url] = await listener.until(/"url":"([^"]+)"/);
    // Each message takes the whole search budget. Their output together fits into the buffer of an unread pipe.
    const slow = `{"list":[${'{"a":"b/c é <d>","e":[1,2,{}]},'.repeat(600)}1]}`;
    const rejected = Array.from({ length: 20 }, (_, index) => {
      const headers = { 'webhook-signature': `v1,${Buffer.alloc(32, index).toString('base64')}` };
      return post(url!, { body: slow, headers });
    });
    for (const { status } of await Promise.all(rejected)) expect(status).toBe(401);
    // The response arrives while the others are still being searched, which takes more than a second.
    expect((await post(url!, { body })).status).toBe(201);
    const done = () => listener.stdout().split('"kind":"explained"').length - 1;
    expect(done()).toBeLessThan(20);
    await new Promise<void>((resolve) => {
      const look = () => done() === 20 && resolve();
      listener.child.stdout.on('data', look);
      look();
    });
    listener.child.kill('SIGINT');
    expect(await listener.ended).toBe(130);
  });
});

describe('differences from the API reference', () => {
  it('--verbose reports a field that differs, and accepts the event', async () => {
    const { url, stop, io, facts } = await startListen(['--verbose']);
    expect((await post(url, { body: body.replace('"usr_1"', '1') })).status).toBe(201);
    await stop();
    expect(facts('received')).toMatchObject([
      {
        verified: true,
        schema_differences: [{ field: 'data.userId', message: expect.stringMatching(/\bstring\b/) }],
      },
    ]);
    expect(io.stderr.text).not.toContain('data.userId');
  });

  it('--verbose reports it to people too', async () => {
    const { io, signal } = memoryIo(['listen', '--port', '0', '--verbose'], { env: secretInEnv });
    const ended = run(io);
    const [, url] = await io.stderr.until(/ready on (\S+)/);
    await post(url!, { body: body.replace('"usr_1"', '1') });
    await io.stdout.until(/\n {2}note: .*data\.userId .*\bstring\n/);
    signal('SIGINT');
    await ended;
  });

  it('are not searched for without --verbose', async () => {
    const { url, stop, facts } = await startListen();
    await post(url, { body: body.replace('"usr_1"', '1') });
    await stop();
    expect(facts('received')).toMatchObject([{ schema_differences: null }]);
  });
});
