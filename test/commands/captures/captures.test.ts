import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openJournals } from '../../../src/captures/journal/reader.ts';
import { openJournal } from '../../../src/captures/journal/writer.ts';
import type { Capture } from '../../../src/captures/record.ts';
import { run } from '../../../src/main.ts';
import { idsOf, kept, keptOutcome, someCapture, someOutcome } from '../../support/captures.ts';
import { memoryIo, runCommand, type World } from '../../support/memory-io.ts';
import { answering } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const start = 1795360000000;
const now = () => start + 3_600_000;
let cwd: string;
let folder: string;

beforeEach(() => {
  cwd = temporaryFolder();
  folder = join(cwd, '.scalekit-hooks/captures');
});

async function keep(...captures: Capture[]): Promise<void> {
  const { journal } = openJournal(folder, { sync: false, now: () => start });
  for (const capture of captures) await journal.keep(kept(capture));
  await journal.close();
}

function captures(args: string[] = [], world: World = {}) {
  return runCommand(['captures', ...args], { cwd, now, ...world });
}
const listed = (ran: { facts: Record<string, unknown>[] }) => ran.facts.map(({ capture }) => capture);

describe('list', () => {
  it('newest first, twenty by default, each with its latest outcome', async () => {
    const many = Array.from({ length: 25 }, (_, index) => someCapture({ time: start + index }));
    await keep(...many);
    const { journal } = openJournal(folder, { sync: false, now: () => start + 50 });
    await journal.keep(keptOutcome(someOutcome(many[24]!, { time: start + 60, status: 500 })));
    await journal.keep(keptOutcome(someOutcome(many[24]!, { time: start + 70, status: 201, via: 'replay' })));
    await journal.close();
    const usual = await captures(['--json']);
    expect(listed(usual)).toEqual(
      many
        .slice(5)
        .reverse()
        .map(({ id }) => id),
    );
    expect(usual.facts[0]!.outcomes).toMatchObject([{ status: 201, via: 'replay' }]);
    expect(usual.stderr).toMatch(/^note: .*\bnewest 20\b.*--limit\b/);
    const few = await captures(['list', '--limit', '2', '--json']);
    expect(listed(few)).toHaveLength(2);
    const all = await captures(['--limit', '25']);
    expect(all.stdout.trim().split('\n')).toHaveLength(25);
    expect(all.stderr).toBe('');
    expect(all.stdout).toMatch(
      /^cap_\d+ {2}\d{4}-\d\d-\d\d \d\d:\d\d:\d\d {2}✓ verified {2}user\.created {2}evt_\d+ {2}msg_\d+ {2}→ 201 in 1\.5 ms$/m,
    );
  });

  it.each([
    [
      ['--type', 'user.*'],
      [3, 1],
    ],
    [
      ['--type', 'session.created', '--type', 'user.deleted'],
      [3, 2],
    ],
    [
      ['--verdict', 'verified'],
      [2, 1],
    ],
    [['--verdict', 'rejected'], [3]],
    [['--verdict', 'too_old'], [3]],
    [['--verdict', 'missing_header'], []],
    [
      ['--since', '30m'],
      [3, 2],
    ],
    [
      ['--since', '2026-11-22T15:30:00Z'],
      [3, 2],
    ],
  ])('%j', async (args, expected) => {
    const all = [
      someCapture({ time: start, eventType: 'user.created' }),
      someCapture({ time: start + 2_400_000, eventType: 'session.created' }),
      someCapture({
        time: start + 3_000_000,
        eventType: 'user.deleted',
        verified: false,
        reason: 'too_old',
        status: 401,
        age: 7380,
      }),
    ];
    await keep(...all);
    const ran = await captures([...args, '--json']);
    expect(listed(ran)).toEqual(expected.map((number) => all[number - 1]!.id));
    expect(ran.exitCode).toBe(0);
  });

  it('--since lists what came before a clock was wrong for a while, and does not read all that is older', async () => {
    const at = (time: number) => someCapture({ time });
    const ancient = Array.from({ length: 1200 }, (_, index) => at(start - 86_400_000 + index));
    const [first, wrong, last] = [at(start + 1), at(0), at(start + 2)];
    await keep(at(start), ...ancient, first, wrong, last);
    expect(listed(await captures(['--since', '2h', '--json']))).toEqual([last.id, first.id]);
  });

  it('without captures: a note, and exit code 0', async () => {
    expect(await captures()).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: expect.stringMatching(/^note: .*\.scalekit-hooks\/captures\n$/),
    });
    expect(existsSync(join(cwd, '.scalekit-hooks'))).toBe(false);
    await keep(someCapture());
    expect((await captures(['--type', 'role.*'])).stderr).toMatch(/^note: .*\bfilters\n$/);
  });

  it('control characters in a capture do not reach the terminal', async () => {
    const nasty = '\x1b[2J\u202e\x9b1m\n';
    await keep(
      someCapture({
        eventType: nasty,
        eventId: nasty,
        webhookId: '\x1b[1m',
        path: `/${nasty}`,
        headers: [['x', '\x9b']],
        body: Buffer.from(nasty),
      }),
    );
    for (const args of [
      [],
      ['--json'],
      ['show', 'last'],
      ['show', 'last', '--json'],
      ['show', 'last', '--raw'],
    ]) {
      const ran = await captures(args, { isTerminal: true, env: { NO_COLOR: '1' } });
      expect(ran.stdout + ran.stderr, args.join(' ')).not.toMatch(/[\x1b\x9b\u202e]/);
    }
  });
});

