import { describe, expect, it } from 'vitest';
import { parseTarget } from '../../../src/delivery/target.ts';
import type {
  CheckHistory,
  CheckList,
  CheckMessage,
  CheckRunRequest,
} from '../../../src/inspector/check-protocol.ts';
import type { CheckSources } from '../../../src/inspector/server/check/battery.ts';
import { startCheck } from '../../../src/inspector/server/check/run.ts';
import { CheckRuns } from '../../../src/inspector/server/check/runs.ts';
import { secret } from '../../support/explaining.ts';
import { inspector } from '../../support/inspector-server.ts';
import { testSecret } from '../../support/memory-io.ts';
import { repository } from '../../support/repository.ts';
import { switchableApp } from '../../support/switchable-app.ts';
import { httpTarget } from '../../support/targets.ts';

type Opened = Awaited<ReturnType<typeof inspector>>;

const request = (url: string, checks: readonly string[]): CheckRunRequest => ({
  target: new URL(url).host,
  checks,
  fuzz: { events: 300, seed: 7 },
});

/** The messages of a run, as they come. */
async function* messages(response: Response): AsyncGenerator<CheckMessage> {
  let rest = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line);
  }
}

async function runAll({ post }: Opened, body: CheckRunRequest): Promise<CheckMessage[]> {
  const all: CheckMessage[] = [];
  for await (const message of messages(await post('/api/check', body))) all.push(message);
  return all;
}

function historyIn(all: readonly CheckMessage[]): CheckHistory {
  const last = all.at(-1);
  if (last?.kind !== 'ended') throw new Error(`the run ended with ${JSON.stringify(last)}`);
  return last.history;
}

const failedIn = ({ last }: CheckHistory) =>
  last!.checks.filter(({ status }) => status === 'fail').map(({ name }) => name);

const bodyChecks = ['pretty-printed', 'unicode-escapes', 'decimal-number', 'long-integer'];

const listOf = async ({ api }: Opened) => (await (await api('/api/checks')).json()) as CheckList;

describe('the checks', () => {
  it('are those of the battery; of effects only if something observes the app', async () => {
    const app = await switchableApp();
    const plain = await listOf(await inspector([], [app.url]));
    expect(plain.isObserved).toBe(false);
    expect(plain.checks.length).toBeGreaterThan(100);
    expect(plain.checks[0]).toMatchObject({ name: 'plain', group: 'accepts', part: 'plain' });
    expect(plain.checks.map(({ name }) => name)).toContain('fuzz');
    expect(plain.checks.map(({ group }) => group)).not.toContain('effects');
    const effects = { observer: app.observer, settleMs: 100, observedType: undefined };
    const observed = await listOf(await inspector([], [app.url], { effects }));
    expect(observed.isObserved).toBe(true);
    expect(observed.checks.map(({ name }) => name)).toContain('repeated');
  });
});

