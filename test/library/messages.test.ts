import { Scalekit } from '@scalekit-sdk/node';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createEvent,
  createSecret,
  explain,
  HooksError,
  signMessage,
  verifyMessage,
} from '../../src/index.ts';
import { testSecret } from '../support/memory-io.ts';

const secret = testSecret;

const scalekit = new Scalekit('https://example.scalekit.dev', 'id', 'secret');

describe('signMessage and verifyMessage', () => {
  const message = signMessage(createEvent('user.created'), { secret });
  const text = Buffer.from(message.body).toString();

  it('the SDKs accept signed messages', () => {
    const headers = { ...message.headers };
    expect(scalekit.verifyWebhookPayload(secret, headers, text)).toBe(true);
    expect(() => new StandardWebhook(secret).verify(text, headers)).not.toThrow();
    expect(() => new SvixWebhook(secret).verify(text, headers)).not.toThrow();
  });

  it('bytes and text are signed unchanged, an event as Scalekit serializes it', () => {
    const odd = '{ "b": 1.0, "a": "é" }\n';
    for (const body of [odd, Buffer.from(odd)]) {
      const signed = signMessage(body, { secret, id: 'msg_1', timestamp: 1795360000000 });
      expect(Buffer.from(signed.body).toString()).toBe(odd);
      expect(signed.headers['webhook-signature']).toBe(
        new StandardWebhook(secret).sign('msg_1', new Date(1795360000000), odd),
      );
    }
    expect(Buffer.from(signMessage({ b: { d: 1, c: [] }, a: null }, { secret }).body).toString()).toBe(
      '{"a":null,"b":{"c":[],"d":1}}',
    );
  });

  it('id, timestamp, headers and several secrets', () => {
    const other = createSecret();
    const signed = signMessage('x', {
      secret: [secret, other],
      id: 'msg_é',
      timestamp: new Date(1795360000999),
      headers: { 'X-Tenant': 'acme' },
    });
    expect(signed).toMatchObject({
      id: 'msg_é',
      timestamp: 1795360000,
      headers: { 'webhook-id': 'msg_\u00c3\u00a9', 'webhook-timestamp': '1795360000', 'x-tenant': 'acme' },
    });
    const now = 1795360000000;
    expect(verifyMessage(signed, { secret: other, now })).toMatchObject({ verified: true, secretIndex: 0 });
    expect(verifyMessage(signed, { secret: [createSecret(), secret], now })).toMatchObject({
      verified: true,
      secretIndex: 1,
    });
  });

  it('headers can be Fetch Headers, those of node:http, or pairs', () => {
    for (const headers of [
      new Headers(message.headers),
      Object.entries(message.headers) as [string, string][],
      { ...message.headers, cookie: ['a', 'b'], host: undefined },
    ]) {
      expect(verifyMessage({ headers, body: text }, { secret })).toMatchObject({
        verified: true,
        secretIndex: 0,
      });
    }
  });

  it('a rejection is a value', () => {
    expect(verifyMessage({ headers: message.headers, body: `${text} ` }, { secret })).toMatchObject({
      verified: false,
      reason: 'signature_mismatch',
    });
    expect(verifyMessage({ headers: {}, body: text }, { secret })).toMatchObject({
      verified: false,
      reason: 'missing_header',
    });
    expect(verifyMessage(message, { secret, now: Date.now() + 400_000 })).toMatchObject({
      verified: false,
      reason: 'too_old',
    });
    expect(verifyMessage(message, { secret, now: Date.now() + 400_000, tolerance: 500 })).toMatchObject({
      verified: true,
    });
  });

  it.each([[undefined], [''], ['whsec_'], ['abc'], [[]]])('the secret %j: invalid_secret', (wrong) => {
    expect(() => signMessage('x', { secret: wrong as unknown as string })).toThrow(HooksError);
    expect(() => verifyMessage(message, { secret: wrong as unknown as string })).toThrow(
      expect.objectContaining({ code: 'invalid_secret' }),
    );
  });

  it('an invalid date is a TypeError', () => {
    expect(() => signMessage('x', { secret, timestamp: new Date('never') })).toThrow(TypeError);
  });

  it('a parsed body is an error and never verified', () => {
    const parsed = JSON.parse(text);
    for (const body of [parsed, undefined, null, 1, new URLSearchParams('a=b'), Promise.resolve(text)]) {
      expect(() => verifyMessage({ headers: message.headers, body: body as string }, { secret })).toThrow(
        TypeError,
      );
      expect(() => explain({ headers: message.headers, body: body as string }, { secret })).toThrow(
        TypeError,
      );
    }
    for (const body of [new URLSearchParams('a=b'), new Map(), Promise.resolve(text), undefined, 1]) {
      expect(() => signMessage(body as object, { secret })).toThrow(TypeError);
    }
  });

  it('a body can be any view of bytes', () => {
    const { buffer } = new Uint8Array(Buffer.from(text));
    for (const body of [buffer, new Uint8Array(buffer), new DataView(buffer)] as ArrayBuffer[]) {
      expect(verifyMessage({ headers: message.headers, body }, { secret }).verified).toBe(true);
      expect(Buffer.from(signMessage(body, { secret }).body).toString()).toBe(text);
    }
  });

  it('header values can be numbers, null or undefined', () => {
    const headers = {
      ...message.headers,
      'webhook-timestamp': Number(message.headers['webhook-timestamp']),
      host: null,
    };
    expect(verifyMessage({ headers, body: text }, { secret }).verified).toBe(true);
    expect(() =>
      verifyMessage({ headers: undefined as unknown as object as never, body: text }, { secret }),
    ).toThrow(TypeError);
  });

  it.each([[Number.NaN], ['5m'], [-1], [Number.POSITIVE_INFINITY]])(
    'the tolerance %j: TypeError, because it would accept everything',
    (tolerance) => {
      expect(() => verifyMessage(message, { secret, tolerance: tolerance as number })).toThrow(TypeError);
    },
  );

  it('a time in seconds is rejected', () => {
    for (const use of [
      () => verifyMessage(message, { secret, now: message.timestamp }),
      () => signMessage('x', { secret, timestamp: message.timestamp }),
    ]) {
      expect(use).toThrow(TypeError);
      expect(use).toThrow(/\bseconds$/);
    }
    expect(() => signMessage('x', { secret, timestamp: 1e300 })).toThrow(TypeError);
  });

  it('a clock that fake timers set to 1970 is no mistake', () => {
    vi.useFakeTimers({ now: 0 });
    onTestFinished(() => void vi.useRealTimers());
    const signed = signMessage('x', { secret });
    expect(signed.timestamp).toBe(0);
    expect(verifyMessage(signed, { secret })).toMatchObject({ verified: true });
    expect(explain(signed, { secret }).explained).toBe(true);
  });

  it.each([[''], ['a b'], ['a\r\nx: y'], [null]])('the id %j: TypeError', (id) => {
    expect(() => signMessage('x', { secret, id: id as string })).toThrow(TypeError);
  });

  it('a header with a line break is an error', () => {
    expect(() => signMessage('x', { secret, headers: { a: 'b\r\nc: d' } })).toThrow(TypeError);
  });

  it('explain reads a malformed secret as most SDKs do, with a note', () => {
    const { verdict, notes } = explain(message, { secret: `"${secret}"` });
    expect(verdict.verified).toBe(true);
    expect(notes).toMatchObject([{ code: 'secret_quoted' }]);
  });

  it('explain finds what changed the body', () => {
    const body = JSON.stringify(JSON.parse(text), null, 4);
    const { verdict, explained, causes, unexplained } = explain(
      { headers: message.headers, body },
      { secret },
    );
    expect({ verdict, explained, unexplained }).toMatchObject({
      verdict: { verified: false },
      explained: true,
      unexplained: null,
    });
    expect(causes).toMatchObject([
      {
        codes: ['body_reserialized'],
        message: expect.stringMatching(/\b4 spaces\b/),
        fix: expect.stringContaining('request.text()'),
      },
    ]);
    expect(explain(message, { secret })).toMatchObject({
      verdict: { verified: true },
      causes: [],
      explained: true,
    });
    expect(explain(message, { secret: createSecret() })).toMatchObject({
      explained: false,
      causes: [],
      unexplained: expect.stringMatching(/\S/),
    });
  });
});
