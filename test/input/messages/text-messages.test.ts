import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { messagesInJson } from '../../../src/input/messages/logged-messages.ts';
import { messagesInText } from '../../../src/input/messages/text-messages.ts';

const body = '{"id":"evt_1","n":1.0,"data":{"name":"Zoë","o":{}}}';
const severalLines =
  '{\n  "id": "evt_1",\n  "data": { "name": "a name that Node.js prints on a line of its own, as lines are short" }\n}\n';
const headers = {
  'user-agent': 'Svix-Webhooks/1.24 (sender-9YMgn; +https://www.svix.com/http-sender/)',
  'webhook-id': 'msg_1',
  'webhook-timestamp': '1795833600',
  'webhook-signature': 'v1,sfWkn50wqZAJfR+8tX9flSMtLmnOVG4rc/unmq4Eqwk=',
};
const pairs = Object.entries(headers);
const lines = pairs.map(([name, value]) => `${name}: ${value}`).join('\n');
const bytes = [...Buffer.from(body)];
const each = (format: (name: string, value: string) => string, separator = ', ') =>
  pairs.map(([name, value]) => format(name, value)).join(separator);
const escaped = (text: string) =>
  [...Buffer.from(text)]
    .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : hexEscape(byte)))
    .join('');
const hexEscape = (byte: number) => `\\x${byte.toString(16).padStart(2, '0')}`;
const dump = `POST /webhook HTTP/1.1\r\n${lines.replaceAll('\n', '\r\n')}\r\n\r\n${body}`;
const chunked = `${bytes.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
const csv = (text: string) => `"${text.replaceAll('"', '""')}"`;
const printed = inspect({ headers, body: severalLines });

describe('the bytes of the body stay as they are', () => {
  it.each<[title: string, text: string, body: string]>([
    ['a Map of Java', `{${each((name, value) => `${name}=${value}`)}} body=${body}`, body],
    ['lists in a Map of Java', `{${each((name, value) => `${name}=[${value}]`)}} body=${body}`, body],
    [
      'JSON in an object of Java',
      `[POST /webhook, headers=[${each((name, value) => `${name}:"${value}"`)}], payload=${body}]`,
      body,
    ],
    [
      'a header of Go',
      `headers: map[${each((name, value) => `${name}:[${value}]`, ' ')}]\nbody: ${body}`,
      body,
    ],
    [
      'bytes of Go',
      `Req{Header:{${each((name, value) => `"${name}":"${value}"`)}}, Body:[]uint8{${bytes.map((byte) => `0x${byte.toString(16)}`).join(', ')}}}`,
      body,
    ],
    [
      'a time in brackets before the body',
      `INFO -- : ${JSON.stringify(headers)}\nI, [2026-11-28T09:00:00.1 #1]  INFO -- : ${JSON.stringify(body)}\n`,
      body,
    ],
    ['a list of bytes after the headers', `${JSON.stringify(headers)}\n${JSON.stringify(bytes)}`, body],
    ['bytes of Rust after the headers', `${JSON.stringify(headers)} b${escaped(JSON.stringify(body))}`, body],
    ['bytes of Rust without others than ASCII', `${JSON.stringify(headers)} b"{\\"id\\":1}"`, '{"id":1}'],
    ['a prefix before each part of a string', printed.replace(/^/gm, 'web-1  | '), severalLines],
    [
      'several lines of print_r',
      `Array\n(\n${each((name, value) => `    [${name}] => ${value}`, '\n')}\n    [body] => ${severalLines}\n)\n`,
      severalLines,
    ],
    ['a column of CSV', `time,message\n1,${csv(JSON.stringify({ headers, body }))}\n`, body],
    ['two columns of CSV', `1,${csv(JSON.stringify(headers))},${csv(body)}\n`, body],
    ['an object of Node.js in CSV', `1,info,${csv(printed)}\n`, severalLines],
    [
      'an object of Python beside headers',
      `x {${each((name, value) => `'HTTP_${name.toUpperCase().replaceAll('-', '_')}': '${value}'`)}, 'wsgi.input': <_io.BufferedReader name=5>} ${body}`,
      body,
    ],
    ['a dump of Go', `got ${dump}\nlog: done\n`, body],
    [
      'a dump with its length',
      `got ${dump.replace('\r\n', `\r\nContent-Length: ${bytes.length}\r\n`)}done`,
      body,
    ],
    [
      'a dump with chunks',
      `got ${dump.replace('\r\n', '\r\nTransfer-Encoding: chunked\r\n').replace(body, chunked)}`,
      body,
    ],
    [
      'a dump in several lines of JSON',
      `got ${dump.replace(body, severalLines)}\nlog: done\n`,
      severalLines.trimEnd(),
    ],
    [
      'a dump with a prefix before each line',
      `got ${dump}\n2 done\n`.replace(/\n(?=[^\n])/g, '\nlog: '),
      body,
    ],
    ['a dump after the word webhook', `webhook ${dump}\n`, body],
    ['a dump of Go as %q', `${JSON.stringify(dump)}\nlog: done\n`, body],
    ['a dump of Python as bytes', `b'${escaped(dump).replaceAll('\\x0d\\x0a', '\\r\\n')}' done\n`, body],
    ['the script of a .http file', `POST /webhook\n${lines}\n\n${body}\n\n> {% client.test() %}\n`, body],
    ['the response of a .http file', `POST /webhook\n${lines}\n\n${body}\n\n<> 2026-11-28.200.json\n`, body],
  ])('%s', (_title, text, expected) => {
    const { messages } = messagesInText(Buffer.from(text.startsWith('POST') ? text : `log: ${text}`), 'x');
    expect(messages.map(({ message }) => Buffer.from(message.body).toString())).toEqual([expected]);
    const values = messages[0]!.message.headers.map(([, value]) => value);
    expect(values).toContain(headers['webhook-signature']);
  });

  it.each<[title: string, value: unknown, body: string]>([
    [
      'headers inside an event, and the message in a list',
      { logs: [{ message: [JSON.stringify({ headers, body })] }], event: { request: { headers } } },
      body,
    ],
    ['a dumped request in a text', { level: 'info', message: `got ${dump}` }, body],
    ['an object that Node.js printed', { level: 'info', message: printed }, severalLines],
  ])('JSON: %s', (_title, value, expected) => {
    const found = messagesInJson(value);
    expect(found.map(({ message }) => Buffer.from(message.body).toString())).toEqual([expected]);
  });
});

