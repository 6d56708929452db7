import { describe, expect, it } from 'vitest';
import type { CaptureDetail, EventMessage } from '../../../src/inspector/protocol.ts';
import {
  kept,
  keptOutcome,
  rejected,
  someCapture,
  someOutcome,
  withSignature,
} from '../../support/captures.ts';
import { inspector, raw } from '../../support/inspector-server.ts';
import { testSecret } from '../../support/memory-io.ts';
import { answering, httpTarget } from '../../support/targets.ts';

/** Reads a stream of events until a message is the last one. */
async function messagesUntil(
  response: Response,
  isLast: (message: EventMessage) => boolean,
): Promise<EventMessage[]> {
  const messages: EventMessage[] = [];
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    messages.push(...lines.map((line) => JSON.parse(line) as EventMessage));
    if (messages.some(isLast)) break;
  }
  return messages;
}

describe('what is turned away before anything is answered', () => {
  const get = (port: number, target: string, ...more: string[]) =>
    raw(port, [`GET ${target} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Connection: close', ...more]);

  it.each<[string, (port: number, token: string) => Promise<string>, number]>([
    [
      'a rebound name',
      (port) => raw(port, ['GET / HTTP/1.1', `Host: evil.example:${port}`, 'Connection: close']),
      403,
    ],
    [
      'localhost',
      (port) => raw(port, ['GET / HTTP/1.1', `Host: localhost:${port}`, 'Connection: close']),
      403,
    ],
    ['0.0.0.0', (port) => raw(port, ['GET / HTTP/1.1', `Host: 0.0.0.0:${port}`, 'Connection: close']), 403],
    ['another port', (port) => raw(port, ['GET / HTTP/1.1', 'Host: 127.0.0.1:1', 'Connection: close']), 403],
    ['no token', (port) => get(port, '/api/events'), 401],
    [
      'a wrong token',
      (port) => get(port, '/api/events', 'Authorization: Bearer AAAAAAAAAAAAAAAAAAAAAA'),
      401,
    ],
    ['a token in the address', (port, token) => get(port, `/api/events?t=${token}`), 401],
    ['a token as a cookie', (port, token) => get(port, '/api/events', `Cookie: t=${token}`), 401],
    [
      'another page of this machine',
      (port, token) =>
        get(port, '/api/events', `Authorization: Bearer ${token}`, 'Sec-Fetch-Site: same-site'),
      403,
    ],
    [
      'another origin',
      (port, token) =>
        get(port, '/api/events', `Authorization: Bearer ${token}`, 'Origin: http://localhost:3000'),
      403,
    ],
    ['a link on another page', (port) => get(port, '/', 'Sec-Fetch-Site: cross-site'), 403],
    [
      'a proxy',
      (port, token) => get(port, '/', `Authorization: Bearer ${token}`, 'X-Forwarded-For: 1.2.3.4'),
      403,
    ],
    ['a tunnel', (port) => get(port, '/', 'Forwarded: for=1.2.3.4'), 403],
    [
      'a percent-encoded path',
      (port, token) => get(port, '/%61pi/events', `Authorization: Bearer ${token}`),
      400,
    ],
    ['a path upwards', (port) => get(port, '/../secret.html'), 400],
    ['an absolute target', (port) => get(port, `http://127.0.0.1:${port}/`), 400],
    [
      'a preflight',
      (port) =>
        raw(port, [
          'OPTIONS /api/replay HTTP/1.1',
          `Host: 127.0.0.1:${port}`,
          'Connection: close',
          'Origin: http://evil.example',
        ]),
      403,
    ],
    [
      'a form',
      (port, token) =>
        raw(port, [
          'POST /api/events HTTP/1.1',
          `Host: 127.0.0.1:${port}`,
          'Connection: close',
          `Authorization: Bearer ${token}`,
          'Content-Length: 0',
        ]),
      405,
    ],
  ])('%s', async (_name, send, status) => {
    const { port, token } = await inspector([someCapture()]);
    const answer = await send(port, token);
    expect(answer.split(' ')[1]).toBe(String(status));
    expect(answer).not.toMatch(/access-control-allow/i);
    expect(answer).not.toContain(token);
    expect(answer).not.toContain('cap_');
  });
});

