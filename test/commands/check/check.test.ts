import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { faults } from '../../../src/checks/faults.ts';
import { run } from '../../../src/main.ts';
import { checkAt, refusals, sortFacts } from '../../support/checking.ts';
import { memoryIo, runCommand, testSecret } from '../../support/memory-io.ts';
import { runBin, startHandler } from '../../support/processes.ts';
import { answering, closedPort, httpTarget, socketTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };

describe('--list', () => {
  it('every check once, by a name of its own, with what is sent and expected; nothing is sent', async () => {
    const target = await answering(201);
    const { exitCode, facts } = await runCommand(['check', target.url, '--list', '--json'], { env });
    expect(exitCode).toBe(0);
    const names = facts.map(({ name }) => name);
    expect(new Set(names).size).toBe(116);
    expect(names.filter((name) => refusals.includes(String(name)))).toHaveLength(19);
    // A fault that is new is checked, too.
    expect(names).toEqual(expect.arrayContaining(faults.map(({ name }) => name)));
    for (const fact of facts) {
      for (const member of ['sends', 'expects', 'why', 'mend', 'group', 'part'])
        expect(fact[member]).toMatch(/./);
    }
    expect(target.requests).toEqual([]);
  });

  it('for people, a line each', async () => {
    const { stdout } = await runCommand(['check', '--list', '--only', 'times'], { env });
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(stdout).toMatch(/^times +stale +a message that is ten minutes old {2}→ 4xx$/m);
  });
});

describe('--only and --skip', () => {
  const names = async (...flags: string[]) =>
    (await runCommand(['check', '--list', '--json', ...flags], { env })).facts.map(({ name }) => name);

  it.each<[string[], string[] | number]>([
    [['--only', 'wrong-secret'], ['wrong-secret']],
    [['--only', 'rejects'], 20],
    [['--only', 'rejects', '--skip', 'times'], 17],
    [
      ['--only', 'refuses/times'],
      ['stale', 'future', 'malformed-timestamp'],
    ],
    [
      ['--only', 'times/stale', '--only', 'get'],
      ['stale', 'get'],
    ],
    [
      ['--only', 'role.*'],
      ['role.created', 'role.deleted', 'role.updated'],
    ],
    [
      ['--only', '*-secret'],
      ['wrong-secret', 'no-secret'],
    ],
    [['--only', 'types', '--type', 'role.*'], 3],
    [['--interceptor', 'PRE_SIGNUP', '--only', 'stale'], ['PRE_SIGNUP/stale']],
    [['--interceptor', 'PRE_SIGNUP', '--only', 'PRE_SIGNUP/*'], 23],
    [['--interceptor', 'PRE_SIGNUP', '--interceptor', 'PRE_SESSION_CREATION', '--only', 'interceptor'], 46],
  ])('%s', async (flags, expected) => {
    const found = await names(...flags);
    if (typeof expected === 'number') expect(found).toHaveLength(expected);
    else expect(found).toEqual(expected);
  });

  it.each([
    ['--only', 'wrong-secert', 'did you mean wrong-secret'],
    ['--skip', 'refuse', 'did you mean refuses'],
    ['--only', 'nothing.*', 'it is the name of none'],
  ])('%s %s: refused, with the nearest', async (flag, name, hint) => {
    const ran = await runCommand(['check', flag, name], { env });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain('[unknown_check]');
    expect(ran.stderr).toContain(hint);
  });

  it('one check is run with the plain message and the twin that it needs, and nothing else', async () => {
    const target = await answering(201);
    const { facts } = await checkAt(target.url, ['--only', 'stale']);
    expect(facts.map(({ kind, name, status }) => [kind, name ?? null, status ?? null])).toEqual([
      ['check', 'plain', 'pass'],
      ['check', 'stale', 'fail'],
      ['diagnosis', null, null],
      ['summary', null, null],
    ]);
    expect(target.requests).toHaveLength(3);
  });
});

