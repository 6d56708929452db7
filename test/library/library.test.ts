import { Scalekit } from '@scalekit-sdk/node';
import { Hono } from 'hono';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  checkHandler,
  createEvent,
  createListener,
  createSecret,
  deliver,
  eventSchemas,
  eventTypes,
  explain,
  HooksError,
  parseEvent,
  signedRequest,
  signMessage,
  verifyMessage,
} from '../../src/index.ts';
import { testSecret } from '../support/memory-io.ts';
import { answering, closedPort } from '../support/targets.ts';

const secret = testSecret;
const scalekit = new Scalekit('https://example.scalekit.dev', 'id', 'secret');

describe('createEvent', () => {
  it.each(eventTypes)('%s matches its schema, and has a new id each time', (type) => {
    const [first, second] = [createEvent(type), createEvent(type)];
    expect(first.type).toBe(type);
    expect(first.id).not.toBe(second.id);
    expect(eventSchemas[type]['~standard'].validate(first)).toEqual({ value: first });
  });

  it('there are 52 types', () => expect(new Set(eventTypes).size).toBe(52));

  it('overrides are merged at any depth, arrays are replaced, and undefined removes a field', () => {
    const event = createEvent('user.login', {
      organization_id: 'org_9',
      data: {
        user: { email: 'x@example.com', metadata: { a: { b: 1 } } },
        user_session: { authenticated_organizations: ['org_9'] },
      },
    });
    expect(event).toMatchObject({
      organization_id: 'org_9',
      data: { user: { email: 'x@example.com', metadata: { a: { b: 1 } } } },
    });
    expect(event.data.user_session.authenticated_organizations).toEqual(['org_9']);
    expect(event.data.user.id).toMatch(/^usr_/);
    expect(createEvent('user.created', { display_name: undefined })).not.toHaveProperty('display_name');
  });

  it('overrides change neither a prototype nor the next event', () => {
    const hostile = JSON.parse(
      '{"data":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}}',
    );
    const event = createEvent('user.created', hostile);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(event.data)).toBe(Object.prototype);
    expect(createEvent('user.created').data).not.toHaveProperty('constructor.prototype.polluted');
  });

  it.each([[null], [[]], ['x']])('the overrides %j: TypeError', (overrides) => {
    expect(() => createEvent('user.created', overrides as object)).toThrow(TypeError);
  });

  it('an unknown type: an error with the nearest name', () => {
    expect(() => createEvent('user.creatd' as 'user.created')).toThrow(HooksError);
    expect(() => createEvent('user.creatd' as 'user.created')).toThrow(
      expect.objectContaining({
        code: 'unknown_event_type',
        message: expect.stringContaining('"user.creatd"'),
        detail: expect.stringContaining('user.created'),
      }),
    );
  });
});

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

