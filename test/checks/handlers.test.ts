import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAt, documented, type Expected, guarded, mistakes, rejections } from '../support/checking.ts';
import { testSecret } from '../support/memory-io.ts';
import { type Handler, type Library, startHandler, startMany } from '../support/processes.ts';
import { bareTarget } from '../support/targets.ts';

const libraries: Library[] = ['scalekit', 'standardwebhooks', 'svix'];
const frameworks: Handler[] = ['express', 'fastify', 'hono', 'next', 'plain'];

describe.each(frameworks)('correct: %s', (framework) => {
  it.each(libraries)('with %s: no failure, no warning, nothing skipped', async (library) => {
    const { url } = await startHandler(framework, library);
    const { facts: _facts, ...verdict } = await checkAt(url);
    expect(verdict).toEqual({ exitCode: 0, failed: [], warned: [], skipped: [], diagnoses: [] });
  });
});

/** Each suite runs its handlers in one process. */
const suites: [string, Parameters<typeof startMany>[0], Readonly<Record<string, Expected>>][] = [
  ['one mistake', 'mistakes-server', mistakes],
  ['as documented', 'documented', documented],
  ['behind a guard', 'guarded', guarded],
];

describe.each(suites)('%s', (_title, server, table) => {
  let many: Awaited<ReturnType<typeof startMany>>;
  beforeAll(async () => {
    many = await startMany(server);
  });
  afterAll(() => many.stop());

  it.each(Object.entries(table))('%s', async (name, { failed, diagnoses, warned = [] }) => {
    const verdict = await checkAt(`${many.url}/webhook/${encodeURIComponent(name)}`);
    expect({ failed: verdict.failed, diagnoses: verdict.diagnoses, warned: verdict.warned }).toEqual({
      failed,
      diagnoses,
      warned,
    });
    expect(verdict.exitCode).toBe(failed.length > 0 ? 1 : 0);
    // When the plain message is rejected, the other checks prove nothing and are skipped.
    if (failed.includes('plain')) expect(verdict.skipped.length).toBeGreaterThan(100);
  });
});

describe('one mistake, in detail', () => {
  let many: Awaited<ReturnType<typeof startMany>>;
  beforeAll(async () => {
    many = await startMany('mistakes-server');
  });
  afterAll(() => many.stop());
  const at = (name: string) => `${many.url}/webhook/${encodeURIComponent(name)}`;

  it('a handler for a few types passes when --type names them', async () => {
    const all = await checkAt(at('knows only directory users'));
    expect(all.diagnoses).toEqual(['rejects-types']);
    expect(all.warned).toContain('user.created');
    expect(all.failed).toContain('role.created');
    expect(all.failed).not.toContain('organization.directory.user_updated');
    const some = await checkAt(at('knows only directory users'), [
      '--type',
      'organization.directory.user_*',
      '--skip',
      'unknown-type',
    ]);
    expect(some).toMatchObject({ exitCode: 0, failed: [], warned: [] });
  });

  it('one that processes one message at a time gets a single diagnosis, not one for each check', async () => {
    const { diagnoses, failed, warned } = await checkAt(at('processes one at a time'), ['--only', 'accepts']);
    expect(diagnoses).toEqual(['not-at-once']);
    expect(failed).toContain('burst');
    expect([...failed, ...warned].length).toBeGreaterThan(20);
  });

  it('one that requires an organization: types without one fail for the same reason', async () => {
    const { failed, diagnoses } = await checkAt(at('requires an organization'));
    expect(diagnoses).toEqual(['needs-optional']);
    expect(failed).toContain('optional-fields-absent');
    expect(failed).toContain('role.created');
    expect(failed).not.toContain('organization.created');
  });

  it('one that hangs: two consecutive timeouts end the run', async () => {
    const { failed, diagnoses, facts } = await checkAt(at('hangs on non-JSON'), ['--timeout', '300ms']);
    expect(failed).toEqual(['not-json', 'empty-body']);
    expect(diagnoses).toEqual(['no-answer-to-some']);
    const ended = facts.filter(({ code }) => code === 'run-ended').map(({ name }) => name);
    expect(ended.slice(0, 3)).toEqual(['after-odd-bodies', 'get', 'burst']);
  });

  it('a slow one: a warning above half of the time limit', async () => {
    const flags = ['--timeout', '1s', '--only', 'in-time', '--only', 'user.created'];
    expect((await checkAt(at('is slow'), flags)).warned).toEqual(['in-time']);
    expect((await checkAt(at('right'), flags)).warned).toEqual([]);
  });
});