const values = Object.values(headers).slice(1);
const named = (format: (name: string, value: string) => string, separator: string) =>
  ['id', 'timestamp', 'signature'].map((part, index) => format(part, values[index]!)).join(separator);

describe('headers that were logged one by one', () => {
  it.each<[title: string, text: string]>([
    ['lines, and the body beside its name', `${lines}\nbody: ${body}\n`],
    ['lines, and the body beside its name after an empty line', `${lines}\n\nBody: ${body}\n`],
    ['lines with titles', `headers:\n${lines}\nbody:\n${body}\n`],
    ['lines with a prefix', `${lines}\nbody: ${body}\n`.replace(/^/gm, '[app] ')],
    ['Format-List of PowerShell', `\n${lines}\nbody: ${body}\n`.replace(/^([\w-]+):/gm, '$1      :')],
    ['a table', `| ${lines.replaceAll(': ', ' | ').replaceAll('\n', ' |\n| ')} |\n\n${body}\n`],
    [
      'logfmt',
      `level=info ${each((name, value) => `${name}=${JSON.stringify(value)}`, ' ')} body=${JSON.stringify(body)}\n`,
    ],
    [
      'slog of Go',
      `level=INFO ${named((part, value) => `headers.webhook_${part}=${value}`, ' ')} body=${JSON.stringify(body)}\n`,
    ],
    ['one line', `12:00 ${named((part, value) => `${part}=${value}`, ' ')} body=${body}\n`],
    ['one line with commas', `${named((part, value) => `webhook${part}: ${value}`, ', ')}, body: ${body}\n`],
    ['words', `${named((part, value) => `Webhook ${part} ${value}`, '\n')}\nBody ${body}\n`],
    ['YAML', `headers:\n${each((name, value) => `  ${name}: "${value}"`, '\n')}\nbody: '${body}'\n`],
  ])('%s', (_title, text) => {
    expect(textsIn(text)).toEqual([[...values, body]]);
  });

  it('of several messages, each has its own body, after its headers or before them', () => {
    const one = (n: number) =>
      named((part, value) => `webhook-${part}=${value}${part === 'id' ? n : ''}`, ' ');
    const text = (n: number) => `{"id":${n}}`;
    const bodies = (log: string) => textsIn(log).map((each) => each.at(-1));
    expect(bodies(`${one(1)}\n${text(1)}\n${one(2)}\n${text(2)}\n`)).toEqual(['{"id":1}', '{"id":2}']);
    expect(bodies(`${text(1)}\n${one(1)}\n${text(2)}\n${one(2)}\n`)).toEqual(['{"id":1}', '{"id":2}']);
  });

  it('a response is no body', () => {
    const rejected = `${lines.replaceAll('\n', ', ')} -> 401 {"error":"invalid"}\n`;
    expect(() => textsIn(rejected)).toThrow('no body');
    const log = `${each((name, value) => `${name}=${value}`, ' ')} -> {"received":true}\npayload: ${body}\n`;
    expect(textsIn(log)).toEqual([[...values, body]]);
  });

  it('headers and a labelled body in lines, several times', () => {
    expect(textsIn(`${lines}\nbody: ${body}\n\n${lines}\nbody: ${body}\n`)).toEqual([
      [...values, body],
      [...values, body],
    ]);
  });

  it('a header with the name of a body is one before a body', () => {
    const { messages } = messagesInText(
      Buffer.from(`POST / HTTP/1.1\npayload: x\n${lines}\n\n${severalLines}`),
      'x',
    );
    expect(messages.map(({ message }) => Buffer.from(message.body).toString())).toEqual([severalLines]);
  });

  it('an error that mentions a header is no message', () => {
    expect(() => textsIn('error: webhook-signature: does not match {"id":1}\n')).toThrow();
    expect(() => textsIn('the webhook-signature POST {} has no id of webhook-timestamp\n')).toThrow();
  });

  function textsIn(text: string): string[][] {
    return messagesInText(Buffer.from(text), 'x').messages.map(({ message, isParsed }) => {
      expect(isParsed).toBe(false);
      const header = (part: string) =>
        message.headers.find(([name]) => name === `webhook-${part}`)?.[1] ?? '';
      return [...['id', 'timestamp', 'signature'].map(header), Buffer.from(message.body).toString()];
    });
  }
});

