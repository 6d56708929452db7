import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { readSecret, type Secret } from '../../../src/signature/secret.ts';
import { verify } from '../../../src/signature/verify.ts';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { startHandler } from '../../support/processes.ts';
import { type HttpTarget, httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const secret = { env: { SCALEKIT_WEBHOOK_SECRET: testSecret } };
const send = (args: string[], world = {}) => runCommand(['send', ...args], { ...secret, ...world });
const own = [readSecret(testSecret) as Secret];

/** The messages that arrived, with our own verdict. */
function arrived({ requests }: HttpTarget) {
  return requests.map(({ body, rawHeaders }) => {
    const headers = rawHeaders.flatMap((name, index) =>
      index % 2 ? [] : [[name, rawHeaders[index + 1]!] as const],
    );
    return { body, headers, text: body.toString(), verdict: verify({ headers, body }, own, Date.now()) };
  });
}

/** A folder with the shell script line.sh. */
function inFile(script: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'line.sh'), script);
  return folder;
}

describe('edits', () => {
  it.each([
    [['--set', 'data.email=x@example.com'], /"email":"x@example\.com"/],
    [['--set', 'data.email=true'], /"email":"true"/],
    [['--set', 'data.email:=true'], /"email":true/],
    [['--set', 'data.email:=9007199254740993'], /"email":9007199254740993/],
    [['--set', 'data.email:=1.0', '--set', 'data.userId:=1e400'], /"email":1\.0,.*"userId":1e400/],
    [['--set', 'data.email:={"b":1.0,"a":[ 2 ]}'], /"email":\{"a":\[2\],"b":1\.0\}/],
    [['--set', 'data.email='], /"email":""/],
    [['--unset', 'data.email'], /"data":\{"organizationId":"org_\d+","userId":"usr_\d+"\}/],
    [['--unset', 'display_name'], /^(?!.*display_name)/],
    [['--add', 'data.name=Ada'], /"email":"[^"]+","name":"Ada","organizationId"/],
    [['--add', 'data.a.b:=1'], /"data":\{"a":\{"b":1\},/],
    [['--add', 'data."Order No."=7'], /"Order No\.":"7"/],
    [['--add', 'data.list:=[1]', '--add', 'data.list[1]:=2'], /"list":\[1,2\]/],
    [['--set', 'id=evt_mine'], /"id":"evt_mine"/],
    [['--set', 'type=user.imagined'], /"type":"user\.imagined"/],
    [['--unset', 'id'], /^(?!.*"id")/],
    [['--set', 'data.email=\u00e9 \ud83d\ude00'], /"email":"é 😀"/],
  ])('%j', async (args, pattern) => {
    const target = await httpTarget();
    const ran = await send(['user.created', ...args, '--to', target.url]);
    expect(ran).toMatchObject({ exitCode: 0 });
    const [message] = arrived(target);
    expect(message!.text).toMatch(pattern);
    expect(message!.verdict.verified).toBe(true);
  });

  it('the edited event is reported', async () => {
    const target = await httpTarget();
    const args = ['user.created', '--set', 'type=a.b', '--set', 'id=evt_mine', '--json', '--to', target.url];
    expect((await send(args)).facts[0]).toMatchObject({ event_type: 'a.b', event_id: 'evt_mine' });
  });

  it('apply only to the events that have the field', async () => {
    const target = await httpTarget();
    await send(['user.created', 'session.created', '--set', 'data.sessionId=ses_mine', '--to', target.url]);
    const [first, second] = arrived(target);
    expect(first!.text).not.toContain('ses_mine');
    expect(second!.text).toContain('"sessionId":"ses_mine"');
  });

  it('reach an array index', async () => {
    const target = await httpTarget();
    await send(['user.updated', '--set', 'data.changes[1]=phone', '--to', target.url]);
    expect(arrived(target)[0]!.text).toContain('"changes":["email","phone"]');
  });

  it.each([
    [['--set', 'data.emial=x'], 'no_such_field', /data\.emial\b.*\n {2}.*\bdata\.email\?\n/],
    [['--set', 'Data.email=x'], 'no_such_field', /Data\.email\b.*\n {2}.*\bdata\.email\?\n/],
    [['--unset', 'data.nothing.here'], 'no_such_field', /data\.nothing\.here\b[\s\S]*events <type>/],
    [['--set', 'data.email.x=1'], 'not_a_container', /--set .*data\.email\.x\b.*\n {2}data\.email .*string/],
    [['--add', 'data.email.x=1'], 'not_a_container', /--add .*data\.email\.x\b.*\n {2}data\.email .*string/],
    [['--add', 'data[0]=1'], 'not_a_container', /data\[0\].*\n {2}data .*object/],
    [['--add', 'data.email=x'], 'field_exists', /data\.email\b.*\n.*\n {2}fix: .*--set data\.email=…/],
    [
      ['--add', 'data.l:=[]', '--add', 'data.l[9]=x'],
      'no_such_index',
      /data\.l\[9\].*\n {2}data\.l .*length 0.*\n {2}fix: .*'data\.l\[0\]=…'/,
    ],
    [['--set', 'data.email'], 'invalid_edit', /"data\.email".*\n {2}.*path=text or path:=json/],
    [['--set', 'data.email:=x'], 'invalid_edit', /"data\.email:=x".*\n {2}.*:= .*JSON/],
    [['--set', '__proto__.x=1'], 'invalid_edit', /"__proto__\.x=1".*\n {2}.*__proto__.*\bprototype\b/],
    [
      ['--add', 'a.constructor.prototype.x=1'],
      'invalid_edit',
      /"a\.constructor\.p.*\n {2}.*__proto__, constructor/,
    ],
    [
      ['--unset', 'data.email=x'],
      'invalid_edit',
      /"data\.email=x".*\n {2}.*\bpath\b.*\n {2}fix: .*--unset data\.email\n/,
    ],
    [['--set', '=x'], 'invalid_edit', /"=x".*\n {2}.*\bpath\b.*\bvalue\b.*\bmissing\b/],
  ])('%j is rejected before anything is sent', async (args, code, names) => {
    const target = await httpTarget();
    const ran = await send(['user.created', ...args, '--to', target.url]);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`[${code}]`);
    expect(ran.stderr).toMatch(names);
    expect(target.requests).toEqual([]);
    expect(({} as Record<string, unknown>).x).toBeUndefined();
  });
});