describe('what must be refused counts only against its twin', () => {
  it('a handler that refuses every second message proves nothing', async () => {
    let count = 0;
    const target = await httpTarget((_request, response) => {
      count += 1;
      // The plain message is taken; of each pair that follows, both are refused.
      response.writeHead(count === 1 ? 201 : 401).end();
    });
    const { exitCode, facts } = await checkAt(target.url, ['--only', 'rejects']);
    const codes = facts.filter(({ group }) => group === 'rejects').map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['inconclusive']));
    expect(exitCode).toBe(1);
  });

  it('each message has a webhook-id and an event id of its own, but for duplicates', async () => {
    const target = await answering(201);
    await checkAt(target.url, [
      '--skip',
      'known-id',
      '--skip',
      'after-odd-bodies',
      '--skip',
      'delivery',
      '--skip',
      'missing-headers',
      '--skip',
      'odd-bodies',
      '--skip',
      'get',
    ]);
    const ids = target.requests.flatMap(({ headers }) => headers['webhook-id'] ?? []);
    expect(ids.length).toBeGreaterThan(80);
    expect(new Set(ids).size).toBe(ids.length);
    const events = target.requests.map(({ body }) => JSON.parse(body.toString()).id);
    expect(new Set(events).size).toBe(events.length);
    const users = target.requests.flatMap(({ body }) => /"id":"diruser_\d+"/.exec(body.toString()) ?? []);
    expect(users.length).toBeGreaterThan(50);
    expect(new Set(users).size).toBe(users.length);
  });
});

describe('the plain message', () => {
  it('nobody there: exit code 3, and nothing but the plain message', async () => {
    const { exitCode, facts } = await checkAt(`http://127.0.0.1:${await closedPort()}/webhook`);
    expect(exitCode).toBe(3);
    expect(facts.map(({ kind }) => kind)).toEqual(['check', 'diagnosis', 'summary']);
    expect(facts[0]).toMatchObject({ name: 'plain', status: 'fail', code: 'no-answer' });
  });

  it('no answer in time: exit code 3', async () => {
    const target = await socketTarget(() => {});
    const { exitCode, facts } = await checkAt(target.url, ['--timeout', '100ms']);
    expect(exitCode).toBe(3);
    expect(facts[1]).toMatchObject({ kind: 'diagnosis', code: 'no-answer' });
    expect(String(facts[1]!.says)).toContain('no answer within 100 ms');
  });

  it.each([
    [404, 'not-found'],
    [405, 'method-not-allowed'],
    [413, 'too-large'],
    [415, 'not-json-type'],
    [503, 'proxy'],
  ])('%i: the diagnosis is %s, one message is sent, and all others are skipped', async (status, code) => {
    const target = await answering(status);
    const { exitCode, failed, skipped, diagnoses } = await checkAt(target.url);
    expect({ exitCode, failed, diagnoses }).toEqual({ exitCode: 1, failed: ['plain'], diagnoses: [code] });
    expect(skipped).toHaveLength(115);
    expect(target.requests).toHaveLength(1);
  });

  it('another secret that is set somewhere is named', async () => {
    const other = 'whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB';
    const { url } = await startHandler('plain', 'scalekit', other);
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.env'), `SCALEKIT_WEBHOOK_SECRET=${other}\n`);
    const { diagnoses, facts } = await checkAt(url, [], { cwd });
    expect(diagnoses).toEqual(['other-secret']);
    const told = facts.find(({ kind }) => kind === 'diagnosis');
    expect(told).toMatchObject({ says: 'its secret differs from mine: it has the one of .env' });
    expect(JSON.stringify(facts)).not.toContain(other.slice(10));
  });
});