describe('parseEvent and the schemas', () => {
  it('a documented event, as text and as bytes', () => {
    const event = createEvent('organization.created');
    expect(parseEvent(JSON.stringify(event))).toEqual(event);
    expect(parseEvent(Buffer.from(JSON.stringify(event)))).toEqual(event);
  });

  it('unknown types and unknown fields are kept unchanged', () => {
    const unknown = { type: 'invoice.paid', data: { amount: 1 }, more: [1] };
    expect(parseEvent(JSON.stringify(unknown))).toEqual(unknown);
    const event = {
      ...createEvent('user.created'),
      more: 1,
      data: { ...createEvent('user.created').data, extra: { a: 1 } },
    };
    expect(parseEvent(JSON.stringify(event))).toEqual(event);
    const hostile = parseEvent('{"type":"x","data":{"__proto__":{"a":1}}}');
    expect(Object.getPrototypeOf(hostile.data)).toBe(Object.prototype);
  });

  it('optional fields can be null', () => {
    const event = createEvent('organization.created', { data: { metadata: null, external_id: null } });
    expect(parseEvent(JSON.stringify(event))).toEqual(event);
  });

  it.each<[string, string, RegExp]>([
    ['no JSON', '', /\bJSON\b/],
    ['no data', '{"type":"x"}', /: data\b.*\bmissing/],
    ['no type', '{"data":{}}', /: type\b.*\bmissing/],
    ['an array', '[]', /\bJSON object\b/],
    [
      'no userId',
      JSON.stringify({ ...createEvent('user.created'), data: {} }),
      /: data\.userId\b.*\bmissing/,
    ],
    [
      'a number as name',
      JSON.stringify(createEvent('role.created', { data: { name: 1 as never } })),
      /: data\.name\b.*\bstring\b/,
    ],
    [
      'a number as occurred_at',
      JSON.stringify({ ...createEvent('user.created'), occurred_at: 1 }),
      /: occurred_at\b.*\bRFC 3339\b/,
    ],
  ])('%s: invalid_event with the field', (_title, body, problem) => {
    const parse = () => parseEvent(body);
    expect(parse).toThrow(HooksError);
    expect(parse).toThrow(expect.objectContaining({ code: 'invalid_event' }));
    expect(parse).toThrow(problem);
  });

  it('parseEvent and the schemas are Standard Schemas', async () => {
    for (const schema of [parseEvent, ...Object.values(eventSchemas)]) {
      expect(schema['~standard']).toMatchObject({ version: 1, vendor: 'scalekit-hooks' });
      expect(await schema['~standard'].validate(null)).toHaveProperty('issues');
    }
    const event = createEvent('user.created');
    expect(await eventSchemas['user.created']['~standard'].validate(event)).toEqual({ value: event });
    expect(await parseEvent['~standard'].validate(event)).toEqual({ value: event });
    const { issues } = await eventSchemas['user.created']['~standard'].validate({
      ...event,
      data: { ...event.data, email: 1 },
    });
    expect(issues).toEqual([{ message: expect.stringMatching(/\bstring$/), path: ['data', 'email'] }]);
    expect(
      await eventSchemas['user.created']['~standard'].validate(createEvent('user.deleted')),
    ).toHaveProperty('issues');
  });
});

describe('signedRequest', () => {
  it('a Fetch handler accepts it, here in Hono with the SDK', async () => {
    const app = new Hono().post('/webhook', async (context) => {
      scalekit.verifyWebhookPayload(secret, context.req.header(), await context.req.text());
      return context.json({ ok: true }, 201);
    });
    const request = signedRequest('user.created', {
      secret,
      overrides: { data: { email: 'x@example.com' } },
    });
    expect(request).toMatchObject({ method: 'POST', url: 'http://localhost:3000/webhook' });
    expect(await request.clone().json()).toMatchObject({
      type: 'user.created',
      data: { email: 'x@example.com' },
    });
    expect((await app.request(request)).status).toBe(201);
    expect((await app.request(signedRequest('user.created', { secret: createSecret() }))).status).toBe(500);
  });

  it('takes a URL, an id and a timestamp', () => {
    const request = signedRequest('user.created', {
      secret,
      url: 'https://example.com/hooks',
      id: 'msg_1',
      timestamp: 1795360000000,
    });
    expect(request.url).toBe('https://example.com/hooks');
    expect(request.headers.get('webhook-timestamp')).toBe('1795360000');
  });
});

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

describe('an error names options, not flags of the program', () => {
  const errorOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: HooksError) => error,
    );

  it.each<[title: string, work: () => Promise<unknown>, words: string]>([
    [
      'a foreign host',
      () => deliver(signMessage('{}', { secret }), { to: 'http://example.com' }),
      "allowHosts: ['example.com']",
    ],
    ['a host of another machine', () => createListener({ host: '192.0.2.1' }), 'host 127.0.0.1'],
    ['no port', () => createListener({ port: 70_000 }), 'another host or port'],
    [
      'a port in use',
      async () => createListener({ port: Number(new URL((await answering(200)).url).port) }),
      'port 0',
    ],
    [
      'an unknown check',
      () => checkHandler(() => new Response(), { secret, only: ['nothing'] }),
      'only: "nothing"',
    ],
  ])('%s', async (_title, work, words) => {
    const error = await errorOf(work());
    expect(error).toBeInstanceOf(HooksError);
    const text = `${error?.message} ${error?.fix}`;
    expect(text).toContain(words);
    expect(text).not.toMatch(/(?<!\S)--(?!list)/);
  });
});

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
