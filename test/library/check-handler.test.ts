import { describe, expect, it } from 'vitest';
import { checkHandler, createSecret, type FetchHandler, HooksError, verifyMessage } from '../../src/index.ts';
import { mistakes } from '../support/checking.ts';
import { testSecret } from '../support/memory-io.ts';

// The handlers read their secret when they are loaded.
process.env.SCALEKIT_WEBHOOK_SECRET = testSecret;
const { handlers } = (await import('../support/handlers/mistakes.mjs' as string)) as {
  handlers: Readonly<Record<string, FetchHandler>>;
};
const secret = testSecret;

/** What a function cannot show: a rate limit by address, and what needs a connection. */
const socketOnly = ['header-case', 'reused-connection'];

describe('checkHandler finds in a function what check finds over a socket', () => {
  it.each(Object.entries(mistakes))('%s', async (name, { failed, diagnoses }) => {
    const report = await checkHandler(handlers[name]!, { secret });
    const having = (status: string) => report.checks.filter((check) => check.status === status);
    expect(having('fail').map((check) => check.name)).toEqual(failed);
    expect(report.diagnoses.map(({ code, certain: sure }) => (sure ? code : `${code}?`))).toEqual(diagnoses);
    expect(report.ok).toBe(failed.length === 0);
    expect(report.failures).toHaveLength(failed.length);
    const unreachable = having('skip').filter(({ code }) => code === 'no-socket');
    if (!failed.includes('plain')) expect(unreachable.map((check) => check.name)).toEqual(socketOnly);
  });
});

describe('checkHandler', () => {
  const right = handlers.right!;

  it('says why what needs a connection is skipped', async () => {
    const { checks } = await checkHandler(right, { secret, only: ['delivery'] });
    const skipped = checks.filter(({ status }) => status === 'skip');
    expect(skipped.map(({ got: found }) => found)).toEqual([
      'it needs a connection: a Request has its header names in lower case',
      'it needs a connection: a function has no connections',
    ]);
  });

  it('the text has the diagnosis, what failed, and how to repeat it, and never the secret', async () => {
    const { text, failures } = await checkHandler(handlers['looks at the first signature only']!, { secret });
    expect(text).toContain('✗ looks at the first signature only: secret rotation will break it');
    expect(text).toContain("again: checkHandler(handler, { …, only: ['two-signatures-valid-last'] })");
    expect(failures).toEqual([
      'two-signatures-valid-last: sends two signatures, the valid one last, expects 2xx, got 401',
    ]);
    expect(text).not.toContain(secret.slice(8));
  });

  it('only, skip, types, strict', async () => {
    const names = async (options: object) =>
      (await checkHandler(right, { secret, ...options })).checks.map(({ name }) => name);
    expect(await names({ only: ['stale'] })).toEqual(['plain', 'stale']);
    expect(await names({ types: ['role.*'], only: ['types'] })).toEqual([
      'plain',
      'role.created',
      'role.deleted',
      'role.updated',
    ]);
    expect(await names({ only: ['times'], skip: ['stale'] })).toEqual([
      'plain',
      'future',
      'malformed-timestamp',
    ]);
    const odd = handlers['answers 204']!;
    expect((await checkHandler(odd, { secret })).ok).toBe(true);
    const strict = await checkHandler(odd, { secret, strict: true });
    expect([strict.ok, strict.failures.length]).toEqual([false, 3]);
  });

  it('a handler that throws, returns nothing, or never answers', async () => {
    const throwing = await checkHandler(
      () => {
        throw new Error('no database');
      },
      { secret },
    );
    expect(throwing.text).toContain('the handler threw Error: no database');
    const empty = await checkHandler((() => undefined) as unknown as FetchHandler, { secret });
    expect(empty.text).toContain('the handler returned no Response');
    const silent = await checkHandler(() => new Promise<Response>(() => {}), { secret, timeout: 50 });
    expect(silent.ok).toBe(false);
    expect(silent.diagnoses).toMatchObject([{ code: 'no-answer' }]);
  });

  it('whatever keeps it from being ok is in failures', async () => {
    const limited = await checkHandler(() => new Response('no', { status: 429 }), { secret });
    expect([limited.ok, limited.failures.length]).toEqual([false, 1]);
    let count = 0;
    const later = await checkHandler(
      () => {
        count += 1;
        return new Response(null, { status: count === 1 ? 201 : 401 });
      },
      { secret, only: ['times'] },
    );
    expect([later.ok, later.failures.length]).toEqual([false, 3]);
    expect(later.diagnoses).toMatchObject([{ code: 'inconclusive', sure: false }]);
    const none = await checkHandler(() => Response.error(), { secret });
    expect(none.failures).toHaveLength(1);
  });

  it('an answer without end is cut', async () => {
    const endless = () =>
      new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16_384)) });
    const { diagnoses } = await checkHandler(() => new Response(endless()), { secret, only: ['rejects'] });
    expect(diagnoses[0]).toMatchObject({ code: 'accepts-everything' });
  });

  it('sends the headers that are given, and signs with several secrets', async () => {
    const other = createSecret();
    const seen: Request[] = [];
    const handler: FetchHandler = async (request) => {
      seen.push(request.clone());
      const { verified } = verifyMessage(
        { headers: request.headers, body: await request.text() },
        { secret: other },
      );
      return new Response(null, { status: verified ? 201 : 401 });
    };
    const { ok, text } = await checkHandler(handler, {
      secret: [secret, other],
      headers: { 'x-tenant': 'a' },
      url: 'https://app.example.com/hooks',
      only: ['clock'],
    });
    expect(ok, text).toBe(true);
    expect(seen[0]!.headers.get('x-tenant')).toBe('a');
    expect(seen[0]!.url).toBe('https://app.example.com/hooks');
  });

  it('an interceptor', async () => {
    const report = await checkHandler(() => Response.json({ decision: 'ALLOW' }), {
      secret,
      interceptor: 'PRE_SIGNUP',
    });
    expect(report.diagnoses[0]).toMatchObject({ code: 'allows-everything', sure: true });
  });

  it.each<[string, unknown, object, unknown]>([
    ['no handler', undefined, { secret }, TypeError],
    ['no options', right, {}, HooksError],
    ['a malformed secret', right, { secret: 'whsec_' }, HooksError],
    ['an unknown check', right, { secret, only: ['nothing'] }, HooksError],
    [
      'types beside an interceptor',
      right,
      { secret, types: ['user.*'], interceptor: 'PRE_SIGNUP' },
      TypeError,
    ],
    ['no types', right, { secret, types: [] }, TypeError],
    ['an unknown type', right, { secret, types: ['user.creatd'] }, HooksError],
    ['an unknown trigger point', right, { secret, interceptor: 'PRE_LUNCH' }, HooksError],
    ['a timeout that is none', right, { secret, timeout: 0 }, TypeError],
  ])('%s is refused', async (_title, handler, options, error) => {
    await expect(checkHandler(handler as FetchHandler, options as never)).rejects.toThrow(error as never);
  });
});