describe('the page', () => {
  it('is served without the token, under a strict policy, for each of its views', async () => {
    const { port, token, api } = await inspector();
    for (const path of ['/', '/events', '/compose', '/events?show=rejected&q=%20x']) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      expect(answer.status).toBe(200);
      const policy = answer.headers.get('content-security-policy')!;
      for (const part of [
        "default-src 'none'",
        "script-src 'self'",
        "require-trusted-types-for 'script'",
        "worker-src 'self'",
        'trusted-types comparison',
        "frame-ancestors 'none'",
      ])
        expect(policy).toContain(part);
      expect(policy).not.toMatch(/unsafe|\*|data:/);
      expect(await answer.text()).not.toContain(token);
    }
    expect((await api('/nothing.js')).status).toBe(404);
    expect((await api('/secret.html')).status).toBe(404);
  });

  it('has a token of 128 bits that differs each time, and a link to this machine', async () => {
    const [one, two] = [await inspector(), await inspector()];
    expect(one.token).toMatch(/^[\w-]{22}$/);
    expect(one.token).not.toBe(two.token);
    expect(one.link).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#t=/);
  });
});

describe('the stream of events', () => {
  it('has what exists, newest first, with attempts, then what arrives', async () => {
    const captures = [
      someCapture(),
      someCapture(),
      someCapture({ verified: false, reason: 'too_old', age: 720, status: 401 }),
    ] as const;
    const { api, writer } = await inspector(captures);
    await writer.keep(keptOutcome(someOutcome(captures[0], { status: 500 })));
    const response = await api('/api/events');
    const first = await messagesUntil(response.clone(), ({ kind }) => kind === 'loaded');
    const rows = first.flatMap((message) => (message.kind === 'rows' ? message.rows : []));
    // Rejected messages have journals of their own.
    expect(rows.map(({ id }) => id).sort()).toEqual(captures.map(({ id }) => id).sort());
    expect(rows.find(({ id }) => id === captures[0].id)!.attempts).toMatchObject([
      { status: 500, via: 'forward' },
    ]);
    expect(rows.find(({ id }) => id === captures[2].id)).toMatchObject({
      verified: false,
      reason: '12 min old',
    });
    const late = someCapture();
    await writer.keep(kept(late));
    await writer.keep(keptOutcome(someOutcome(late, { via: 'replay', follower: 'ada' })));
    const all = await messagesUntil(response, ({ kind }) => kind === 'attempt');
    expect(all.find(({ kind }) => kind === 'row')).toMatchObject({ row: { id: late.id, attempts: [] } });
    expect(all.at(-1)).toMatchObject({ kind: 'attempt', id: late.id, attempt: { follower: 'ada' } });
  });

  it('goes on after a cursor, and sends nothing twice', async () => {
    const { api, writer } = await inspector([someCapture()]);
    const [loaded] = (await messagesUntil(await api('/api/events'), ({ kind }) => kind === 'loaded')).slice(
      -1,
    );
    const late = someCapture();
    await writer.keep(kept(late));
    const cursor = loaded?.kind === 'loaded' ? loaded.cursor : '';
    const again = await messagesUntil(
      await api(`/api/events?after=${encodeURIComponent(cursor)}`),
      ({ kind }) => kind === 'row',
    );
    expect(again.flatMap((message) => (message.kind === 'rows' ? message.rows : []))).toEqual([]);
    expect(again.find(({ kind }) => kind === 'row')).toMatchObject({ row: { id: late.id } });
  });

  it('has the times in which no listener was running, those before without a cursor', async () => {
    const { api, writer } = await inspector([someCapture()]);
    const [from, until] = [1795360000000, 1795360300000];
    const started = (time: number, idleSince: number) =>
      writer.keep({ kind: 'listener', change: { time, state: 'started', idleSince, pid: null } });
    await started(until, from);
    const response = await api('/api/events');
    const before = await messagesUntil(response.clone(), ({ kind }) => kind === 'loaded');
    expect(before.filter(({ kind }) => kind === 'gap')).toEqual([{ kind: 'gap', from, until }]);
    await started(until + 600_000, until);
    const all = await messagesUntil(response, (message) => 'cursor' in message && message.kind === 'gap');
    expect(all.at(-1)).toMatchObject({ from: until, until: until + 600_000, cursor: expect.any(String) });
  });

  it('serves ten pages at once', async () => {
    const { api, writer } = await inspector();
    const streams = await Promise.all(Array.from({ length: 10 }, () => api('/api/events')));
    const late = someCapture();
    const reading = streams.map((stream) => messagesUntil(stream, ({ kind }) => kind === 'row'));
    await writer.keep(kept(late));
    for (const messages of await Promise.all(reading))
      expect(messages.at(-1)).toMatchObject({ row: { id: late.id } });
  });
});