/** Bodies that parsing and serializing JSON again would change. */
const bodies: [name: string, bytes: Buffer][] = [
  ['compact', Buffer.from('{"b":1,"a":2}')],
  ['pretty-printed', Buffer.from('{\n  "b": 1,\r\n\t"a": 2\n}\n')],
  ['1.0', Buffer.from('{"n":1.0,"e":1E+2}')],
  ['an escaped slash', Buffer.from('{"u":"https:\\/\\/example.com"}')],
  ['an escaped letter', Buffer.from('{"s":"\\u00e9"}')],
  ['an integer of 20 digits', Buffer.from('{"i":12345678901234567890}')],
  ['a byte order mark', Buffer.from('\ufeff{}')],
  ['invalid UTF-8', Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d])],
  ['an empty body', Buffer.alloc(0)],
  ['1 MB', Buffer.alloc(1_000_000, 'x')],
  ['__proto__', Buffer.from('{"__proto__":{"x":1},"a":1,"a":2}')],
];

describe('--body', () => {
  const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

  it.each(bodies)('%s arrives unchanged, from a file and from stdin, and verifies', async (_name, bytes) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'body'), bytes);
    const target = await httpTarget();
    expect(await send(['--body', '@body', '--to', target.url], { cwd })).toMatchObject({ exitCode: 0 });
    expect(await send(['--body', '-', '--to', target.url], { stdin: bytes })).toMatchObject({ exitCode: 0 });
    expect(target.requests.map(({ body }) => sha256(body))).toEqual([sha256(bytes), sha256(bytes)]);
    expect(arrived(target).map(({ verdict }) => verdict.verified)).toEqual([true, true]);
  });

  it('JSON on the command line is sent unchanged, and its type and id are reported', async () => {
    const target = await httpTarget();
    const body = '{ "type": "user.created", "id": "evt_1" }';
    const { facts } = await send(['--body', body, '--json', '--to', target.url]);
    expect(arrived(target)[0]!.text).toBe(body);
    expect(facts[0]).toMatchObject({ event_type: 'user.created', event_id: 'evt_1' });
    expect((await send(['--body', '[]', '--to', target.url])).stdout).toContain('(no event type)');
  });

  it.each([
    [['--body', '{}', 'user.created'], 'body_and_types'],
    [['--body', '{}', '--all'], 'body_and_types'],
    [['--body', '{}', '--set', 'a=1'], 'conflicting_flags'],
    [['--body', '{}', '--unset', 'a'], 'conflicting_flags'],
    [['--body', '{}', '--keep-id'], 'conflicting_flags'],
    [['user.created', '--fault', 'stale', '--age', '1m'], 'conflicting_flags'],
    [['user.created', '--fault', 'future', '--timestamp', '5'], 'conflicting_flags'],
    [['--body', 'event.json'], 'invalid_value'],
    [['--body', '@nothing.json'], 'unreadable_file'],
    [['--body', '@.'], 'unreadable_file'],
  ])('%j is rejected', async (args, code) => {
    const ran = await send(args);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`[${code}]`);
  });
});

