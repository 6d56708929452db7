import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compareExplained, explain } from '../../../src/signature/explain/explain.ts';
import { changedMembers } from '../../../src/signature/explain/known-messages.ts';
import { readAnySecret, type Secret } from '../../../src/signature/secret.ts';
import { codesOf, explainSpoiled, messageId, secret, seenIn, signedAt } from '../../support/explaining.ts';
import { testSecret } from '../../support/memory-io.ts';
import { missing } from '../../support/system-parts.ts';

const time = '2026-03-21T22:14:00.452179686Z';
/** As Scalekit writes events: compact, in one line. */
const event =
  '{"data":{"attributes":{},"email":"zoe@example.com","groups":[],"name":"Zoë & Tom\'s <b>","url":"https://example.com/x"},' +
  `"id":"evt_1","occurred_at":"${time}","type":"organization.directory.user_created"}`;

type Change = [title: string, received: string | Buffer, code: string, signed?: string];

const inPlace = (from: string, to: string) => event.replaceAll(from, to);

const changes: Change[] = [
  ['gzip', gzipSync(event), 'body_compressed'],
  ['deflate', deflateSync(event), 'body_compressed'],
  ['brotli', brotliCompressSync(event), 'body_compressed'],
  ['hex', Buffer.from(event).toString('hex'), 'body_hex'],
  ['hex in upper case with \\x', `\\x${Buffer.from(event).toString('hex').toUpperCase()}`, 'body_hex'],
  [
    'one chunk size',
    `${Buffer.byteLength(event).toString(16)}\r\n${event}\r\n0\r\n\r\n`,
    'body_chunk_frames',
  ],
  [
    'two chunk sizes',
    `10\r\n${event.slice(0, 16)}\r\n${(Buffer.byteLength(event) - 16).toString(16)}\r\n${event.slice(16)}\r\n0\r\n\r\n`,
    'body_chunk_frames',
  ],
  ['+00:00 for Z', inPlace(time, '2026-03-21T22:14:00.452179686+00:00'), 'times_rewritten'],
  [
    'zeros added to a fraction',
    inPlace(time, '2026-03-21T22:14:00.450000Z'),
    'times_rewritten',
    inPlace(time, '2026-03-21T22:14:00.45Z'),
  ],
  [
    'zeros removed from a fraction',
    inPlace(time, '2026-03-21T22:14:00.45Z'),
    'times_rewritten',
    inPlace(time, '2026-03-21T22:14:00.450Z'),
  ],
  [
    '.000 added',
    inPlace(time, '2026-03-21T22:14:00.000Z'),
    'times_rewritten',
    inPlace(time, '2026-03-21T22:14:00Z'),
  ],
  ['microseconds', inPlace(time, '2026-03-21T22:14:00.452179Z'), 'times_lost_digits'],
  ['microseconds and +00:00', inPlace(time, '2026-03-21T22:14:00.452179+00:00'), 'times_lost_digits'],
  ['.NET ticks', inPlace(time, '2026-03-21T22:14:00.4521796Z'), 'times_lost_digits'],
  ['{} as []', inPlace('{}', '[]'), 'empty_object_as_list'],
  [
    'HTML entities everywhere',
    event
      .replaceAll('&', '&amp;')
      .replaceAll('"', '&quot;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll("'", '&#39;'),
    'html_escaped',
  ],
  [
    'HTML entities in values',
    event.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll("'", '&#x27;'),
    'html_escaped',
  ],
  ['escaped quotation marks', event.replaceAll('"', '\\"'), 'quotes_escaped'],
  ['printed Python bytes', `b'${event.replace('ë', '\\xc3\\xab').replaceAll("'", "\\'")}'`, 'body_printed'],
  [
    'JSON with single quotation marks',
    "{'id':'evt_1','none':null}",
    'body_printed',
    '{"id":"evt_1","none":null}',
  ],
  ['an object inside another', `{"source":"relay","payload":${event}}`, 'body_in_envelope'],
  ['an object two levels deep', `{"detail":{"version":1,"event":${event}}}`, 'body_in_envelope'],
  ['a list of one', `[${event}]`, 'body_in_envelope'],
  ['composed text', event, 'text_normalized', event.normalize('NFD')],
  ['decomposed text', event.normalize('NFD'), 'text_normalized'],
  ['a member at the end', event.replace(/\}$/, ',"webhook":{"id":"evt_1"}}'), 'member_added'],
  ['a member at the start', event.replace('{', '{"controller":"webhooks",'), 'member_added'],
  ['the end is missing, in the type', event.slice(0, -5), 'body_truncated'],
  ['the end is missing, after the type', event.slice(0, -1), 'body_truncated'],
  [
    'a Python dict',
    "{'data': {'ok': True, 'none': None, 'name': \"Tom's\"}, 'id': 'evt_1'}",
    'body_printed',
    '{"data":{"ok":true,"none":null,"name":"Tom\'s"},"id":"evt_1"}',
  ],
  [
    'a Ruby hash',
    '{"data"=>{"ok"=>true, "none"=>nil}, "id"=>"evt_1"}',
    'body_printed',
    '{"data":{"ok":true,"none":null},"id":"evt_1"}',
  ],
  ['a short printed Buffer', '<Buffer 7b 22 69 64 22 3a 31 7d>', 'body_printed', '{"id":1}'],
];