describe('one capture', () => {
  it('verified: bytes, headers, commands', async () => {
    const capture = someCapture({ body: Buffer.from([0x7b, 0xff, 0x00, 0x7d]) });
    const { api } = await inspector([capture]);
    const detail = (await (await api(`/api/captures/${capture.id}`)).json()) as CaptureDetail;
    expect(Buffer.from(detail.bodyBase64, 'base64')).toEqual(capture.body);
    expect(detail).toMatchObject({
      row: { id: capture.id },
      bodyBytes: 4,
      verdict: { verified: true, causes: [] },
    });
    expect(detail.headers).toContainEqual(['x-twice', 'b']);
    expect(detail.curl).toMatch(/^(curl|printf) /);
    expect(detail.command).toContain(capture.id);
  });

  it('rejected: the cause, and the body that was signed', async () => {
    const signedBody = '{"id":"evt_1","type":"user.created","data":{"email":"a@example.com"}}';
    const signed = withSignature({
      ...someCapture(),
      body: Buffer.from(signedBody),
      headers: [['webhook-id', 'msg_1']],
    });
    const received = JSON.stringify(JSON.parse(signedBody), null, 2);
    const capture = {
      ...signed,
      body: Buffer.from(received),
      webhookId: 'msg_1',
      verified: false,
      reason: 'signature_mismatch',
      status: 401,
    } as const;
    const { api } = await inspector([capture]);
    const { verdict } = (await (await api(`/api/captures/${capture.id}`)).json()) as CaptureDetail;
    expect(verdict).toMatchObject({ verified: false, unexplained: null });
    expect(verdict.causes[0]).toMatchObject({
      certain: true,
      evidence: expect.any(String),
      fix: expect.any(String),
    });
    expect(Buffer.from(verdict.signedBodyBase64!, 'base64').toString()).toBe(signedBody);
    expect(JSON.stringify(verdict)).not.toContain(testSecret);
    const [cause, again] = await Promise.all([1, 2].map(() => api(`/api/causes/${capture.id}`)));
    expect(await cause!.json()).toEqual({ cause: verdict.shortCause, isCertain: true });
    expect(await again!.json()).toEqual({ cause: verdict.shortCause, isCertain: true });
  });

  it.each([
    [{ email: 'b@example.com' }, 'data.email changed'],
    [{ email: 'a@example.com' }, 're-serialized'],
  ])('rejected: the cause in short, %j', async (data, cause) => {
    const event = { id: 'evt_1', type: 'user.created', data: { email: 'a@example.com' } };
    const verified = someCapture({ eventId: 'evt_1', body: Buffer.from(JSON.stringify(event)) });
    const body = Buffer.from(JSON.stringify({ ...event, data }, null, cause === 're-serialized' ? 2 : 0));
    const capture = { ...verified, id: someCapture().id, body, ...rejected };
    const { api } = await inspector([verified, capture]);
    expect(await (await api(`/api/causes/${capture.id}`)).json()).toEqual({ cause, isCertain: true });
  });

  it('rejected: an unknown cause, until the event is verified', async () => {
    const event = { id: 'evt_1', type: 'user.created', data: { email: 'a@example.com' } };
    const verified = someCapture({ eventId: 'evt_1', body: Buffer.from(JSON.stringify(event)) });
    const body = Buffer.from(JSON.stringify({ ...event, data: { email: 'b@example.com' } }));
    const capture = { ...verified, id: someCapture().id, body, ...rejected };
    const { api, writer } = await inspector([capture]);
    const cause = async () => (await api(`/api/causes/${capture.id}`)).json();
    const stream = await api('/api/events');
    const reading = messagesUntil(stream, ({ kind }) => kind === 'row');
    expect(await cause()).toEqual({ cause: 'unknown cause', isCertain: false });
    await writer.keep(kept(verified));
    await reading;
    expect(await cause()).toEqual({ cause: 'data.email changed', isCertain: true });
  });

  it.each([
    ['/api/captures/cap_nothing', 404],
    ['/api/captures/last', 404],
    ['/api/causes/cap_nothing', 404],
    ['/api/nothing', 404],
    ['/api/search', 400],
    ['/api/search?q=', 400],
  ])('%s: %i', async (target, status) => {
    const { api } = await inspector([someCapture()]);
    const answer = await api(target);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toMatchObject({
      error: { code: expect.any(String), message: expect.any(String) },
    });
  });

  it('is found by its body', async () => {
    const captures = [someCapture({ body: Buffer.from('{"note":"A needle"}') }), someCapture()] as const;
    const { api } = await inspector(captures);
    const lines = (await (await api('/api/search?q=a%20NEEDLE')).text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ kind }) => kind === 'found')).toEqual([{ kind: 'found', ids: [captures[0].id] }]);
    expect(lines.at(-1)).toEqual({ kind: 'progress', searched: 2, total: 2 });
  });
});