it('a dump without a body is no message', () => {
  const head = dump.slice(0, -body.length);
  expect(() =>
    messagesInText(Buffer.from(`send: b'${escaped(head).replaceAll('\\x0d\\x0a', '\\r\\n')}'\n`), 'x'),
  ).toThrow();
});

it('many requests of a .http file take linear time', () => {
  const requests = 'POST / HTTP/1.1\nwebhook-signature: x\n\n\n###\n'.repeat(50_000);
  const start = performance.now();
  expect(messagesInText(Buffer.from(requests), 'x').messages).toHaveLength(50_000);
  expect(performance.now() - start).toBeLessThan(5000);
});

it.each(['POST / HTTP/1.1\n', '"POST / HTTP/1.1\\r\\n', 'POST / HTTP/1.1\n\n{}}\n', 'GET '])(
  'many beginnings of dumped requests take linear time: %s',
  (piece) => {
    const start = performance.now();
    expect(() => messagesInText(Buffer.from(`webhook-signature ${piece.repeat(100_000)}`), 'x')).toThrow();
    expect(performance.now() - start).toBeLessThan(10_000);
  },
);

it.each(['["a\n', '"{', '(`"\''])('many texts with brackets in JSON take linear time: %s', (piece) => {
  const texts = Array.from({ length: 500 }, () => `signature { ${piece.repeat(2000 / piece.length)}`);
  const start = performance.now();
  expect(messagesInJson(texts)).toEqual([]);
  expect(performance.now() - start).toBeLessThan(2000);
});
