import { createHash, createHmac } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  codesOf,
  explainSpoiled,
  messageId,
  rightKey,
  type Spoiling,
  seenIn,
  signedAt,
} from '../../support/explaining.ts';
import { testSecret } from '../../support/memory-io.ts';

/** Compact, keys in alphabetical order, with the characters that JSON writers escape differently. */
const wire =
  '{"data":{"email":"zoë@example.com","list":[1,{}],"note":"a/b <i> & \'c\'"},"id":"evt_1","type":"user.created"}';
const [before, after] = testSecret.split('_') as [string, string];
const text = (...parts: (string | number)[]) => parts.join('');
const base64 = (digest: Buffer) => digest.toString('base64');

interface Row extends Spoiling {
  readonly body?: string | Buffer;
}

/** One row per hypothesis: the tampered message, and the exact codes that must be found. */
const rows: Record<string, [Row, string[]]> = {
  // The body
  'an editor added a newline': [{ received: `${wire}\n` }, ['newline_added']],
  'an editor on Windows added a CRLF': [{ received: `${wire}\r\n` }, ['newline_added']],
  'a newline was signed and lost': [{ body: `${wire}\n`, received: wire }, ['newline_lost']],
  'curl -d removed the newlines': [
    { body: '{\n  "a": [\n    1\n  ],\n  "b": "é"\n}\n', received: '{  "a": [    1  ],  "b": "é"}' },
    ['newlines_removed'],
  ],
  'a CRLF was signed and lost': [{ body: `${wire}\r\n`, received: wire }, ['newline_lost']],
  'a byte order mark was added': [{ received: `\ufeff${wire}` }, ['bom_added']],
  'a byte order mark was lost': [{ body: `\ufeff${wire}`, received: wire }, ['bom_lost']],
  'line feeds became CRLF': [{ body: '{\n"a":1\n}', received: '{\r\n"a":1\r\n}' }, ['newlines_to_crlf']],
  'CRLF became line feeds': [{ body: '{\r\n"a":1\r\n}', received: '{\n"a":1\n}' }, ['newlines_to_lf']],
  'whitespace was added around it': [{ body: 'a=b', received: '  a=b \n' }, ['whitespace_around_body']],
  'UTF-8 was read as latin1': [
    { received: Buffer.from(Buffer.from(wire).toString('latin1')) },
    ['charset_encoded_twice'],
  ],
  'UTF-8 was read as windows-1252': [
    { body: '{"a":"€ – ”"}', received: '{"a":"â‚¬ â€“ â€\x9d"}' },
    ['charset_encoded_twice'],
  ],
  'it was sent as latin1': [{ received: Buffer.from(wire, 'latin1') }, ['charset_latin1']],
  'it was signed as latin1': [{ body: Buffer.from(wire, 'latin1'), received: wire }, ['charset_latin1']],
  'it arrived in base64': [{ received: Buffer.from(wire).toString('base64') }, ['body_base64']],
  'it ends in NUL bytes': [{ received: `${wire}\0\0\0` }, ['nul_added']],
  'it was compressed, and arrived in base64': [
    { received: gzipSync(wire).toString('base64') },
    ['body_base64', 'body_compressed'],
  ],
  'it was stringified three times': [
    { received: JSON.stringify(JSON.stringify(wire)) },
    ['body_in_string', 'body_in_string'],
  ],
  'it was stringified twice': [{ received: JSON.stringify(wire) }, ['body_in_string']],
  'it was indented with 2 spaces': [
    { received: JSON.stringify(JSON.parse(wire), null, 2) },
    ['body_reserialized'],
  ],
  'it was indented with 4 spaces': [
    { received: JSON.stringify(JSON.parse(wire), null, 4) },
    ['body_reserialized'],
  ],
  'it was indented with tabs, and a newline was added': [
    { received: `${JSON.stringify(JSON.parse(wire), null, '\t')}\n` },
    ['body_reserialized'],
  ],
  'it was signed with an indent of 2 spaces': [
    { body: '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": "é"\n}', received: '{"a":[1,{}],"b":"é"}' },
    ['body_reserialized'],
  ],
  'it was signed with an indent of 4 spaces and a newline': [
    { body: '{\n    "a": [\n        1\n    ]\n}\n', received: '{"a":[1]}' },
    ['body_reserialized'],
  ],
  'it was signed with an indent of tabs': [
    { body: '{\n\t"a": {\n\t\t"b": 1\n\t}\n}', received: '{"a":{"b":1}}' },
    ['body_reserialized'],
  ],
  'it was signed with spaces inside brackets': [
    { body: '{ "a": [ 1, {} ], "b": 2 }', received: '{"a":[1,{}],"b":2}' },
    ['body_reserialized'],
  ],
  'it was signed with a space after each colon': [
    { body: '{"a": [1,{}],"b": 2}', received: '{"a":[1,{}],"b":2}' },
    ['body_reserialized'],
  ],
  'Jackson signed it, indented': [
    {
      body: '{\n  "a" : [ 1, {\n    "b" : [ ]\n  } ],\n  "c" : { }\n}',
      received: '{"a":[1,{"b":[]}],"c":{}}',
    },
    ['body_reserialized'],
  ],
  'it was signed indented, with CRLF line endings': [
    { body: '{\r\n  "a": 1\r\n}', received: '{"a":1}' },
    ['body_reserialized'],
  ],
  'it was signed indented with a byte order mark, and arrived compact without': [
    { body: '\ufeff{\n  "a": 1\n}', received: '{"a":1}' },
    ['body_reserialized', 'bom_lost'],
  ],
  'json.dumps wrote it': [
    {
      received:
        '{"data": {"email": "zo\\u00eb@example.com", "list": [1, {}], "note": "a/b <i> & \'c\'"}, "id": "evt_1", "type": "user.created"}',
    },
    ['body_reserialized'],
  ],
  'json.dumps signed it': [
    { body: '{"a": 1, "b": "\\u00e9 \\ud83d\\ude00"}', received: '{"a":1,"b":"é 😀"}' },
    ['body_reserialized'],
  ],
  'json.dumps with ensure_ascii=False signed it': [
    { body: '{"a": 1, "b": ["é", {}]}', received: '{"a":1,"b":["é",{}]}' },
    ['body_reserialized'],
  ],
  'Go signed it, with its escapes': [
    { body: '{"a":"\\u003ci\\u003e \\u0026"}', received: '{"a":"<i> &"}' },
    ['body_reserialized'],
  ],
  'Go wrote it, with its escapes': [
    { body: '{"a":"<i> &"}', received: '{"a":"\\u003ci\\u003e \\u0026"}' },
    ['body_reserialized'],
  ],
  'Go signed it, keys in alphabetical order': [
    { body: '{"a":{"c":1,"d":2},"b":3}', received: '{"b":3,"a":{"d":2,"c":1}}' },
    ['body_reserialized'],
  ],
  'PHP signed it, with \\/ and \\u': [
    { body: '{"a":"x\\/y \\u00e9"}', received: '{"a":"x/y é"}' },
    ['body_reserialized'],
  ],
  'slashes were escaped': [{ body: '{"a":"x/y"}', received: '{"a":"x\\/y"}' }, ['body_reserialized']],
  'it was signed with upper-case escapes': [
    { body: '{"a":"\\u00E9"}', received: '{"a":"é"}' },
    ['body_reserialized'],
  ],
  'Gson signed it': [{ body: '{"a":"x\\u003dy\\u0027"}', received: '{"a":"x=y\'"}' }, ['body_reserialized']],
  '.NET signed it': [
    { body: '{"a":"\\u0022\\u002B\\u00E9"}', received: '{"a":"\\"+é"}' },
    ['body_reserialized'],
  ],
  'numbers are kept when spaces were added': [
    {
      body: '{"a":1.0,"b":12345678901234567890,"c":1e400}',
      received: '{ "a": 1.0, "b": 12345678901234567890, "c": 1e400 }',
    },
    ['body_reserialized'],
  ],
  'it was sent as UTF-16': [{ received: Buffer.from(wire, 'utf16le') }, ['charset_utf16']],
  'it arrived inside an AWS Lambda event': [
    { received: JSON.stringify({ version: '2.0', body: wire, isBase64Encoded: false }) },
    ['body_in_envelope'],
  ],
  'it arrived inside an AWS Lambda event in base64': [
    { received: JSON.stringify({ body: Buffer.from(wire).toString('base64'), isBase64Encoded: true }) },
    ['body_in_envelope'],
  ],
  'it arrived as a Buffer in JSON': [{ received: JSON.stringify(Buffer.from(wire)) }, ['body_as_byte_list']],
  'it was sent as a form': [
    { received: new URLSearchParams({ payload: wire }).toString() },
    ['body_urlencoded'],
  ],
  '[object Object] was signed': [
    { signedText: text(messageId, '.', signedAt, '.[object Object]') },
    ['body_lost_when_signed'],
  ],
  'an empty body was signed': [
    { signedText: text(messageId, '.', signedAt, '.') },
    ['body_lost_when_signed'],
  ],
  'JSON.stringify of the string was signed': [
    { signedText: text(messageId, '.', signedAt, '.', JSON.stringify(wire)) },
    ['body_stringified_when_signed'],
  ],
  'base64 of the body was signed': [
    { signedText: text(messageId, '.', signedAt, '.', Buffer.from(wire).toString('base64')) },
    ['body_digest_signed'],
  ],
  'a hash of the body was signed': [
    { signedText: text(messageId, '.', signedAt, '.', createHash('sha256').update(wire).digest('hex')) },
    ['body_digest_signed'],
  ],
  "Python's b'' was signed": [
    { body: '{"a":"b\\n\u00e9"}', signedText: `${messageId}.${signedAt}.b'{"a":"b\\\\n\\xc3\\xa9"}'` },
    ['body_repr_signed'],
  ],
  // The secret
  'the secret as text': [{ key: after }, ['secret_as_text']],
  'the whole secret as text': [{ key: testSecret }, ['secret_with_prefix']],
  'the secret in quotation marks': [{ key: `"${testSecret}"` }, ['secret_quoted']],
  'the secret with a newline': [{ key: `${testSecret}\n` }, ['secret_with_whitespace']],
  'the secret without its prefix, with a newline': [{ key: `${after}\n` }, ['secret_with_whitespace']],
  'the prefix was decoded, too': [
    { key: Buffer.from(`${before}_${after}`, 'base64') },
    ['secret_prefix_decoded'],
  ],
  'one character of the prefix stayed': [{ key: Buffer.from(`_${after}`, 'base64') }, ['secret_cut']],
  'one character too many was removed': [{ key: Buffer.from(after.slice(1), 'base64') }, ['secret_cut']],
  'the other base64 alphabet': [
    { key: Buffer.from(after.replaceAll(/[+/]/g, ''), 'base64') },
    ['secret_base64url'],
  ],
  'a secret that was not set': [{ key: 'undefined' }, ['secret_not_set']],
  'the decoded secret as a string': [{ key: rightKey.toString() }, ['secret_decoded_to_text']],
  'the decoded secret as hex': [{ key: rightKey.toString('hex') }, ['secret_decoded_to_text']],
  'an empty key': [{ key: '' }, ['secret_empty_key']],
  // The signed text
  'without the id': [{ signedText: text(signedAt, '.', wire) }, ['parts_omitted']],
  'without the timestamp': [{ signedText: text(messageId, '.', wire) }, ['parts_omitted']],
  'the body alone': [{ signedText: wire }, ['parts_omitted']],
  'id and timestamp swapped': [
    { signedText: text(signedAt, '.', messageId, '.', wire) },
    ['parts_reordered'],
  ],
  'the body first, without id': [
    { signedText: text(wire, '.', signedAt) },
    ['parts_omitted', 'parts_reordered'],
  ],
  'joined by a colon': [
    { signedText: text(messageId, ':', signedAt, ':', wire) },
    ['parts_joined_differently'],
  ],
  'joined by nothing': [{ signedText: text(messageId, signedAt, wire) }, ['parts_joined_differently']],
  'joined by line feeds': [
    { signedText: text(messageId, '\n', signedAt, '\n', wire) },
    ['parts_joined_differently'],
  ],
  "the event's own id": [{ signedText: text('evt_1.', signedAt, '.', wire) }, ['event_id_for_webhook_id']],
  'an id that was not set': [{ signedText: text('undefined.', signedAt, '.', wire) }, ['part_not_set']],
  'a timestamp that was not set': [{ signedText: text(messageId, '.None.', wire) }, ['part_not_set']],
  'SHA-1': [{ hash: 'sha1' }, ['other_hash']],
  'SHA-512': [{ hash: 'sha512' }, ['other_hash']],
  'SHA-384': [{ hash: 'sha384' }, ['other_hash']],
  MD5: [{ hash: 'md5' }, ['other_hash']],
  // How the signature is written
  'in hex': [{ write: (digest) => `v1,${digest.toString('hex')}` }, ['signature_hex']],
  'in upper-case hex': [
    { write: (digest) => `v1,${digest.toString('hex').toUpperCase()}` },
    ['signature_hex'],
  ],
  'base64 without padding': [
    { write: (digest) => `v1,${base64(digest).slice(0, -1)}` },
    ['signature_unpadded'],
  ],
  'base64 of the hex digest': [
    { write: (digest) => `v1,${Buffer.from(digest.toString('hex')).toString('base64')}` },
    ['signature_hex_in_base64'],
  ],
  'without v1,': [{ write: base64 }, ['signature_without_version']],
  'a space after v1,': [{ write: (digest) => `v1, ${base64(digest)}` }, ['signature_label']],
  'twice, without a separator': [
    { write: (digest) => `v1,${base64(digest)}${base64(digest)}` },
    ['signature_tail'],
  ],
  'in a JSON array': [{ write: (digest) => `["v1,${base64(digest)}"]` }, ['header_listed']],
  'v1= instead of v1,': [{ write: (digest) => `v1=${base64(digest)}` }, ['signature_label']],
  'sha256= before it': [{ write: (digest) => `sha256=${base64(digest)}` }, ['signature_label']],
  'two headers joined by a comma': [
    { write: (digest) => `v1,${base64(digest)}, v1,${base64(Buffer.alloc(32))}` },
    ['signature_separator'],
  ],
  'text right after it': [{ write: (digest) => `v1,${base64(digest)},extra` }, ['signature_tail']],
  'percent-encoded': [
    { write: (digest) => `v1,${encodeURIComponent(base64(digest))}` },
    ['signature_percent_encoded'],
  ],
  'in lower case': [{ write: (digest) => `v1,${base64(digest).toLowerCase()}` }, ['signature_lower_case']],
  'half of it': [{ write: (digest) => `v1,${base64(digest).slice(0, 22)}` }, ['signature_truncated']],
  'in quotation marks': [{ write: (digest) => `"v1,${base64(digest)}"` }, ['header_quoted']],
  // Time
  'milliseconds in header and signed text': [
    {
      signedText: text(messageId, '.', signedAt, '123.', wire),
      headers: (signature) => stamped(signature, `${signedAt}123`),
    },
    ['timestamp_milliseconds'],
  ],
  'milliseconds in the header only': [
    { headers: (signature) => stamped(signature, `${signedAt}123`) },
    ['timestamp_milliseconds'],
  ],
  'milliseconds in the signed text, whole seconds in the header': [
    { signedText: text(messageId, '.', signedAt, '427.', wire) },
    ['timestamp_milliseconds'],
  ],
  'seconds times 1000 in the signed text only': [
    { signedText: text(messageId, '.', signedAt, '000.', wire) },
    ['timestamp_milliseconds'],
  ],
  nanoseconds: [{ headers: (signature) => stamped(signature, `${signedAt}123456789`) }, ['timestamp_finer']],
  'a fraction of a second': [
    {
      signedText: text(messageId, '.', signedAt, '.25.', wire),
      headers: (signature) => stamped(signature, `${signedAt}.25`),
    },
    ['timestamp_fraction'],
  ],
  'a date': [
    {
      signedText: text(messageId, '.2026-11-22T15:06:40Z.', wire),
      headers: (signature) => stamped(signature, '2026-11-22T15:06:40Z'),
    },
    ['timestamp_date'],
  ],
  'a date in the header only': [
    { headers: (signature) => stamped(signature, 'Sun, 22 Nov 2026 15:06:40 GMT') },
    ['timestamp_date'],
  ],
  'a sign before it': [{ headers: (signature) => stamped(signature, `+${signedAt}`) }, ['timestamp_padded']],
  'a space before it': [{ headers: (signature) => stamped(signature, ` ${signedAt}`) }, ['timestamp_padded']],
  'a date without a zone, which is UTC': [
    { headers: (signature) => stamped(signature, '2026-11-22T15:06:40') },
    ['timestamp_date'],
  ],
  'two timestamps joined': [
    { headers: (signature) => stamped(signature, `${signedAt}, ${signedAt}`) },
    ['header_joined'],
  ],
  // Headers
  'svix-* headers': [{ headers: prefixed('svix-') }, ['other_header_names']],
  'interceptor-* headers': [{ headers: prefixed('interceptor-') }, ['other_header_names']],
  'x-webhook-* headers': [{ headers: prefixed('X-Webhook-') }, ['other_header_names']],
  'CGI header names': [{ headers: prefixed('HTTP_WEBHOOK_', '_') }, ['other_header_names']],
  'scalekit-signature': [
    {
      headers: (signature) => [
        ['webhook-id', messageId],
        ['webhook-timestamp', String(signedAt)],
        ['scalekit-signature', signature],
      ],
    },
    ['other_header_names'],
  ],
  'each header twice, with the same value': [
    {
      headers: (signature) => [
        ...stamped(signature, String(signedAt)),
        ...stamped(signature, String(signedAt)),
      ],
    },
    ['header_repeated'],
  ],
  'an empty header before the right one': [
    { headers: (signature) => [['webhook-id', ''], ...stamped(signature, String(signedAt))] },
    ['header_repeated'],
  ],
  'headers in camel case': [
    {
      headers: (signature) => [
        ['webhookId', messageId],
        ['webhookTimestamp', String(signedAt)],
        ['webhookSignature', signature],
      ],
    },
    ['other_header_names'],
  ],
  'a header with the name signature': [
    { headers: (signature) => [...stamped('', String(signedAt)).slice(0, 2), ['signature', signature]] },
    ['other_header_names'],
  ],
  'an id that arrived twice': [
    { headers: (signature) => [['webhook-id', 'msg_other'], ...stamped(signature, String(signedAt))] },
    ['header_repeated'],
  ],
  'an id in quotation marks': [
    {
      headers: (signature) => [
        ['webhook-id', `"${messageId}"`],
        ...stamped(signature, String(signedAt)).slice(1),
      ],
    },
    ['header_quoted'],
  ],
  'an id as a list': [
    {
      headers: (signature) => [
        ['webhook-id', `['${messageId}']`],
        ...stamped(signature, String(signedAt)).slice(1),
      ],
    },
    ['header_listed'],
  ],
  'a timestamp as a list': [
    {
      headers: (signature) => [...stamped(signature, `[${signedAt}]`)],
    },
    ['header_listed'],
  ],
  // Several at once
  'indented, and in hex': [
    {
      received: JSON.stringify(JSON.parse(wire), null, 2),
      write: (digest) => `v1,${digest.toString('hex')}`,
    },
    ['body_reserialized', 'signature_hex'],
  ],
  'as an old page documents: t=…,v1=hex over time.body with the secret as text': [
    {
      key: testSecret,
      signedText: text(signedAt, '.', wire),
      write: (digest) => `t=${signedAt},v1=${digest.toString('hex')}`,
      headers: (signature) => [['scalekit-signature', signature]],
    },
    ['other_header_names', 'parts_omitted', 'secret_with_prefix', 'signature_hex', 'signature_label'],
  ],
};