describe('a run', () => {
  it('reports each result as it comes, and then what is wrong, why, and how to fix it', async () => {
    const app = await switchableApp({ isRight: false });
    const opened = await inspector([], [app.url]);
    const all = await runAll(opened, request(app.url, ['plain', ...bodyChecks, 'no-headers']));
    const [begun] = all;
    const names = begun?.kind === 'begun' ? begun.checks : [];
    expect(names).toContain('pretty-printed');
    const results = all.flatMap((message) => (message.kind === 'result' ? [message] : []));
    expect(results[0]).toMatchObject({ name: 'plain', result: { status: 'pass', got: '201' }, messages: 1 });
    expect(new Set(results.map(({ name }) => name))).toEqual(new Set(names));
    const { last } = historyIn(all);
    const [diagnosis] = last!.diagnoses;
    expect(diagnosis).toMatchObject({ certain: true, framework: 'Express' });
    expect(diagnosis!.failed).toContain('pretty-printed');
    expect(diagnosis!.hints.map(({ framework }) => framework)).toContain('Express');
    const failed = last!.checks.find(({ name }) => name === 'pretty-printed')!;
    expect(failed).toMatchObject({ status: 'fail', got: expect.stringContaining('401') });
    expect(failed.exchanges[0]).toMatchObject({ method: 'POST', status: 401 });
    expect(failed.rerun).toBe(`npx scalekit-hooks check ${app.url} --only pretty-printed`);
    expect(last).toMatchObject({ ended: null, unexplained: [], changes: null, isWhole: false });
  });

  it('is compared with the one before: what is fixed, and what is new', async () => {
    const app = await switchableApp({ isRight: false });
    const opened = await inspector([], [app.url]);
    const checks = ['plain', 'pretty-printed', 'final-newline', 'no-headers'];
    const first = historyIn(await runAll(opened, request(app.url, checks)));
    expect(failedIn(first)).toEqual(['pretty-printed', 'final-newline']);
    app.behavior.isRight = true;
    const part = historyIn(await runAll(opened, request(app.url, ['pretty-printed'])));
    expect(part.last!.changes).toEqual({ since: first.last!.time, fixed: ['pretty-printed'], broken: [] });
    app.behavior.isRight = false;
    const second = historyIn(await runAll(opened, request(app.url, checks)));
    expect(second.last!.changes).toEqual({
      since: part.last!.time,
      fixed: [],
      broken: ['pretty-printed'],
    });
    const kept = await (await opened.api(`/api/check-history?target=${new URL(app.url).host}`)).json();
    expect(kept).toEqual(second);
    expect(await (await opened.api('/api/check-history?target=other')).json()).toEqual({
      last: null,
      known: {},
    });
  });

  it('tests what messages change, if something observes the app', async () => {
    const app = await switchableApp({ actsTwice: true });
    const effects = { observer: app.observer, settleMs: 50, observedType: 'user.created' };
    const opened = await inspector([], [app.url], { effects });
    const history = historyIn(await runAll(opened, request(app.url, ['repeated', 'visible-effect'])));
    expect(failedIn(history)).toEqual(['repeated']);
  });

  it('generates events, names the value that fails, and writes no file', async () => {
    const app = await switchableApp({ crashesOnNull: 'name' });
    const opened = await inspector([], [app.url]);
    const { last } = historyIn(await runAll(opened, request(app.url, ['fuzz'])));
    const [found] = last!.counterexamples;
    expect(found).toMatchObject({ got: expect.stringContaining('500'), isSmallest: true });
    expect(found!.differences.join()).toContain('name');
    expect(JSON.parse(found!.event)).toMatchObject({ type: found!.type, data: { name: null } });
    const fuzz = last!.checks.find(({ name }) => name === 'fuzz')!;
    expect(fuzz.rerun).toContain('--fuzz 300 --seed 7');
  });
});