describe('a run that ends early', () => {
  it('--bail: with the first failure', async () => {
    const target = await answering(201);
    const { exitCode, facts, failed, skipped } = await checkAt(target.url, ['--bail', '--only', 'rejects']);
    expect(exitCode).toBe(1);
    expect(failed.length).toBeLessThan(19);
    expect(failed.length + skipped.length).toBe(20);
    expect(facts.find(({ status }) => status === 'skip')).toMatchObject({ code: 'run-ended' });
  });

  it('a handler that crashes: what was on its way then is named', async () => {
    const { facts, exitCode } = await crashing();
    const { failed, diagnoses } = sortFacts(facts);
    const ended = facts.filter(({ code }) => code === 'run-ended').map(({ name }) => name);
    expect(ended).toContain('burst');
    expect(exitCode).toBe(1);
    expect(failed).toContain('empty-body');
    expect(diagnoses[0]).toBe('crashes');
  });

  it('Ctrl-C: what is done is told, the rest is skipped, exit code 130', async () => {
    let press: () => void = () => {};
    const target = await httpTarget((request, response) => {
      // One that is never answered: it is cut when patience with it has run out.
      if (String(request.headers['webhook-signature']).includes(' ')) return press();
      response.writeHead(201).end();
    });
    const world = memoryIo(['check', target.url, '--json', '--only', 'signatures', '--only', 'get'], { env });
    press = () => world.signal('SIGINT');
    expect(await run(world.io)).toBe(130);
    const facts = world.io.stdout.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    const ended = facts.filter(({ code }) => code === 'run-ended').map(({ name }) => name);
    expect(ended).toContain('get');
    expect(facts.at(-1)).toMatchObject({ kind: 'summary', ok: false });
  });
});

/** A handler that dies of an empty body, as one did of ours. */
async function crashing() {
  const target = await httpTarget((request, response) => {
    if (request.headers['content-length'] === '0') {
      target.close();
      return request.socket.destroy();
    }
    response.writeHead(201).end();
  });
  return {
    url: target.url,
    ...(await checkAt(target.url, ['--only', 'odd-bodies', '--only', 'afterwards', '--only', 'burst'])),
  };
}

describe('contradictions', () => {
  it.each([
    [['3000', '--to', '3001'], 'a URL and --to'],
    [['--wait', '1s'], '--wait requires --start'],
    [['--list', '--start', 'x'], '--list and --start'],
    [['--interceptor', 'PRE_SIGNUP', '--type', 'user.*'], '--interceptor and --type'],
  ])('%s', async (flags, what) => {
    const ran = await runCommand(['check', ...flags], { env });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(what);
  });
});

describe('for people', () => {
  it('the diagnosis first, then the parts, then failures with request, answer and a command, then the count', async () => {
    const { url } = await startHandler('overview');
    const { stdout, exitCode } = await runBin(['check', url], { env });
    expect(exitCode).toBe(1);
    const order = [
      /^✗ gives the verifier the parsed body/m,
      /^ {2}shown by: a message whose signature covers "\[object Object\]" in place of the body was taken$/m,
      /^ {4}Express {2}/m,
      /^ {4}Spring {3}/m,
      /^✗ accepts +plain +0 of 1 {2}failed: plain$/m,
      /^- 115 skipped: /m,
      /^✗ plain: sends /m,
      /^ {2}sent: POST \{/m,
      /^ {2}answered: 500 in .*Internal server error/m,
      /^ {2}again: npx scalekit-hooks check http:\/\/127\.0\.0\.1:\d+\/webhook --only plain$/m,
      /^116 checks: 0 passed, 1 failed, 115 skipped; \d+ messages in /m,
    ].map((pattern) => stdout.search(pattern));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('a right handler: the summary fits a screen', async () => {
    const { url } = await startHandler('hono');
    const { stdout } = await runBin(['check', url], { env });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(20);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('the secret is nowhere, neither are credentials', async () => {
    const target = await answering(401, `expected ${testSecret}`);
    const url = target.url.replace('http://', 'http://user:hunter22@');
    const ran = await runCommand(
      ['check', url, '-H', 'authorization: Bearer hunter22', '--force', '--verbose'],
      { env },
    );
    expect(ran.stdout + ran.stderr).not.toContain(testSecret.slice(8));
    expect(ran.stdout + ran.stderr).not.toContain('hunter22');
  });
});