function stamped(signature: string, timestamp: string): [string, string][] {
  return [
    ['webhook-id', messageId],
    ['webhook-timestamp', timestamp],
    ['webhook-signature', signature],
  ];
}

function prefixed(prefix: string, joint = '') {
  const name = (part: string) => prefix + (joint ? part.toUpperCase() : part);
  return (signature: string): [string, string][] => [
    [name('id'), messageId],
    [name('timestamp'), String(signedAt)],
    [name('signature'), signature],
  ];
}

describe('each common mistake is found, and nothing else', () => {
  it.each(Object.entries(rows))('%s', (_name, [{ body = wire, ...tampering }, codes]) => {
    const explanation = explainSpoiled(body, tampering);
    expect(explanation.verdict.verified).toBe(false);
    expect(codesOf(explanation).map((found) => [...found].sort())).toEqual([[...codes].sort()]);
  });

  it('+ that became a space', () => {
    // One of the first few bodies has a signature with a +.
    const body = Array.from({ length: 50 }, (_, index) => `{"n":${index}}`).find((candidate) =>
      createHmac('sha256', rightKey)
        .update(`${messageId}.${signedAt}.${candidate}`)
        .digest('base64')
        .includes('+'),
    )!;
    const explanation = explainSpoiled(body, {
      write: (digest) => `v1,${base64(digest).replaceAll('+', ' ')}`,
    });
    expect(codesOf(explanation)).toEqual([['signature_plus_lost']]);
  });

  it('base64url', () => {
    const body = Array.from({ length: 50 }, (_, index) => `{"n":${index}}`).find((candidate) =>
      /[+/]/.test(
        createHmac('sha256', rightKey).update(`${messageId}.${signedAt}.${candidate}`).digest('base64'),
      ),
    )!;
    const explanation = explainSpoiled(body, { write: (digest) => `v1,${digest.toString('base64url')}` });
    expect(codesOf(explanation)).toEqual([['signature_base64url']]);
  });
});