describe('one run at a time', () => {
  it('refuses another, and ends when it is asked to, with what it found', async () => {
    const app = await switchableApp({ delayMs: 100 });
    const opened = await inspector([], [app.url]);
    const body = request(
      app.url,
      (await listOf(opened)).checks.map(({ name }) => name),
    );
    const all: CheckMessage[] = [];
    for await (const message of messages(await opened.post('/api/check', body))) {
      const isFirst = message.kind === 'result' && !all.some(({ kind }) => kind === 'result');
      all.push(message);
      if (!isFirst) continue;
      const second = await opened.post('/api/check', body);
      expect(second.status).toBe(409);
      expect(await second.json()).toMatchObject({ error: { code: 'check_running' } });
      expect((await opened.post('/api/stop-check', {})).status).toBe(200);
    }
    const { last, known } = historyIn(all);
    expect(last!.ended).toBe('stopped');
    expect(last!.checks[0]).toMatchObject({ name: 'plain', status: 'pass' });
    expect(last!.checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(Object.keys(known).length).toBeLessThan(body.checks.length);
    const again = await runAll(opened, { ...body, checks: ['plain'] });
    expect(historyIn(again).last).toMatchObject({ ended: null });
  });

  it('ends when the page goes away', async () => {
    const app = await switchableApp({ delayMs: 100 });
    const opened = await inspector([], [app.url]);
    const body = request(
      app.url,
      (await listOf(opened)).checks.map(({ name }) => name),
    );
    const left = messages(await opened.post('/api/check', body));
    await left.next();
    await left.return(undefined);
    const next = { ...body, checks: ['plain'] };
    await expect.poll(async () => (await opened.post('/api/check', next)).status).toBe(200);
  });
});

describe('a run whose page goes away before it begins', () => {
  /** Starts it in front of an app that must get nothing. */
  async function startedFor(page: AbortSignal) {
    const app = await httpTarget();
    const [runs, body] = [new CheckRuns(), request(app.url, ['plain', 'no-headers'])];
    const sources = {
      targets: new Map([[body.target, parseTarget(app.url)]]),
      secret: { secrets: [secret], source: 'the test', isOurs: false, notes: [] },
      fixtures: { root: repository, fixtures: undefined },
      effects: undefined,
      otherSecrets: () => [],
      checkFlags: [],
      mask: (text: string) => text,
      now: Date.now,
    } as unknown as CheckSources;
    return { app, runs, messages: await startCheck(body, { sources, runs, gone: page }) };
  }

  it('sends nothing, and reports that it was stopped', async () => {
    const { app, messages: received } = await startedFor(AbortSignal.abort());
    const all: CheckMessage[] = [];
    for await (const group of received) all.push(...group);
    expect(historyIn(all).last!.ended).toBe('stopped');
    expect(app.requests).toEqual([]);
  });

  it('does not stand in the way of the next one, although nobody reads its messages', async () => {
    const { runs } = await startedFor(AbortSignal.abort());
    await expect.poll(() => runs.begin(() => {})).toBeUndefined();
  });
});

describe('what the page may not do', () => {
  it.each([
    ['another target', { target: 'example.com:80' }, 'unknown_target', 400],
    ['a URL as the target', { target: 'http://127.0.0.1:1/' }, 'unknown_target', 400],
    ['an unknown check', { checks: ['nothing'] }, 'unknown_check', 400],
    ['a pattern of checks', { checks: ['body*'] }, 'unknown_check', 400],
    ['no check', { checks: [] }, 'malformed_request', 400],
    ['a command', { observe: 'touch /tmp/x' }, 'malformed_request', 400],
    ['no number of events', { fuzz: { events: 0, seed: null } }, 'malformed_request', 400],
    ['a seed that is too large', { fuzz: { events: 1, seed: 2 ** 31 } }, 'malformed_request', 400],
  ])('names %s', async (_name, changes, code, status) => {
    const app = await httpTarget();
    const { post } = await inspector([], [app.url]);
    const response = await post('/api/check', { ...request(app.url, ['plain']), ...changes });
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code } });
    expect(app.requests).toEqual([]);
  });

  it('sees no secret, even if the handler answers with it, or the command to observe has it', async () => {
    const app = await httpTarget((_request, response) => response.writeHead(500).end(`key ${testSecret}`));
    const { post } = await inspector([], [app.url], { checkFlags: ['--observe', `echo ${testSecret}`] });
    const text = await (await post('/api/check', request(app.url, ['plain']))).text();
    expect(text).toContain('key …');
    expect(text).toContain('echo …');
    expect(text).not.toContain(testSecret);
  });

  it('checks nothing without the token', async () => {
    const app = await httpTarget();
    const { port } = await inspector([], [app.url]);
    const url = `http://127.0.0.1:${port}/api/check`;
    const body = JSON.stringify(request(app.url, ['plain']));
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(url, { method: 'POST', body, headers })).status).toBe(401);
    expect(app.requests).toEqual([]);
  });
});
