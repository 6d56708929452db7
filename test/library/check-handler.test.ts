import { createServer } from 'node:http';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  checkHandler,
  createSecret,
  type FetchHandler,
  HooksError,
  signedRequest,
  verifyMessage,
} from '../../src/index.ts';
import { mistakes } from '../support/checking.ts';
import { testSecret } from '../support/memory-io.ts';

// The handlers read their secret on import.
process.env.SCALEKIT_WEBHOOK_SECRET = testSecret;
const { handlers } = (await import('../support/handlers/mistakes.mjs' as string)) as {
  handlers: Readonly<Record<string, FetchHandler>>;
};
const secret = testSecret;

/** Checks that need a connection, so that they cannot run against a function. */
const socketOnly = ['second-connection', 'header-case', 'reused-connection'];

describe('checkHandler finds the same in a function as check over a connection', () => {
  it.each(Object.entries(mistakes))('%s', async (name, { failed, diagnoses }) => {
    const report = await checkHandler(handlers[name]!, { secret });
    const having = (status: string) => report.checks.filter((check) => check.status === status);
    expect(having('fail').map((check) => check.name)).toEqual(failed);
    expect(report.diagnoses.map(({ code, certain }) => (certain ? code : `${code}?`))).toEqual(diagnoses);
    expect(report.ok).toBe(failed.length === 0);
    expect(report.failures).toHaveLength(failed.length);
    const unreachable = having('skip').filter(({ code }) => code === 'no-socket');
    if (!failed.includes('plain')) expect(unreachable.map((check) => check.name)).toEqual(socketOnly);
  });
});