describe('observations without a matching signature', () => {
  const rows: Record<string, [Spoiling & { body?: string }, string[]]> = {
    'two hours old': [{ now: signedAt + 7200 }, ['too_old', 'time_zone']],
    'a header that is not a signature, and a time in milliseconds': [
      { body: '{"at":"2026-03-21T22:14:00.452Z"}', write: () => 'signed' },
      [],
    ],
    'six minutes old': [{ now: signedAt + 360 }, ['too_old']],
    'half an hour ahead': [{ now: signedAt - 1800 }, ['too_new', 'time_zone']],
    'a missing header': [
      {
        headers: (signature) =>
          stamped(signature, '')
            .slice(0, 1)
            .concat([['webhook-signature', signature]]),
      },
      ['headers_lost'],
    ],
    'all headers missing': [{ headers: () => [] }, ['headers_lost']],
    'a signature that was not set': [{ write: () => 'v1,undefined' }, ['signature_not_set']],
    'a signature that was not awaited': [{ write: () => '[object Promise]' }, ['signature_not_set']],
    'an empty signature': [{ write: () => 'v1,' }, ['signature_empty']],
    'asymmetric signatures only': [
      { write: () => `v1a,${Buffer.alloc(64, 1).toString('base64')}` },
      ['signature_asymmetric_only'],
    ],
    'an empty body': [{ received: '' }, ['body_empty']],
    '[object Object]': [{ received: '[object Object]' }, ['body_object_text']],
    'bytes that became U+FFFD': [{ received: '{"a":"\ufffd"}' }, ['characters_replaced']],
  };
  it.each(Object.entries(rows))('%s', (_name, [{ body = wire, ...tampering }, codes]) => {
    expect(seenIn(explainSpoiled(body, tampering))).toEqual(codes);
  });

  it('a stale message is reported as correctly signed, with its age', () => {
    const { findings, observations } = explainSpoiled(wire, { now: signedAt + 400 });
    expect(findings.map(({ changes }) => changes)).toEqual([[]]);
    expect(observations).toEqual([{ code: 'too_old', details: { seconds: 400 } }]);
  });

  it('a tampered and stale message is reported as both', () => {
    const explanation = explainSpoiled(wire, { received: `${wire}\n`, now: signedAt + 400 });
    expect(codesOf(explanation)).toEqual([['newline_added']]);
    expect(seenIn(explanation)).toEqual(['too_old']);
  });
});

