import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/main.ts';
import { freshId, post, secretInEnv, startListen } from '../../support/listener.ts';
import { memoryIo, testSecret } from '../../support/memory-io.ts';
import { startBin } from '../../support/processes.ts';

const body =
  '{"data":{"email":"ada@example.com","organizationId":"org_1","userId":"usr_1"},"environment_id":"env_1","id":"evt_1","object":"User","occurred_at":"2026-11-22T15:06:39Z","spec_version":"1","type":"user.created"}';
const standard = new StandardWebhook(testSecret);

/** Posts a body that is laid out, with the signature of the compact one. */
function postRewritten(url: string, id = freshId()): Promise<Response> {
  const now = new Date();
  const headers = {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': standard.sign(id, now, body),
  };
  return post(url, { body: JSON.stringify(JSON.parse(body), null, 2), id, headers });
}

describe('what listen refuses it explains', () => {
  it('with --json: a fact of its own, after the refusal', async () => {
    const { url, stop, facts, io } = await startListen();
    expect((await postRewritten(url, 'msg_spoiled')).status).toBe(401);
    await io.stdout.until(/"kind":"explained"/);
    await stop();
    const [received, explained] = facts().filter(({ kind }) => kind === 'received' || kind === 'explained');
    expect(received).toMatchObject({ kind: 'received', verified: false, reason: 'signature_mismatch' });
    expect(explained).toMatchObject({
      kind: 'explained',
      webhook_id: 'msg_spoiled',
      capture: received!.capture,
      fits: true,
      causes: [{ codes: ['body_reserialized'] }],
      left: null,
    });
  });

  it('in words: under the line that says so; where nothing fits, verify looks further', async () => {
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
    await io.stdout.until(/nothing fits/);
    signal('SIGINT');
    await ended;
    expect(io.stdout.text).toMatch(
      /^✗ 401 .* msg_first .*\n {2}why: the body was written again.*\n {2}shown by: .*\n {2}fix: .*\n✗ 401 .* msg_other .*\n {2}why: nothing fits\. .*; scalekit-hooks verify cap_\w+ looks further\n$/,
    );
  });

  it('what is verified is not explained, and what was let in unverified is', async () => {
    const { url, stop, facts, io } = await startListen(['--accept-unverified']);
    expect((await post(url, { body })).status).toBe(201);
    expect((await postRewritten(url)).status).toBe(201);
    await io.stdout.until(/"kind":"explained"/);
    await stop();
    expect(facts('explained')).toHaveLength(1);
  });

  it('many at once: some are explained, the others counted, and each is answered', async () => {
    const { url, stop, io, facts } = await startListen();
    const answers = await Promise.all(Array.from({ length: 100 }, () => postRewritten(url)));
    expect(answers.every(({ status }) => status === 401)).toBe(true);
    await io.stdout.until(/"kind":"explained"/);
    await stop();
    const explained = facts('explained').length;
    expect(explained).toBeGreaterThan(0);
    expect(explained).toBeLessThan(100);
    const skipped = Number(/(\d+) refused messages were not explained/.exec(io.stderr.text)?.[1] ?? 0);
    expect(explained + skipped).toBe(100);
  });

  it('an explanation does not keep an answer waiting', async () => {
    const listener = startBin(['listen', '--port', '0', '--no-capture', '--json'], { env: secretInEnv });
    const [, url] = await listener.until(/"url":"([^"]+)"/);
    // Each takes the search its whole budget; all of them are less than an unread pipe may hold.
    const slow = `{"list":[${'{"a":"b/c é <d>","e":[1,2,{}]},'.repeat(600)}1]}`;
    const refused = Array.from({ length: 20 }, (_, index) => {
      const headers = { 'webhook-signature': `v1,${Buffer.alloc(32, index).toString('base64')}` };
      return post(url!, { body: slow, headers });
    });
    for (const { status } of await Promise.all(refused)) expect(status).toBe(401);
    // Answered while the others are still being searched, which takes a second and more.
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

describe('drift', () => {
  it('--verbose notes what is not as the reference has it, and takes the event', async () => {
    const { url, stop, io, facts } = await startListen(['--verbose']);
    expect((await post(url, { body: body.replace('"usr_1"', '1') })).status).toBe(201);
    await stop();
    expect(facts('received')).toMatchObject([
      { verified: true, drift: [{ field: 'data.userId', reason: 'must be text' }] },
    ]);
    expect(io.stderr.text).not.toContain('drift');
  });

  it('in words', async () => {
    const { io, signal } = memoryIo(['listen', '--port', '0', '--verbose'], { env: secretInEnv });
    const ended = run(io);
    const [, url] = await io.stderr.until(/ready on (\S+)/);
    await post(url!, { body: body.replace('"usr_1"', '1') });
    await io.stdout.until(/\n {2}note: not as in the API reference: data\.userId must be text\n/);
    signal('SIGINT');
    await ended;
  });

  it('without --verbose nobody looks', async () => {
    const { url, stop, facts } = await startListen();
    await post(url, { body: body.replace('"usr_1"', '1') });
    await stop();
    expect(facts('received')).toMatchObject([{ drift: null }]);
  });
});