describe('replay', () => {
  it('delivers re-signed under the same webhook-id, stores the attempt, and compares', async () => {
    const app = await answering(201, '{"received":true}');
    const capture = someCapture();
    const { api, replay, store, writer } = await inspector([capture], [app.url]);
    await writer.keep(keptOutcome(someOutcome(capture, { url: app.url, status: 500 })));
    const result = await (await replay({ capture: capture.id, mode: 'resigned', target: null })).json();
    expect(result).toMatchObject({
      attempt: { status: 201, via: 'replay', follower: 'ada' },
      was: { status: 500 },
    });
    expect(app.requests[0]!.headers['webhook-id']).toBe(capture.webhookId);
    expect(app.requests[0]!.body.equals(capture.body)).toBe(true);
    const outcomes: unknown[] = [];
    for await (const batch of (await store.openReader()).outcomes()) outcomes.push(...batch);
    expect(outcomes).toHaveLength(2);
    expect(await (await api(`/api/attempts/${capture.id}`)).json()).toMatchObject([
      { status: 500, response: null },
      { status: 201, response: '{"received":true}' },
    ]);
  });

  it('an edited body is signed as it is, also of a rejected event; exact sends what was received', async () => {
    const app = await httpTarget();
    const capture = someCapture(rejected);
    const { replay } = await inspector([capture], [app.url]);
    const body = '{"id":"evt_9","type":"user.created","data":{"n":1.0}}';
    expect((await replay({ capture: capture.id, mode: 'new', target: null, body })).status).toBe(200);
    expect(JSON.parse(String(app.requests[0]!.body)).data).toEqual({ n: 1 });
    expect(String(app.requests[0]!.body)).toContain('1.0');
    expect((await replay({ capture: capture.id, mode: 'exact', target: null })).status).toBe(200);
    expect(app.requests[1]!.body.equals(capture.body)).toBe(true);
    const refused = await replay({ capture: capture.id, mode: 'resigned', target: null });
    expect(refused.status).toBe(409);
    expect(app.requests).toHaveLength(2);
  });

  it.each([
    ['a URL as a target', { mode: 'resigned', target: 'http://127.0.0.1:1/' }, 400],
    ['no target', { mode: 'resigned' }, 400],
    ['an unknown mode', { mode: 'forge', target: null }, 400],
    ['an edited body, exact', { mode: 'exact', target: null, body: '{}' }, 400],
    ['another capture', { capture: 'cap_nothing', mode: 'exact', target: null }, 404],
  ])('%s is rejected, and nothing is sent', async (_name, request, status) => {
    const app = await answering(201);
    const capture = someCapture();
    const { replay } = await inspector([capture], [app.url]);
    expect((await replay({ capture: capture.id, ...request })).status).toBe(status);
    expect(app.requests).toEqual([]);
  });

  it('needs JSON, as no form can send', async () => {
    const { api } = await inspector([someCapture()]);
    const answer = await api('/api/replay', {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: '{}',
    });
    expect(answer.status).toBe(400);
  });
});