describe('checkHandler', () => {
  const right = handlers.right!;

  it('gives a reason for each check that it skips', async () => {
    const { checks } = await checkHandler(right, { secret, only: ['delivery'] });
    const skipped = checks.filter(({ status }) => status === 'skip');
    expect(skipped).toMatchObject([
      { name: 'second-connection', code: 'no-socket', got: expect.stringMatching(/connection/) },
      { name: 'header-case', code: 'no-socket', got: expect.stringMatching(/header names/) },
      { name: 'reused-connection', code: 'no-socket', got: expect.stringMatching(/connection/) },
    ]);
    expect(skipped).toHaveLength(3);
  });

  it('the text has the diagnosis, each failure and how to rerun it, but not the secret', async () => {
    const { text, failures } = await checkHandler(handlers['checks only the first signature']!, { secret });
    expect(text).toMatch(/^✗ .*\bfirst signature\b.*\brotation\b/m);
    expect(text).toContain("rerun: checkHandler(handler, { …, only: ['two-signatures-valid-last'] })");
    expect(failures).toEqual([
      expect.stringMatching(/^two-signatures-valid-last: sends \S.*, expects 2xx, got 401$/),
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

  it('a handler that throws, returns nothing or never responds', async () => {
    const throwing = await checkHandler(
      () => {
        throw new Error('no database');
      },
      { secret },
    );
    expect(throwing.text).toMatch(/handler threw\b.*\bError: no database/);
    const empty = await checkHandler((() => undefined) as unknown as FetchHandler, { secret });
    expect(empty.text).toMatch(/\bnot return a Response\b/);
    const silent = await checkHandler(() => new Promise<Response>(() => {}), { secret, timeout: 50 });
    expect(silent.ok).toBe(false);
    expect(silent.diagnoses).toMatchObject([{ code: 'no-answer' }]);
  });

  it.each<[title: string, thrown: unknown, got: RegExp]>([
    ['text', 'no database', /handler threw no database/],
    ['nothing', undefined, /handler threw undefined/],
    ['an object', { status: 503 }, /handler threw \{ status: 503 \}/],
    ['an object without a prototype', Object.create(null), /handler threw \[Object: null prototype\]/],
    ['a symbol', Symbol('no database'), /handler threw Symbol\(no database\)/],
  ])('a handler that throws %s', async (_title, thrown, got) => {
    const failing = () => {
      throw thrown;
    };
    const rejecting = () => Promise.reject(thrown);
    for (const handler of [failing, rejecting]) {
      const { ok, text, diagnoses } = await checkHandler(handler, { secret, only: ['plain'] });
      expect(ok).toBe(false);
      expect(text).toMatch(got);
      expect(diagnoses[0]!.code).not.toBe('parsed-body');
    }
  });

  it('everything that prevents ok is in failures', async () => {
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
    expect(later.diagnoses).toMatchObject([{ code: 'inconclusive', certain: false }]);
    const none = await checkHandler(() => Response.error(), { secret });
    expect(none.failures).toHaveLength(1);
  });

  it('an endless response is cut off', async () => {
    const endless = () =>
      new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(16_384)) });
    const { diagnoses } = await checkHandler(() => new Response(endless()), { secret, only: ['rejects'] });
    expect(diagnoses[0]).toMatchObject({ code: 'accepts-everything' });
  });

  it('sends additional headers, and signs with several secrets', async () => {
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
    expect(report.diagnoses[0]).toMatchObject({ code: 'allows-everything', certain: true });
  });

  it.each<[string, unknown, object, string]>([
    ['no options', right, {}, 'invalid_secret'],
    ['a malformed secret', right, { secret: 'whsec_' }, 'invalid_secret'],
    ['an unknown check', right, { secret, only: ['nothing'] }, 'unknown_check'],
    ['an unknown type', right, { secret, types: ['user.creatd'] }, 'unknown_event_type'],
    ['an unknown trigger point', right, { secret, interceptor: 'PRE_LUNCH' }, 'unknown_trigger_point'],
  ])('%s: HooksError', async (_title, handler, options, code) => {
    const checked = checkHandler(handler as FetchHandler, options as never);
    await expect(checked).rejects.toThrow(HooksError);
    await expect(checked).rejects.toThrow(expect.objectContaining({ code }));
  });

  it.each<[string, unknown, unknown, RegExp]>([
    ['no handler', undefined, { secret }, /\bhandler must be a function\b/],
    ['a server for a handler', createServer(), { secret }, /\bhandler must be a function\b/],
    [
      'types with an interceptor',
      right,
      { secret, types: ['user.*'], interceptor: 'PRE_SIGNUP' },
      /\btypes\b.*\binterceptor\b/,
    ],
    ['no types', right, { secret, types: [] }, /\btypes\b/],
    ['a timeout of 0', right, { secret, timeout: 0 }, /\btimeout\b/],
    ['a mistyped option', right, { secret, onyl: 'plain' }, /"onyl".*\bonly\b/],
    ['options that are a secret', right, secret, /\boptions\b/],
    ['an interceptor that is no name', right, { secret, interceptor: true }, /\binterceptor\b/],
    ['a check that is no name', right, { secret, only: [/plain/] }, /\bonly\b/],
  ])('%s: TypeError', async (_title, handler, options, names) => {
    const checked = checkHandler(handler as FetchHandler, options as never);
    await expect(checked).rejects.toThrow(TypeError);
    await expect(checked).rejects.toThrow(names);
  });
});

describe('handlers of a framework', () => {
  /** As NextRequest: a Request with more. */
  class FrameworkRequest extends Request {
    readonly nextUrl = new URL(this.url);
  }
  const makeRequest = (url: string, init: RequestInit) => new FrameworkRequest(url, init);

  it('get the request that makeRequest makes, and the context', async () => {
    const seen: unknown[] = [];
    const POST = async (request: FrameworkRequest, context: { params: Promise<{ id: string }> }) => {
      seen.push([request.nextUrl.pathname, (await context.params).id]);
      return handlers.right!(request, undefined);
    };
    const context = { params: Promise.resolve({ id: 'a' }) };
    const report = await checkHandler(POST, { secret, makeRequest, context, only: ['plain'] });
    expect({ ok: report.ok, seen: seen[0] }).toEqual({ ok: true, seen: ['/webhook', 'a'] });
  });

  it('without makeRequest, the exception of the handler is the evidence', async () => {
    const POST = (request: Request) => {
      const { pathname } = (request as FrameworkRequest).nextUrl;
      return new Response(pathname, { status: 201 });
    };
    const { diagnoses } = await checkHandler(POST, { secret, only: ['plain'] });
    expect(JSON.stringify(diagnoses)).toMatch(/the handler threw TypeError: .*pathname/);
  });

  it.each<[title: string, makeRequest: () => unknown]>([
    ['nothing', () => undefined],
    ['a promise', async () => new Request('http://x.test/')],
  ])('a makeRequest that returns %s is a mistake in the options', async (_title, make) => {
    await expect(
      checkHandler(handlers.right!, { secret, makeRequest: make as () => Request, only: ['plain'] }),
    ).rejects.toThrow(/makeRequest must return a Request\b.*\bpromise/);
  });

  it('a makeRequest that throws, or is no function, is a mistake in the options', async () => {
    const failing = () => {
      throw new Error('no base URL');
    };
    await expect(
      checkHandler(handlers.right!, { secret, makeRequest: failing, only: ['plain'] }),
    ).rejects.toThrow(/makeRequest threw Error: no base URL/);
    await expect(checkHandler(handlers.right!, { secret, makeRequest: 'x' as never })).rejects.toThrow(
      /makeRequest must be a function/,
    );
  });

  it('without a Request class, an error names the environment that has one', async () => {
    const { Request: real } = globalThis;
    Object.assign(globalThis, { Request: undefined });
    try {
      const error = expect.objectContaining({
        code: 'no_fetch_classes',
        fix: expect.stringContaining('@jest-environment node'),
      });
      await expect(checkHandler(handlers.right!, { secret })).rejects.toThrow(error);
      expect(() => signedRequest('user.created', { secret })).toThrow(error);
    } finally {
      Object.assign(globalThis, { Request: real });
    }
  });
});

describe('what a handler changes', { timeout: 30_000 }, () => {
  const right = handlers.right!;
  /** Stores the ids of directory users; `isOnce` decides whether a repeated message does so again. */
  function storing(isOnce: boolean) {
    const users: string[] = [];
    const seen = new Set<string>();
    const handler: FetchHandler = async (request) => {
      const id = request.headers.get('webhook-id')!;
      const copy = request.clone();
      const response = await right(request, undefined);
      const isRepeated = seen.has(id);
      if (!response.ok || (isOnce && isRepeated)) return response;
      seen.add(id);
      const { type, data } = JSON.parse(await copy.text());
      if (/directory\.user_created$/.test(type)) users.push(data.id);
      if (/directory\.user_deleted$/.test(type) && users.includes(data.id))
        users.splice(users.indexOf(data.id), 1);
      return response;
    };
    return { handler, users };
  }
  const only = ['plain', 'effects'];

  it('a handler that acts once passes; what a function cannot show is skipped', async () => {
    const { handler, users } = storing(true);
    const { ok, failures, checks } = await checkHandler(handler, {
      secret,
      only,
      settle: 50,
      observe: () => users,
    });
    expect(failures).toEqual([]);
    expect(ok).toBe(true);
    expect(checks.filter(({ status }) => status === 'skip').map(({ name }) => name)).toEqual([
      'updated-early',
    ]);
  });

  it('a test may have replaced the clock before the checks are loaded', async () => {
    vi.resetModules();
    const library = await import('../../src/index.ts');
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    const { handler, users } = storing(true);
    const observe = () => users;
    const given = { secret, only: ['plain', 'visible-effect', 'repeated'], settle: 50, observe };
    expect((await library.checkHandler(handler, given)).ok).toBe(true);
  });

  it('one that acts again fails, as its Set shows', async () => {
    const { handler, users } = storing(false);
    const observe = () => new Set(users.map((user, index) => `${index} ${user}`));
    const { checks } = await checkHandler(handler, { secret, only, settle: 50, observe });
    const failed = checks.filter(({ status }) => status === 'fail').map(({ name }) => name);
    expect(failed).toEqual(['repeated', 'repeated-re-signed', 'repeated-at-once']);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('no database')), /threw Error: no database/],
    ['returns nothing', () => undefined, /returned undefined/],
  ])('an observer that %s is named', async (_what, observe, reason) => {
    const { ok, checks } = await checkHandler(right, { secret, only, settle: 50, observe });
    expect(ok).toBe(false);
    expect(checks.find(({ name }) => name === 'visible-effect')!.got).toMatch(reason);
  });

  it('fuzz finds the event that fails', async () => {
    const handler: FetchHandler = async (request) => {
      const copy = request.clone();
      const response = await right(request, undefined);
      const { data } = response.ok ? JSON.parse(await copy.text()) : { data: {} };
      if (data.title === '') throw new Error('no title');
      return response;
    };
    const { ok, counterexamples, text } = await checkHandler(handler, {
      secret,
      types: 'organization.directory.*',
      only: ['plain', 'fuzz'],
      fuzz: { runs: 300, seed: 1 },
    });
    expect(ok).toBe(false);
    expect(counterexamples).toMatchObject([{ differences: ['data.title is ""'], smallest: true }]);
    expect(text).toContain('data.title is ""');
  });

  it.each([
    [{ observe: 3 as never }],
    [{ observeType: 'user.created' }],
    [{ settle: 0 }],
    [{ fuzz: 0 }],
    [{ fuzz: { runs: 5, seed: -1 } }],
    [{ fuzz: 5, interceptor: 'PRE_SIGNUP' as const }],
  ])('%j is a TypeError', async (options) => {
    await expect(checkHandler(right, { secret, ...options })).rejects.toThrow(TypeError);
  });
});
