import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { faults } from '../../../src/checks/faults.ts';
import { run } from '../../../src/main.ts';
import { unseen } from '../../../src/report/human/check/page.ts';
import { checkAt, rejections, sortFacts } from '../../support/checking.ts';
import { memoryIo, runCommand, testSecret } from '../../support/memory-io.ts';
import { runBin, startHandler } from '../../support/processes.ts';
import { switchableApp } from '../../support/switchable-app.ts';
import { answering, closedPort, httpTarget, socketTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };

describe('--list', () => {
  it('lists each check once, with a unique name and all of its texts, and sends nothing', async () => {
    const target = await answering(201);
    const { exitCode, facts } = await runCommand(['check', target.url, '--list', '--json'], { env });
    expect(exitCode).toBe(0);
    const names = facts.map(({ name }) => name);
    expect(new Set(names).size).toBe(139);
    expect(names.filter((name) => rejections.includes(String(name)))).toHaveLength(19);
    // A new fault gets a check, too.
    expect(names).toEqual(expect.arrayContaining(faults.map(({ name }) => name)));
    for (const fact of facts) {
      for (const member of ['sends', 'expects', 'why', 'fix', 'group', 'part'])
        expect(fact[member]).toMatch(/./);
    }
    expect(target.requests).toEqual([]);
  });

  it('for people, one line for each check', async () => {
    const { stdout } = await runCommand(['check', '--list', '--only', 'times'], { env });
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(stdout).toMatch(/^times +stale +\S.*\bten minutes\b.* {2}→ 4xx$/m);
  });
});

it('in color prints the same lines as without', async () => {
  const { url } = await startHandler('express');
  const printed = async (color: string) =>
    stripVTControlCharacters((await runCommand(['check', url, '--color', color], { env })).stdout)
      .replace(/in [\d.]+ m?s$/m, 'in …')
      .split('\n');
  const inColor = await printed('always');
  expect(inColor).toEqual(await printed('never'));
  expect(inColor).toEqual(expect.arrayContaining(unseen));
});

describe('--only and --skip', () => {
  const names = async (...flags: string[]) =>
    (await runCommand(['check', '--list', '--json', ...flags], { env })).facts.map(({ name }) => name);

  it.each<[string[], string[] | number]>([
    [['--only', 'wrong-secret'], ['wrong-secret']],
    [['--only', 'rejects'], 20],
    [['--only', 'rejects', '--skip', 'times'], 17],
    [
      ['--only', 'rejects/times'],
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
    [['--interceptor', 'PRE_SIGNUP', '--interceptor', 'PRE_SESSION_CREATION', '--only', 'interceptor'], 47],
  ])('%s', async (flags, expected) => {
    const found = await names(...flags);
    if (typeof expected === 'number') expect(found).toHaveLength(expected);
    else expect(found).toEqual(expected);
  });

  it.each([
    ['--only', 'wrong-secert', 'did you mean wrong-secret?'],
    ['--skip', 'reject', 'did you mean rejects?'],
  ])('%s %s: an error with the nearest name', async (flag, name, suggestion) => {
    const ran = await runCommand(['check', flag, name], { env });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toContain(`${flag} "${name}"`);
    expect(ran.stderr).toMatch(/\[unknown_check\][\s\S]*fix: .*check --list/);
    expect(ran.stderr).toContain(suggestion);
  });

  it('--only nothing.*: an error without a suggestion', async () => {
    const ran = await runCommand(['check', '--only', 'nothing.*'], { env });
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/--only "nothing\.\*".*\[unknown_check\]\n {2}\S.*\n {2}fix: .*check --list/);
    expect(ran.stderr).not.toContain('did you mean');
  });

  it('one check sends only the plain message, one on a second connection, its own message and the control', async () => {
    const target = await answering(201);
    const { facts } = await checkAt(target.url, ['--only', 'stale']);
    expect(facts.map(({ kind, name, status }) => [kind, name ?? null, status ?? null])).toEqual([
      ['check', 'plain', 'pass'],
      ['check', 'stale', 'fail'],
      ['diagnosis', null, null],
      ['summary', null, null],
    ]);
    // And one on a second connection.
    expect(target.requests).toHaveLength(4);
  });
});