describe('show', () => {
  it('the verdict with its reason, the outcomes in order, the headers and the indented body', async () => {
    const capture = someCapture({
      verified: false,
      reason: 'missing_header',
      reasonHeaders: ['webhook-signature'],
      status: 401,
      body: Buffer.from('{"data":{"n":1.0},"type":"user.created"}'),
    });
    await keep(capture);
    const { journal } = openJournal(folder, { sync: false, now: () => start });
    for (const [status, via] of [
      [500, 'forward'],
      [201, 'replay'],
    ] as const)
      await journal.keep(keptOutcome(someOutcome(capture, { status, via, time: capture.time + status })));
    await journal.close();
    const { stdout, exitCode } = await captures(['show', capture.eventId!]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/✗ missing_header: .*\bwebhook-signature\b/);
    expect(stdout).toMatch(/^\w+ 401$/m);
    expect(stdout).toMatch(
      /→ 201 in 1\.5 ms {2}replayed to http:\/\/localhost:8080\/webhook\n.*→ 500 in 1\.5 ms {2}forwarded to http:\/\/localhost:8080\/webhook\n/,
    );
    expect(stdout).toContain('Webhook-Id: msg_');
    expect(stdout).toContain('{\n  "data": {\n    "n": 1.0\n  },\n  "type": "user.created"\n}\n');
    const [fact] = (await captures(['show', 'last', '--json'])).facts;
    expect(fact).toMatchObject({
      kind: 'capture_whole',
      body: String(capture.body),
      reason: 'missing_header',
      detail: expect.stringContaining('webhook-signature'),
      headers: capture.headers,
    });
  });

  it('--raw prints only the bytes, but no control characters to a terminal', async () => {
    const body = Buffer.from([0, 255, 27, 10]);
    await keep(someCapture({ body }));
    const { io } = memoryIo(['captures', 'show', 'last', '--raw'], { cwd });
    expect(await run(io)).toBe(0);
    expect(io.stdout.bytes.equals(body)).toBe(true);
    const terminal = await captures(['show', 'last', '--raw'], { isTerminal: true });
    expect(terminal).toMatchObject({ exitCode: 2, stdout: '' });
    expect(terminal.stderr).toContain('[raw_to_terminal]');
  });

  it.each([
    ['nothing', 'unknown_capture'],
    ['last:3', 'unknown_capture'],
    ['msg_', 'ambiguous_capture'],
    ['', 'unknown_capture'],
  ])('%j is rejected', async (id, code) => {
    await keep(someCapture(), someCapture());
    expect(await captures(['show', id, '--json'])).toMatchObject({ exitCode: 2, facts: [{ code }] });
  });

  it('an unknown id is reported with the nearest one', async () => {
    const capture = someCapture({ id: 'cap_abcdefghijkl', eventId: 'evt_unlike', webhookId: null });
    await keep(capture);
    const ran = await captures(['show', 'cap_abcdefghijkx']);
    expect(ran.stderr).toMatch(/\[unknown_capture\][\s\S]*cap_abcdefghijkl\b/);
  });

  it('an event id selects its newest capture, and an exact id wins over a longer one', async () => {
    const [old, recent] = [someCapture({ eventId: 'evt_1' }), someCapture({ eventId: 'evt_1' })];
    await keep(old, someCapture({ eventId: 'evt_12' }), recent);
    expect((await captures(['show', 'evt_1', '--json'])).facts[0]).toMatchObject({ capture: recent.id });
    expect((await captures(['show', 'evt_', '--json'])).facts[0]).toMatchObject({
      code: 'ambiguous_capture',
    });
  });

  it('a damaged record is rejected, and the list notes where it is', async () => {
    const [whole, damaged] = [someCapture(), someCapture()];
    await keep(whole, damaged);
    const path = join(folder, readdirSync(folder).find((name) => name.endsWith('.jsonl'))!);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/(.*)"body":"/s, '$1"body":7"'));
    expect((await captures(['show', damaged.id])).stderr).toContain('[damaged_capture]');
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"v":1,"rec`);
    const list = await captures();
    expect(list.exitCode).toBe(0);
    expect(list.stderr).toMatch(/^note: .*\bdamaged record\b.* \S+\.jsonl line 3$/m);
  });
});