describe('webhook-id and timestamp', () => {
  const stamps = async (...args: string[]) => {
    const target = await httpTarget();
    await send(['user.created', 'user.deleted', ...args, '--to', target.url]);
    return target.requests.map(({ headers }) => [
      headers['webhook-id'],
      Number(headers['webhook-timestamp']) - Math.floor(Date.now() / 1000),
    ]);
  };

  it('--webhook-id is the id of every message', async () => {
    expect((await stamps('--webhook-id', 'msg_mine')).map(([id]) => id)).toEqual(['msg_mine', 'msg_mine']);
  });

  it.each([
    ['--age', '10m', -600],
    ['--age', '-10m', 600],
    ['--age', '1d', -86_400],
  ])('%s %s', async (flag, value, seconds) => {
    for (const [, skew] of await stamps(flag, value))
      expect(Math.abs((skew as number) - seconds)).toBeLessThanOrEqual(1);
  });

  it.each(['1700000000', '2023-11-14T22:13:20Z', '2023-11-14T23:13:20.999+01:00'])(
    '--timestamp %s',
    async (value) => {
      const target = await httpTarget();
      await send(['user.created', '--timestamp', value, '--to', target.url]);
      expect(target.requests[0]!.headers['webhook-timestamp']).toBe('1700000000');
      const { body, headers } = arrived(target)[0]!;
      expect(verify({ headers, body }, own, 1_700_000_000_000).verified).toBe(true);
    },
  );

  it.each([
    [['--timestamp', '1700000000000'], 'invalid_value'],
    [['--timestamp', 'yesterday'], 'invalid_value'],
    [['--timestamp', '-5'], 'invalid_value'],
    [['--age', '10'], 'invalid_value'],
    [['--age', '1m', '--timestamp', '5'], 'conflicting_flags'],
    [['--webhook-id', 'a b'], 'invalid_value'],
    [['--webhook-id', ''], 'invalid_value'],
    [['--webhook-id', 'a\r\nb: c'], 'invalid_value'],
  ])('%j is rejected', async (args, code) => {
    const ran = await send(['user.created', ...args]);
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`[${code}]`);
    expect(ran.stderr).toContain(args[0]);
  });
});