describe('a rejection counts only if the control is accepted', () => {
  it('a handler that rejects everything after the plain message proves nothing', async () => {
    let count = 0;
    const target = await httpTarget((_request, response) => {
      count += 1;
      // Accepts the plain message, and rejects both messages of each pair that follows.
      response.writeHead(count === 1 ? 201 : 401).end();
    });
    const { exitCode, facts } = await checkAt(target.url, ['--only', 'rejects']);
    const codes = facts.filter(({ group }) => group === 'rejects').map(({ code }) => code);
    expect(new Set(codes)).toEqual(new Set(['inconclusive']));
    expect(exitCode).toBe(1);
  });

  it('every message has its own webhook-id and event id, except duplicates', async () => {
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
  it('nothing listens: exit code 3 after the plain message', async () => {
    const { exitCode, facts } = await checkAt(`http://127.0.0.1:${await closedPort()}/webhook`);
    expect(exitCode).toBe(3);
    expect(facts.map(({ kind }) => kind)).toEqual(['check', 'diagnosis', 'summary']);
    expect(facts[0]).toMatchObject({ name: 'plain', status: 'fail', code: 'no-answer' });
  });

  it('no response in time: exit code 3', async () => {
    const target = await socketTarget(() => {});
    const { exitCode, facts } = await checkAt(target.url, ['--timeout', '100ms']);
    expect(exitCode).toBe(3);
    expect(facts[1]).toMatchObject({ kind: 'diagnosis', code: 'no-answer' });
    expect(facts[1]!.message).toMatch(/\b100 ms\b/);
  });

  it.each([
    [404, ['not-found?'], 3],
    [405, ['method-not-allowed'], 3],
    [413, ['too-large'], 3],
    [415, ['not-json-type'], 3],
    // Repeated, because the app may have been starting.
    [503, ['unavailable?', 'handler-error?'], 5],
  ])(
    '%i: the diagnosis is %s, %i messages are sent with two that must be rejected, and all other checks are skipped',
    async (status, codes, messages) => {
      const target = await answering(status);
      const { exitCode, failed, skipped, diagnoses } = await checkAt(target.url);
      expect({ exitCode, failed, diagnoses }).toEqual({ exitCode: 1, failed: ['plain'], diagnoses: codes });
      expect(skipped).toHaveLength(118);
      expect(target.requests).toHaveLength(messages);
    },
  );

  it('names the source of another secret that the app uses', async () => {
    const other = 'whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB';
    const { url } = await startHandler('plain', 'scalekit', other);
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, '.env'), `SCALEKIT_WEBHOOK_SECRET=${other}\n`);
    const { diagnoses, facts } = await checkAt(url, [], { cwd });
    expect(diagnoses).toEqual(['other-secret']);
    const diagnosis = facts.find(({ kind }) => kind === 'diagnosis');
    expect(diagnosis).toMatchObject({
      message: expect.stringMatching(/\.env$/),
      fix: expect.stringMatching(/SCALEKIT_WEBHOOK_SECRET.*whsec_C2…/),
    });
    expect(JSON.stringify(facts)).not.toContain(other.slice(10));
  });
});

