import { describe, expect, it } from 'vitest';
import { createEvent, deliver, HooksError, signMessage, verifyMessage } from '../../src/index.ts';
import { testSecret } from '../support/memory-io.ts';
import { answering, closedPort } from '../support/targets.ts';

const secret = testSecret;

describe('deliver', () => {
  const message = signMessage(createEvent('user.created'), { secret });

  it('posts the bytes and resolves with the response', async () => {
    const target = await answering(202, '{"ok":true}', { 'X-A': 'b' });
    const outcome = await deliver(message, { to: target.url });
    expect(outcome).toMatchObject({ answered: true, status: 202, headers: { 'x-a': 'b' } });
    expect(target.requests[0]!.body).toEqual(Buffer.from(message.body));
    expect(
      verifyMessage(
        { headers: target.requests[0]!.headers as Record<string, string>, body: target.requests[0]!.body },
        { secret },
      ).verified,
    ).toBe(true);
  });

  it('authenticates as the user in the URL, and rejects an invalid header', async () => {
    const target = await answering(201);
    const message = signMessage('{}', { secret });
    await deliver(message, { to: target.url.replace('http://', 'http://ada:pa%20ss@') });
    expect(target.requests[0]!.headers.authorization).toBe(
      `Basic ${Buffer.from('ada:pa ss').toString('base64')}`,
    );
    const headers = { ...message.headers, 'x-note': 'two\nlines' };
    await expect(deliver({ ...message, headers }, { to: target.url })).rejects.toThrow(TypeError);
    expect(target.requests).toHaveLength(1);
  });

  it('resolves for a network failure', async () => {
    expect(await deliver(message, { to: await closedPort() })).toMatchObject({
      answered: false,
      failure: 'connection_refused',
    });
  });

  it('rejects a host outside this machine and network', async () => {
    await expect(deliver(message, { to: 'https://app.example.com/x' })).rejects.toThrow(
      expect.objectContaining({ code: 'foreign_host' }),
    );
    await expect(deliver(message, { to: 'nonsense://' })).rejects.toThrow(HooksError);
  });
});