describe('--dry-run and --print', () => {
  it('--print curl sends the same bytes as send for UTF-8 headers', async () => {
    const target = await httpTarget();
    const args = ['user.created', '--webhook-id', 'msg_é✓', '-H', 'x-name: é', '--to', target.url];
    await send(args);
    await promisify(execFile)('sh', ['-c', (await send([...args, '--print', 'curl'])).stdout]);
    expect(arrived(target).map(({ verdict }) => verdict.verified)).toEqual([true, true]);
    const [direct, pasted] = target.requests.map(({ headers }) => [headers['webhook-id'], headers['x-name']]);
    expect(pasted).toEqual(direct);
    expect(Buffer.from(String(pasted![0]), 'latin1').toString()).toBe('msg_é✓');
  });

  it('--print curl of a body that is too long for an argument', async () => {
    const target = await httpTarget();
    const body = JSON.stringify({ type: 'x', data: { text: 'y'.repeat(150_000) } });
    const { stdout } = await send(['--body', '-', '--print', 'curl', '--to', target.url], {
      stdin: Buffer.from(body),
    });
    await promisify(execFile)('sh', ['-c', '. ./line.sh'], { cwd: inFile(stdout) });
    expect(arrived(target)).toMatchObject([{ text: body, verdict: { verified: true } }]);
  });

  it('--dry-run prints the message and sends nothing', async () => {
    const target = await httpTarget();
    const { exitCode, stdout } = await send([
      'user.created',
      '--dry-run',
      '--webhook-id',
      'msg_1',
      '--to',
      `${target.url}?a=1`,
    ]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(
      /^POST \/webhook\?a=1 HTTP\/1\.1\nhost: 127\.0\.0\.1:\d+\ncontent-type: application\/json\nuser-agent: scalekit-hooks\nwebhook-id: msg_1\nwebhook-timestamp: \d+\nwebhook-signature: v1,\S{44}\ncontent-length: \d+\n\n\{"data".*\}\n\n$/,
    );
    expect(target.requests).toEqual([]);
  });

  it('--dry-run --json prints complete messages that verify', async () => {
    const { facts } = await send(['session.*', '--dry-run', '--json']);
    expect(facts.map(({ kind }) => kind)).toEqual(['message', 'message']);
    for (const { headers, body } of facts as { headers: [string, string][]; body: string }[]) {
      expect(verify({ headers, body: Buffer.from(body) }, own, Date.now()).verified).toBe(true);
    }
    const binary = await send(['--body', '-', '--dry-run', '--json'], { stdin: Buffer.from([0xff]) });
    expect(binary.facts[0]).toMatchObject({ body: null, body_base64: '/w==' });
  });

  it.each([
    ['an event', ['user.created', '--set', 'data.email=it\'s "q" $HOME `x` \\ %s']],
    ['UTF-8', ['user.created', '--set', 'data.email=é 😀']],
    ['newlines and a tab', ['--body', '{\n\t"type": "x",\r\n "a": 1.0 }\n']],
    ['a leading at sign', ['--body', '"@file"']],
    [
      'text that looks like a secret',
      ['user.created', '--set', 'data.email=https://user:pw@example.com/whsec_abcdef'],
    ],
    ['a URL with brackets and braces', ['user.created'], '?x=[1]&y={a,b}'],
  ])(
    '--print curl of %s: pasted into a shell, a verifying handler accepts it',
    async (_name, args, query = '') => {
      const handler = await startHandler('plain');
      const url = handler.url + query;
      const { stdout } = await send([...args, '--print', 'curl', '--to', url]);
      expect(stdout.startsWith('curl ') || stdout.startsWith('printf ')).toBe(true);
      const pasted = await promisify(execFile)('sh', ['-c', stdout]);
      expect(pasted.stdout.match(/^HTTP\/1\.1 200 /gm)).toHaveLength(1);
    },
  );
});