describe('a body that was changed on its way', () => {
  it.each(changes)('%s', (_title, received, code, signed = event) => {
    const found = explainSpoiled(signed, { received });
    expect(
      codesOf(found).map((codes) => codes.filter((each, index) => codes.indexOf(each) === index)),
    ).toEqual([[code]]);
  });

  it('two changes: PHP writes {} as [] and escapes slashes', () => {
    const received = inPlace('{}', '[]').replaceAll('/', '\\/');
    expect(codesOf(explainSpoiled(event, { received })).map((codes) => codes.sort())).toEqual([
      ['body_reserialized', 'empty_object_as_list'],
    ]);
  });

  it('a small body that decompresses to gigabytes takes no more than its limit', () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000));
    expect(codesOf(explainSpoiled(event, { received: bomb }))).toEqual([]);
  });
});

describe.skipIf(missing('python') !== undefined)('bodies that Python changed', () => {
  const python = (code: string) => {
    const { stdout, stderr } = spawnSync(
      '/usr/bin/python3',
      ['-c', `import json, sys, datetime\nevent = json.load(sys.stdin)\n${code}`],
      { input: event, encoding: 'utf8', env: { ...process.env, PYTHONIOENCODING: 'utf-8' } },
    );
    expect(stderr).toBe('');
    return stdout;
  };

  it('print of a dict', () => {
    expect(codesOf(explainSpoiled(event, { received: python('sys.stdout.write(str(event))') }))).toEqual([
      ['body_printed'],
    ]);
  });

  it('a datetime', () => {
    const received = python(
      'moment = datetime.datetime.fromisoformat(event["occurred_at"][:26])\nevent["occurred_at"] = moment.isoformat() + "+00:00"\nsys.stdout.write(json.dumps(event, separators=(",", ":"), ensure_ascii=False))',
    );
    expect(codesOf(explainSpoiled(event, { received }))[0]).toEqual(['times_lost_digits']);
  });
});

describe.skipIf(missing('php') !== undefined)('bodies that PHP changed', () => {
  it.each([
    ['0', ['body_reserialized', 'empty_object_as_list']],
    ['JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE', ['empty_object_as_list']],
  ])('json_encode(json_decode(…, true), %s)', (flags, expected) => {
    const code = `echo json_encode(json_decode(stream_get_contents(STDIN), true), ${flags});`;
    const { stdout } = spawnSync('php', ['-r', code], { input: event, encoding: 'utf8' });
    expect(codesOf(explainSpoiled(event, { received: stdout })).map((codes) => codes.sort())).toEqual([
      expected,
    ]);
  });

  it('htmlspecialchars', () => {
    const { stdout } = spawnSync('php', ['-r', 'echo htmlspecialchars(stream_get_contents(STDIN));'], {
      input: event,
      encoding: 'utf8',
    });
    expect(codesOf(explainSpoiled(event, { received: stdout }))).toEqual([['html_escaped']]);
  });
});