describe('characters split between two reads', () => {
  /** A handler that joins the chunks of a body with `join`. */
  const reading = (join: (chunks: Buffer[]) => string) =>
    bareTarget(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk);
      try {
        new Webhook(testSecret).verify(join(chunks), request.headers as Record<string, string>);
        response.writeHead(201).end();
      } catch {
        response.writeHead(401).end();
      }
    });

  it.each([
    ['joins bytes', (chunks: Buffer[]) => Buffer.concat(chunks).toString(), []],
    ['joins strings', (chunks: Buffer[]) => chunks.map(String).join(''), ['non-ascii-split']],
  ])('%s', async (_title, join, expected) => {
    const { url } = await reading(join);
    expect((await checkAt(url, ['--only', 'body'])).failed).toEqual(expected);
  });
});

describe('a rate limit', () => {
  let many: Awaited<ReturnType<typeof startMany>>;
  beforeAll(async () => {
    many = await startMany('guarded');
  });
  afterAll(() => many.stop());

  it('reached only by the burst: a warning', async () => {
    const { exitCode, failed, warned, skipped } = await checkAt(`${many.url}/webhook/burst-limit`);
    expect({ exitCode, failed, skipped }).toEqual({ exitCode: 0, failed: [], skipped: [] });
    expect(warned).toEqual(['large-body', 'get', 'burst']);
  });

  it('reached earlier: check waits as long as retry-after asks', async () => {
    const { exitCode, failed, warned, skipped } = await checkAt(`${many.url}/webhook/window-limit`);
    expect({ exitCode, failed, skipped }).toEqual({ exitCode: 0, failed: [], skipped: [] });
    expect(warned.filter((name) => name !== 'burst')).toEqual(['large-body', 'get']);
  });

  it('reached by the first message: the diagnosis', async () => {
    const { exitCode, diagnoses } = await checkAt(`${many.url}/webhook/no-limit`);
    expect({ exitCode, diagnoses }).toEqual({ exitCode: 1, diagnoses: ['rate-limit'] });
  });
});

describe('interceptors', () => {
  let many: Awaited<ReturnType<typeof startMany>>;
  beforeAll(async () => {
    many = await startMany('interceptors');
  });
  afterAll(() => many.stop());
  const all = rejections.map((name) => `PRE_SIGNUP/${name}`);

  it.each<[string, number, string[], string[]]>([
    ['allows', 0, [], []],
    ['denies with a reason', 0, [], []],
    ['rejects with 401', 0, [], []],
    ['allows everything', 1, ['allows-everything'], [...all, 'PRE_SIGNUP/not-json']],
    ['denies everything', 1, ['denies-everything?'], []],
    ['has another secret', 1, ['denies-everything?'], []],
    ['parses the body', 1, ['parsed-body'], []],
    ['requires a user', 1, ['PRE_SIGNUP/empty-data'], ['PRE_SIGNUP/empty-data']],
    [
      'answers yes',
      1,
      ['breaks-contract'],
      ['PRE_SIGNUP/decides', 'PRE_SIGNUP/empty-data', 'PRE_SIGNUP/unknown-fields'],
    ],
    ['denies with 403', 1, ['breaks-contract'], ['plain']],
    ['allows requests that fail verification', 1, ['allows-everything'], [...all, 'PRE_SIGNUP/not-json']],
  ])('%s', async (name, exitCode, diagnoses, failed) => {
    const verdict = await checkAt(`${many.url}/${encodeURIComponent(name)}`, ['--interceptor', 'PRE_SIGNUP']);
    expect({ exitCode: verdict.exitCode, diagnoses: verdict.diagnoses }).toEqual({ exitCode, diagnoses });
    expect(verdict.failed.sort()).toEqual([...failed].sort());
  });

  it.each(['allows', 'denies everything'])(
    '%s, checked as a webhook handler: named as an interceptor',
    async (name) => {
      const { diagnoses } = await checkAt(`${many.url}/${encodeURIComponent(name)}`);
      expect(diagnoses[0]).toBe('decides?');
    },
  );
});