describe('save', () => {
  const body = Buffer.from(
    '{"type":"user.created","id":"evt_1","data":{"amount":1.0,"email":"ada@corp.example"}}',
  );

  it('writes an event file that send accepts: only the event, with unchanged values', async () => {
    await keep(
      someCapture({
        body,
        headers: [
          ['authorization', 'x'],
          ['x-private', 'y'],
        ],
      }),
    );
    const ran = await captures(['save', 'last', 'event.json']);
    expect(ran).toMatchObject({ exitCode: 0, stdout: '' });
    const text = readFileSync(join(cwd, 'event.json'), 'utf8');
    expect(text).toBe(
      '{\n  "type": "user.created",\n  "id": "evt_1",\n  "data": {\n    "amount": 1.0,\n    "email": "ada@corp.example"\n  }\n}\n',
    );
    const target = await answering(201);
    const sent = await runCommand(['send', './event.json', '--keep-id', '--to', target.url], { cwd });
    expect(sent.exitCode).toBe(0);
    expect(JSON.parse(String(target.requests[0]!.body))).toMatchObject({
      id: 'evt_1',
      data: { email: 'ada@corp.example' },
    });
  });

  it('--scrub removes personal data', async () => {
    await keep(someCapture({ body }));
    const ran = await captures(['save', 'last', 'event.json', '--scrub', '--json']);
    expect(ran.facts).toMatchObject([{ kind: 'saved', scrubbed: 1, path: 'event.json' }]);
    expect(readFileSync(join(cwd, 'event.json'), 'utf8')).toMatch(/"email": "user-[0-9a-f]{4}@example\.com"/);
  });

  it('replaces a file only with --force', async () => {
    await keep(someCapture({ body }));
    writeFileSync(join(cwd, 'event.json'), 'mine');
    expect((await captures(['save', 'last', 'event.json'])).stderr).toMatch(
      /event\.json \[unwritable_file\]\n {2}.*\bexists\n {2}fix: .*--force\b/,
    );
    expect(readFileSync(join(cwd, 'event.json'), 'utf8')).toBe('mine');
    expect((await captures(['save', 'last', 'event.json', '--force'])).exitCode).toBe(0);
  });

  it.each([
    ['not JSON', Buffer.from('hello'), 'event.json', 'invalid_json'],
    ['not UTF-8', Buffer.from([0xff]), 'event.json', 'invalid_event'],
    ['not an event', Buffer.from('{"a":1}'), 'event.json', 'invalid_event'],
    ['a missing folder', body, 'nowhere/event.json', 'unwritable_file'],
    ['a folder', body, 'folder', 'unwritable_file'],
  ])('%s', async (_name, body, file, code) => {
    mkdirSync(join(cwd, 'folder'));
    await keep(someCapture({ body }));
    expect(await captures(['save', 'last', file, '--json'])).toMatchObject({
      exitCode: 2,
      facts: [{ code }],
    });
    expect(existsSync(join(cwd, 'event.json'))).toBe(false);
  });
});

