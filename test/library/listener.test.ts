import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createEvent,
  createListener,
  createSecret,
  deliver,
  explain,
  signMessage,
  verifyMessage,
} from '../../src/index.ts';
import { testSecret } from '../support/memory-io.ts';

const secret = testSecret;

describe('createListener', () => {
  it('yields messages in order, and ends with close', async () => {
    const listener = await createListener({ secret });
    const seen: unknown[] = [];
    const read = (async () => {
      for await (const { type, verdict, status, event } of listener)
        seen.push([type, verdict.verified, status, event?.data]);
    })();
    await deliver(signMessage('{"type":"a","data":{"n":1}}', { secret }), { to: listener.url });
    await deliver(signMessage('not json', { secret: createSecret() }), { to: listener.url });
    await listener.close();
    await read;
    expect(seen).toEqual([
      ['a', true, 201, { n: 1 }],
      [null, false, 401, undefined],
    ]);
  });

  it('next returns queued messages, waits for new ones, and times out', async () => {
    const listener = await createListener({ secret, path: '/hooks', status: [500, 204] });
    onTestFinished(() => listener.close());
    const waiting = listener.next();
    const statuses: unknown[] = [];
    for (const type of ['user.created', 'user.deleted', 'role.created'] as const) {
      const outcome = await deliver(signMessage(createEvent(type), { secret }), {
        to: listener.url,
      });
      statuses.push(outcome.answered && outcome.status);
    }
    expect(statuses).toEqual([500, 204, 204]);
    expect(await waiting).toMatchObject({
      type: 'user.created',
      id: expect.stringMatching(/^evt_/),
      webhookId: expect.stringMatching(/^msg_/),
    });
    expect((await listener.next()).type).toBe('user.deleted');
    expect((await listener.next()).type).toBe('role.created');
    await expect(listener.next(20)).rejects.toThrow(/\bwithin 20 ms$/);
    expect(await deliver(signMessage('x', { secret }), { to: `${listener.url}/other` })).toMatchObject({
      status: 404,
    });
  });

  it('stopping an iteration loses no message', async () => {
    const listener = await createListener();
    onTestFinished(() => listener.close());
    const send = (type: 'user.created' | 'user.deleted') =>
      deliver(signMessage(createEvent(type), { secret: listener.secret }), { to: listener.url });
    const iterator = listener[Symbol.asyncIterator]();
    const asked = iterator.next();
    await iterator.return?.();
    expect(await asked).toEqual({ done: true, value: undefined });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    await expect(listener.next(10)).rejects.toThrow(/\bwithin 10 ms$/);
    await send('user.created');
    expect((await listener.next()).type).toBe('user.created');
    await send('user.deleted');
    for await (const { type } of listener) {
      expect(type).toBe('user.deleted');
      break;
    }
  });

  it.each([[{ status: 99 }], [{ status: [] }], [{ status: '200' }], [{ path: 'x' }]])(
    '%j: TypeError',
    async (options) => {
      await expect(createListener(options as object)).rejects.toThrow(TypeError);
    },
  );

  it('an option that does not exist is a TypeError that names the nearest one, and none at all is about the secret', async () => {
    const message = signMessage('x', { secret });
    const bad = (options: object) => options as never;
    for (const use of [
      async () => signMessage('x', bad({ secret, timestmp: new Date() })),
      async () => verifyMessage(message, bad({ secret, tolerence: 1 })),
      async () => explain(message, bad({ secret, tolerence: 1 })),
      () => deliver(message, bad({ to: 1, timout: 1 })),
      () => createListener(bad({ sercet: secret })),
    ])
      await expect(use()).rejects.toThrow(
        /no option is named ".*did you mean (timestamp|tolerance|timeout|secret)\?/,
      );
    for (const use of [
      async () => signMessage('x', undefined as never),
      async () => verifyMessage(message, undefined as never),
    ])
      await expect(use()).rejects.toMatchObject({ code: 'invalid_secret' });
  });

  it.each([[0], [Number.NaN], [Number.POSITIVE_INFINITY]])('the timeout %j: TypeError', async (timeout) => {
    const listener = await createListener();
    onTestFinished(() => listener.close());
    await expect(listener.next(timeout)).rejects.toThrow(TypeError);
    await expect(deliver(signMessage('x', { secret }), { to: listener.url, timeout })).rejects.toThrow(
      TypeError,
    );
  });

  it('an empty host means this machine only', async () => {
    const listener = await createListener({ host: '' });
    onTestFinished(() => listener.close());
    expect(listener.url).toMatch(/^http:\/\/127\.0\.0\.1:/);
  });

  it('creates a secret when none is given', async () => {
    const listener = await createListener({ port: 0 });
    onTestFinished(() => listener.close());
    await deliver(signMessage(createEvent('user.created'), { secret: listener.secret }), {
      to: listener.url,
    });
    expect((await listener.next()).verdict.verified).toBe(true);
  });

  it('a port in use is an error; close rejects pending calls of next', async () => {
    const listener = await createListener({ secret });
    await expect(createListener({ secret, port: listener.port })).rejects.toThrow(
      expect.objectContaining({ code: 'port_in_use' }),
    );
    const waiting = expect(listener.next()).rejects.toThrow('closed');
    await listener.close();
    await waiting;
    await expect(listener.next()).rejects.toThrow('closed');
  });
});