describe('the smallest set of changes wins', () => {
  it('ties are reported together: two ways to the same bytes', () => {
    // The id of the event is the text "undefined", so both explanations sign the same bytes.
    const explanation = explainSpoiled('{"id":"undefined"}', {
      signedText: `undefined.${signedAt}.{"id":"undefined"}`,
    });
    expect(codesOf(explanation)).toEqual([['event_id_for_webhook_id'], ['part_not_set']]);
  });

  it('the explanation with the fewest changes is reported alone', () => {
    // Two changes, such as sorting and indenting, would explain it, too.
    const { findings } = explainSpoiled('{"a":1}', { received: '{"a":1}\n' });
    expect(findings).toHaveLength(1);
    expect(findings[0]!.changes).toEqual([{ code: 'newline_added' }]);
  });
});

describe('changes without an explanation', () => {
  it.each([
    ['a number that JavaScript shortened', '{"amount":1.0}', '{"amount":1}', 'possible'],
    [
      'an integer that JavaScript rounded',
      '{"n":12345678901234567890}',
      '{"n":12345678901234567000}',
      'likely',
    ],
    ['an exponent that was written out', '{"n":1e2}', '{"n":100}', 'possible'],
    ['another value', '{"a":"x"}', '{"a":"y"}', 'none'],
  ])('%s', (_name, body, received, numbers) => {
    const explanation = explainSpoiled(body, { received });
    expect(explanation).toMatchObject({ findings: [], numbers, limit: 'none' });
    expect(explanation.tried).toBeGreaterThan(1000);
  });

  it('a large body may contain numbers, too', () => {
    const large = `{"a":"${'x'.repeat(600_000)}"}`;
    expect(explainSpoiled(large, { received: large.replace('xx', 'xy') })).toMatchObject({
      findings: [],
      numbers: 'possible',
      limit: 'work',
    });
  });

  it.each(['1795360427', '1795360000'])(
    'the time %s, cut to its first digits, is not taken for milliseconds',
    (time) => {
      const headers = (signature: string) => stamped(signature, time.slice(0, 7));
      const explanation = explainSpoiled(wire, {
        signedText: text(messageId, '.', time, '.', wire),
        headers,
      });
      expect(explanation.findings).toEqual([]);
    },
  );

  it('another secret', () => {
    expect(explainSpoiled(wire, { key: Buffer.alloc(24, 7) })).toMatchObject({
      findings: [],
      numbers: 'possible',
    });
  });
});