describe('clear', () => {
  const left = () => idsOf(openJournals(folder).oldestFirst());

  it('reports what it would remove, and removes it with --yes', async () => {
    const capture = someCapture({ time: start });
    await keep(capture, someCapture({ time: start + 1 }));
    const dry = await captures(['clear']);
    expect(dry).toMatchObject({ exitCode: 0, stdout: '' });
    expect(dry.stderr).toMatch(
      /^would clear 2 captures \(\d+(?:\.\d)? k?B\w*\) in \.scalekit-hooks\/captures\b.*--yes\b.*\n$/,
    );
    expect(await left()).toHaveLength(2);
    const done = await captures(['clear', '--yes', '--json']);
    expect(done.facts).toMatchObject([{ kind: 'cleared', captures: 2, done: true }]);
    expect(await left()).toEqual([]);
    expect(readdirSync(folder)).toEqual(['.gitignore']);
    expect((await captures(['clear', '--yes'])).stderr).toMatch(/^nothing .*\.scalekit-hooks\/captures\n$/);
  });

  it('--before keeps newer captures with their outcomes, and damaged lines of unknown age', async () => {
    const [old, recent] = [someCapture({ time: start }), someCapture({ time: start + 3_000_000 })];
    await keep(old, recent);
    const { journal } = openJournal(folder, { sync: false, now: () => start + 3_000_000 });
    await journal.keep(keptOutcome(someOutcome(recent)));
    await journal.close();
    const path = join(
      folder,
      readdirSync(folder)
        .filter((name) => name.endsWith('.jsonl'))
        .sort()[0]!,
    );
    writeFileSync(path, `half\n${readFileSync(path, 'utf8')}`);
    const ran = await captures(['clear', '--before', '30m', '--yes']);
    expect(ran.stderr).toContain('cleared 1 capture ');
    expect(await left()).toEqual([recent.id, `=${recent.id}`]);
    expect(readFileSync(path, 'utf8').startsWith('half\n')).toBe(true);
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
  });

  it.each([
    ['clear', '--type', 'user.*', '--yes'],
    ['clear', '--limit', '1'],
    ['clear', 'last'],
    ['shwo', 'last'],
    ['list', 'x'],
  ])('captures %s %s is rejected, and nothing is removed', async (...args) => {
    await keep(someCapture());
    expect((await captures(args)).exitCode).toBe(2);
    expect(await left()).toHaveLength(1);
  });

  it('during a running listener: later captures are stored once each', async () => {
    const { journal } = openJournal(folder, { sync: false, now });
    const [before, after, last] = [
      someCapture({ time: start }),
      someCapture({ time: now() }),
      someCapture({ time: now() }),
    ];
    await journal.keep(kept(before));
    expect((await captures(['clear', '--yes'])).exitCode).toBe(0);
    await journal.keep(kept(after));
    await journal.keep(kept(last));
    await journal.close();
    expect(await left()).toEqual([after.id, last.id]);
  });
});

describe('records from someone else, as in a cloned repository', () => {
  const writeRecords = (...changes: Record<string, unknown>[]) => {
    mkdirSync(folder, { recursive: true });
    const lines = changes.map((change, index) => {
      const {
        id,
        time,
        eventType,
        eventId,
        webhookId,
        reasonHeaders,
        age,
        forwardTo,
        headers,
        body,
        ...rest
      } = someCapture();
      const record = {
        ...{ v: 1, record: 'capture', capture: id, time: new Date(time).toISOString() },
        ...{ event_type: eventType, event_id: eventId, webhook_id: webhookId },
        ...{ ...rest, reason_headers: reasonHeaders, age_seconds: age, forward_to: forwardTo, ...change },
        headers,
        body: Buffer.from(body).toString(),
      };
      writeFileSync(join(folder, `other-${index}.jsonl`), `${JSON.stringify(record)}\n`);
      return id;
    });
    return lines;
  };

  it.each(['new_reason', 'constructor', '__proto__', '\u001b[31mred'])(
    'the unknown reason %j is reported unchanged',
    async (reason) => {
      const [id] = writeRecords({ verified: false, reason }, {});
      const ran = await captures(['--json']);
      expect(ran).toMatchObject({ exitCode: 0, facts: [{}, { verified: false, reason, detail: reason }] });
      const shown = await captures(['show', id!]);
      expect(shown.exitCode).toBe(0);
      expect(shown.stdout).not.toContain('\u001b');
    },
  );

  it('escape sequences in header names do not reach the terminal', async () => {
    const hostile = 'x-seen\u001b]0;pwned\u0007\u202e';
    const [id] = writeRecords({ verified: false, reason: 'missing_header', reason_headers: [hostile] });
    const { stdout, stderr } = await captures(['show', id!]);
    expect(stdout).toContain('x-seen');
    expect(stdout + stderr).not.toMatch(/[\u001b\u0007\u202e]/);
  });

  it('a record with an impossible date is damaged: skipped, noted, and never cleared', async () => {
    const [, whole] = writeRecords({ time: '2026-99-01T00:00:00.000Z' }, {});
    const ran = await captures(['--json']);
    expect(ran).toMatchObject({ exitCode: 0, facts: [{ capture: whole }] });
    expect(ran.stderr).toMatch(/^note: .*\bdamaged record\b.* other-0\.jsonl line 1$/m);
    await captures(['clear', '--before', '2020-01-01', '--yes']);
    expect(existsSync(join(folder, 'other-0.jsonl'))).toBe(true);
  });
});