describe('a run that stops early', () => {
  it('--bail: after the first failure', async () => {
    const target = await answering(201);
    const { exitCode, facts, failed, skipped } = await checkAt(target.url, ['--bail', '--only', 'rejects']);
    expect(exitCode).toBe(1);
    expect(failed.length).toBeLessThan(19);
    expect(failed.length + skipped.length).toBe(20);
    expect(facts.find(({ status }) => status === 'skip')).toMatchObject({ code: 'run-ended' });
  });

  it('a handler that crashes: the message that it crashed on is named', async () => {
    const { facts, exitCode } = await crashing();
    const { failed, diagnoses } = sortFacts(facts);
    const ended = facts.filter(({ code }) => code === 'run-ended').map(({ name }) => name);
    expect(ended).toContain('burst');
    expect(exitCode).toBe(1);
    expect(failed).toContain('empty-body');
    expect(diagnoses[0]).toBe('crashes');
  });

  it('Ctrl-C: results so far are reported, the rest is skipped, exit code 130', async () => {
    let press: () => void = () => {};
    const target = await httpTarget((request, response) => {
      // Never answered, so the delivery is cut off.
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

it('checks that did not run are counted, but not shown as failures of the handler', async () => {
  let press: () => void = () => {};
  const target = await httpTarget((_request, response) => {
    press();
    response.writeHead(201).end();
  });
  const world = memoryIo(['check', target.url], { env });
  press = () => world.signal('SIGINT');
  expect(await run(world.io)).toBe(130);
  const { text } = world.io.stdout;
  expect(text).not.toMatch(/✗|fix:|\bfailed\b/);
  expect(text).toMatch(/^(\d+) checks: \d passed, \d+ not run; /m);
});

/** A handler that crashes on an empty body. */
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

describe('conflicting flags', () => {
  it.each([
    { flags: ['3000', '--to', '3001'], code: 'conflicting_flags', names: /URL.*--to/ },
    { flags: ['--wait', '1s'], code: 'missing_flag', names: /--wait.*--start/ },
    { flags: ['--list', '--start', 'x'], code: 'conflicting_flags', names: /--list.*--start/ },
    {
      flags: ['--interceptor', 'PRE_SIGNUP', '--type', 'user.*'],
      code: 'conflicting_flags',
      names: /--interceptor.*--type/,
    },
  ])('$flags', async ({ flags, code, names }) => {
    const ran = await runCommand(['check', ...flags, '--json'], { env });
    expect(ran.exitCode).toBe(2);
    expect(ran.facts).toMatchObject([{ kind: 'error', code, message: expect.stringMatching(names) }]);
  });
});

describe('for people', () => {
  it('the diagnosis, then the parts, the failures with request, response and rerun command, and the counts', async () => {
    const { url } = await startHandler('overview');
    const { stdout, exitCode } = await runBin(['check', url], { env });
    expect(exitCode).toBe(1);
    const order = [
      /^✗ \S.*\bparsed body\b/m,
      /^ {2}evidence: .*\[object Object\]/m,
      /^ {2}fix: .*\bbytes\b/m,
      /^ {4}Express {2}.*express\.raw/m,
      /^✗ accepts +plain +0 of 1 {2}failed: plain$/m,
      /^- 118 skipped: /m,
      /^✗ plain: sends /m,
      /^ {2}sent: POST \{/m,
      /^ {2}response: 500 in .*Internal server error/m,
      /^ {2}rerun: npx scalekit-hooks check http:\/\/127\.0\.0\.1:\d+\/webhook --only plain$/m,
      /^119 checks: 0 passed, 1 failed, 118 skipped; \d+ messages in /m,
    ].map((pattern) => stdout.search(pattern));
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('a correct handler: the summary fits one screen', async () => {
    const { url } = await startHandler('hono');
    const { stdout } = await runBin(['check', url], { env });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(21);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('the output contains neither the secret nor credentials', async () => {
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

describe('--observe', () => {
  it('prints no part of a secret that is in the state', async () => {
    const folder = temporaryFolder();
    const [settings, stateFile] = [join(folder, 'settings'), join(folder, 'state')];
    writeFileSync(settings, testSecret);
    writeFileSync(stateFile, '');
    const app = await switchableApp({ stateFile });
    // What changes is before the secret, so that the excerpt ends within it.
    const observe = `cat ${stateFile} ${settings}`;
    const flags = [
      '--only',
      'visible-effect',
      '--observe',
      observe,
      '--settle',
      '50ms',
      '--verbose',
      '--json',
    ];
    const { exitCode, stdout } = await runBin(['check', app.url, ...flags], {
      env: { PATH: process.env.PATH ?? '', ...env },
    });
    expect(exitCode).toBe(0);
    expect(stdout).toContain('changed the state');
    expect(stdout).not.toContain(testSecret.slice(0, 16));
  });
});