describe('a body that cannot be restored', () => {
  it.each<[string, string | Buffer, string[]]>([
    ['a printed Buffer', '<Buffer 7b 22 64 61 74 61 22 3a 7b ... 38 more bytes>', ['body_printed']],
    ['a printed PHP array', 'Array\n(\n    [id] => evt_1\n)\n', ['body_printed']],
    ['a printed Java map', '{data={id=usr_1}, id=evt_1}', ['body_printed']],
    ['a printed JavaScript object', "{ data: { id: 'usr_1' }, id: 'evt_1' }", ['body_printed']],
    ['a body that is cut off', event.slice(0, 60), ['body_truncated']],
    ['compressed, and cut off', gzipSync(event).subarray(0, 40), ['body_compressed']],
    ['no JSON', 'hello', ['body_not_json']],
    [
      'question marks in a name',
      inPlace('Zoë', 'Zo?a').replace(time, '2026-03-21T22:14:00.452179686Z'),
      ['question_marks'],
    ],
    ['milliseconds', inPlace(time, '2026-03-21T22:14:00.452Z'), ['times_shortened']],
  ])('%s', (_title, received, expected) => {
    const found = explainSpoiled(event, { received });
    expect(codesOf(found)).toEqual([]);
    expect(seenIn(found)).toEqual(expected);
  });

  it.each([event, '\n<!-- rendered in 3 ms -->'])('a body with %s after its JSON names the place', (more) => {
    const received = event + more;
    expect(explainSpoiled(event, { received }).observations).toMatchObject([
      { code: 'body_not_json', details: { end: Buffer.byteLength(event), more: Buffer.byteLength(more) } },
    ]);
  });

  it('a cut-off body names its declared length', () => {
    const headers = (signature: string): [string, string][] => [
      ['webhook-id', messageId],
      ['webhook-timestamp', String(signedAt)],
      ['webhook-signature', signature],
      ['content-length', '512'],
    ];
    const { observations } = explainSpoiled(event, { received: event.slice(0, 60), headers });
    expect(observations).toContainEqual({ code: 'body_truncated', details: { bytes: 60, of: 512 } });
  });

  it('an ordinary body gets no such remark: the cause is unknown', () => {
    expect(seenIn(explainSpoiled(event, { key: Buffer.alloc(24, 7) }))).toEqual([]);
  });
});

describe('what hides the cause', () => {
  it.each(['v1,***', '[REDACTED]', '[Filtered]', 'v1,abcdef...1OJ='])('a masked signature: %s', (text) => {
    expect(seenIn(explainSpoiled(event, { write: () => text }))).toContain('signature_masked');
  });

  it('text before the prefix of the secret', () => {
    const given = readAnySecret(`SCALEKIT_WEBHOOK_SECRET=${testSecret}`) as Secret;
    const [signed] = [explainSpoiled(event)];
    expect(signed.verdict.verified).toBe(true);
    let headers: [string, string][] = [];
    explainSpoiled(event, {
      headers: (signature) => {
        headers = [
          ['webhook-id', messageId],
          ['webhook-timestamp', String(signedAt)],
          ['webhook-signature', signature],
        ];
        return headers;
      },
    });
    const found = explain({ headers, body: Buffer.from(event) }, [given], signedAt * 1000);
    expect(codesOf(found)).toEqual([['secret_with_more_text']]);
  });

  it('the prefix of the secret was removed by its characters, as lstrip of Python does', () => {
    // After whsec_, it begins with two of these characters, and then an A.
    const given = readAnySecret('whsec_shA7FsBQIhrscChlQIMV+b5sSYspob7o') as Secret;
    const stripped = Buffer.from('A7FsBQIhrscChlQIMV+b5sSYspob7o', 'base64');
    const signed = createHmac('sha256', stripped)
      .update(`${messageId}.${signedAt}.${event}`)
      .digest('base64');
    const headers: [string, string][] = [
      ['webhook-id', messageId],
      ['webhook-timestamp', String(signedAt)],
      ['webhook-signature', `v1,${signed}`],
    ];
    const { findings } = explain({ headers, body: Buffer.from(event) }, [given], signedAt * 1000);
    expect(findings.map(({ changes }) => changes)).toEqual([
      [{ code: 'secret_cut', details: { removed: 'each of its characters' } }],
    ]);
  });

  it.each([
    ['a bracket is missing inside', event.replace('[]', '[')],
    ['a piece is repeated', event.slice(0, 100) + event.slice(50)],
  ])('%s: not cut off', (_title, received) => {
    expect(seenIn(explainSpoiled(event, { received }))).toEqual(['body_not_json']);
  });

  it.each(['…', '... (211 more bytes)', '<truncated>'])('cut off with a mark: %s', (mark) => {
    const { observations } = explainSpoiled(event, { received: event.slice(0, 60) + mark });
    expect(observations).toEqual([{ code: 'body_truncated', details: { bytes: 60 } }]);
  });
});

describe('a timestamp of another second', () => {
  it.each([1, -2, 299, -300])('%i s', (seconds) => {
    const signedText = `${messageId}.${signedAt + seconds}.${event}`;
    expect(codesOf(explainSpoiled(event, { signedText }))).toEqual([['timestamp_off']]);
  });
});

describe('compared with verified messages of the same event', () => {
  const verified = (): Parameters<typeof explain>[0] => {
    let made: [string, string][] = [];
    explainSpoiled(event, {
      headers: (signature) => {
        made = [
          ['webhook-id', messageId],
          ['webhook-timestamp', String(signedAt)],
          ['webhook-signature', signature],
        ];
        return made;
      },
    });
    return { headers: made, body: Buffer.from(event) };
  };
  const known = verified();
  const find = (message: Parameters<typeof explain>[0], others = [known]) =>
    compareExplained(explain(message, [secret], signedAt * 1000), message, others, [secret]).findings.map(
      ({ changes }) => changes,
    );

  it('a changed value is named', () => {
    const body = Buffer.from(inPlace('zoe@example.com', 'eve@example.com'));
    expect(find({ ...known, body })).toEqual([
      [{ code: 'body_changed', details: { members: 'data.email', count: 1 } }],
    ]);
  });

  it('a changed id, and a changed id and body', () => {
    const headers = known.headers.map(([name, value]): [string, string] => [
      name,
      name === 'webhook-id' ? 'msg_other' : value,
    ]);
    expect(find({ ...known, headers }).map((changes) => changes.map(({ code }) => code))).toEqual([
      ['id_changed'],
    ]);
    const body = Buffer.from(inPlace('evt_1', 'evt_2'));
    expect(find({ headers, body }).map((changes) => changes.map(({ code }) => code))).toEqual([
      ['body_changed', 'id_changed'],
    ]);
  });

  it('a forgery of the same second proves nothing, with another body, id and signature', () => {
    const replaced: Record<string, string> = { 'webhook-id': 'msg_other', 'webhook-signature': 'v1,AAAA' };
    const headers = known.headers.map(([name, value]): [string, string] => [name, replaced[name] ?? value]);
    const body = Buffer.from(inPlace('zoe@example.com', 'eve@example.com'));
    expect(find({ headers, body })).toEqual([]);
    const sameBody = find({ headers, body: known.body }).map((changes) => changes.map(({ code }) => code));
    expect(sameBody).toEqual([['id_changed', 'signature_changed']]);
  });

  it('a message about another event proves nothing', () => {
    const body = Buffer.from(inPlace('zoe@example.com', 'eve@example.com'));
    expect(find({ ...known, body }, [{ ...known, body: Buffer.from('{"id":"evt_3"}') }])).toEqual([]);
  });

  it.each([
    ['{"a":1,"b":[{"c":2}]}', '{"a":1,"b":[{"c":3}]}', ['b[0].c']],
    ['{"a":1}', '{"a":1,"x":2}', ['x']],
    ['{"a":{"b":1}}', '{"a":5}', ['a']],
    ['{"a":null}', '{"a":null}', []],
  ])('%s and %s', (before, after, expected) => {
    expect(changedMembers(JSON.parse(before), JSON.parse(after))).toEqual(expected);
  });
});
