import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { messagesInCurl } from '../../../src/input/messages/curl-command.ts';
import { messagesInJson } from '../../../src/input/messages/logged-messages.ts';
import { toHttpText } from '../../../src/input/messages/shown-request.ts';
import { runCommand } from '../../support/memory-io.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const secret = 'whsec_aHVudC1jYXNlLWtleS0yNC1ieXRl';
const body = '{"data":{"id":"usr_1","name":"Zoë"},"id":"evt_9","type":"user.created"}';
const at = '1795833600';
/** Signed once with the standardwebhooks package. */
const signature = 'v1,sfWkn50wqZAJfR+8tX9flSMtLmnOVG4rc/unmq4Eqwk=';
const headers = {
  'content-type': 'application/json',
  'webhook-id': 'msg_l',
  'webhook-timestamp': at,
  'webhook-signature': signature,
};
const pairs = Object.entries(headers);
const lines = pairs.map(([name, value]) => `${name}: ${value}`);
const bytes = [...Buffer.from(body)];
const base64 = Buffer.from(body).toString('base64');
const list = pairs.map(([name, value]) => ({ name, value }));

/** Requests as programs log them. */
const logs: readonly (readonly [title: string, value: unknown])[] = [
  ['headers and body', { headers, body }],
  ['rawBody', { headers, rawBody: body }],
  ['rawBody beside a parsed body', { headers, rawBody: body, body: JSON.parse(body) }],
  ['a Buffer, as JSON.stringify writes it', { headers, body: { type: 'Buffer', data: bytes } }],
  ['a list of bytes', { headers, body: bytes }],
  ['AWS Lambda, a payload of API Gateway 2.0', { version: '2.0', headers, body, isBase64Encoded: false }],
  ['AWS Lambda, base64', { headers, body: base64, isBase64Encoded: true }],
  [
    'ALB, multiValueHeaders',
    { multiValueHeaders: Object.fromEntries(pairs.map(([name, value]) => [name, [value]])), body },
  ],
  ['lists of values', { headers: Object.fromEntries(pairs.map(([name, value]) => [name, [value]])), body }],
  [
    'names in another case',
    { headers: Object.fromEntries(pairs.map(([name, value]) => [name.toUpperCase(), value])), body },
  ],
  ['rawHeaders of node:http', { rawHeaders: pairs.flat(), body }],
  ['pairs', { headers: pairs, body }],
  ['text', { headers: lines.join('\r\n'), body }],
  ['HAR', { log: { entries: [{ request: { method: 'POST', headers: list, postData: { text: body } } }] } }],
  [
    'HAR, base64',
    { log: { entries: [{ request: { headers: list, postData: { text: base64, encoding: 'base64' } } }] } },
  ],
  ['Postman', { request: { header: [], headers: pairs.map(([key, value]) => ({ key, value })), body } }],
  ["pino's req, with the body inside", { level: 30, req: { method: 'POST', headers, body } }],
  ["pino's req, with the body beside it", { level: 30, req: { method: 'POST', headers }, body }],
  ['a list', [{ headers, body }]],
  ['deep inside', { a: { b: { c: { request: { headers, body } } } } }],
  ['a request bin', { uuid: 'x', method: 'POST', headers, content: body }],
  ['a parsed body', { headers, body: JSON.parse(body) }],
  ['a parsed body beside its text', { headers, body: { other: 1 }, text: body }],
  ['the Elastic Common Schema', { http: { request: { headers, body: { content: body, bytes: 72 } } } }],
  ['Postman, a raw body', { request: { header: list, body: { mode: 'raw', raw: body } } }],
  [
    'Azure, names in upper case',
    { Headers: Object.fromEntries(pairs.map(([name, value]) => [name, [value]])), Body: body },
  ],
  [
    'a row of a database',
    { webhook_id: 'msg_l', webhook_timestamp: at, webhook_signature: signature, payload: body },
  ],
  [
    'a line inside a log record',
    { log: `got webhook ${JSON.stringify({ headers, body })}\n`, stream: 'stdout' },
  ],
  [
    'the inspector of ngrok',
    {
      requests: [
        {
          request: {
            method: 'POST',
            headers: Object.fromEntries(pairs.map(([name, value]) => [name, [value]])),
            raw: Buffer.from(`POST /webhook HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`).toString(
              'base64',
            ),
          },
          response: { status: '401 Unauthorized', raw: '' },
        },
      ],
    },
  ],
  ['CloudWatch', { events: [{ message: JSON.stringify({ headers, body }) }] }],
];

describe('requests in logs', () => {
  const verify = async (stdin: string) => {
    const { facts, exitCode } = await runCommand(['verify', '-', '--at', at, '--json'], {
      env: { SCALEKIT_WEBHOOK_SECRET: secret },
      stdin: Buffer.from(stdin),
    });
    return {
      exitCode,
      errors: facts.filter(({ kind }) => kind === 'error').map(({ code }) => code),
      verified: facts.filter(({ kind }) => kind === 'verdict').map(({ verified }) => verified),
    };
  };

  describe.each(logs)('%s', (_title, value) => {
    it.each([
      ['in one line', JSON.stringify(value)],
      ['indented', JSON.stringify(value, null, 2)],
      ['after a time and a level', `2026-11-28T09:00:00.000Z INFO request ${JSON.stringify(value)}\n`],
    ])('%s', async (_form, text) => {
      expect(await verify(text)).toMatchObject({ exitCode: 0, verified: [true] });
    });
  });

  const request = [...lines, '', body];
  const texts: readonly (readonly [title: string, text: string])[] = [
    ['an HTTP request', ['POST /webhook HTTP/1.1', ...request].join('\r\n')],
    [
      'curl -v',
      [...['POST /webhook HTTP/1.1', 'Host: x', ...lines, ''].map((line) => `> ${line}`), body].join('\n'),
    ],
    [
      'curl -v with remarks and a response',
      [
        '* Connected to localhost',
        ...['POST /webhook HTTP/1.1', ...lines, ''].map((line) => `> ${line}`),
        body,
        '* upload completely sent off',
        '< HTTP/1.1 401 Unauthorized',
        '< content-length: 3',
        '<',
        'bad',
      ].join('\n'),
    ],
    [
      'developer tools, a name and its value on two lines',
      ['POST /webhook HTTP/1.1', ...pairs.flatMap(([name, value]) => [`${name}:`, value]), '', body].join(
        '\n',
      ),
    ],
    ['HTTP/2 pseudo headers', [':method: POST', ':path: /webhook', ':authority: x', ...request].join('\n')],
    ['HTTP/2 pseudo headers on two lines', [':method', 'POST', ':path', '/webhook', ...request].join('\n')],
    ['tabs', [...pairs.map(([name, value]) => `${name}\t${value}`), '', body].join('\n')],
    [
      'a curl command',
      `curl -X POST http://localhost:3000/webhook ${lines.map((line) => `-H '${line}'`).join(' ')} --data-raw '${body}'`,
    ],
    [
      'a curl command for the Windows command prompt',
      `curl ^"http://localhost^" ^\n${lines.map((line) => `  -H ^"${line}^" ^\n`).join('')}  --data-raw ^"${body.replaceAll('"', '^\\^"')}^"`,
    ],
    [
      'fetch, as a browser copies it',
      `fetch("http://localhost/", ${JSON.stringify({ headers, body, method: 'POST' })});`,
    ],
    ['a byte order mark', `\ufeff${['POST /webhook HTTP/1.1', ...request].join('\r\n')}`],
    [
      'a request and its response',
      ['POST /webhook HTTP/1.1', `content-length: ${Buffer.byteLength(body)}`, ...request].join('\r\n') +
        '\r\nHTTP/1.1 401 Unauthorized\r\n\r\nbad',
    ],
    ['Laravel', `[2026-11-28 09:00:00] local.INFO: webhook ${JSON.stringify({ headers, body })}`],
    [
      'a curl command over several lines',
      `$ curl 'http://localhost:3000/webhook' \\\n${lines.map((line) => `  -H "${line}" \\\n`).join('')}  --data-binary $'${body.replace('ë', '\\u00eb')}'`,
    ],
    [
      'a curl command with = and escapes',
      `curl --header="${lines[0]}" ${lines
        .slice(1)
        .map((line) => `-H "${line}"`)
        .join(' ')} -d "${body.replaceAll('"', '\\"')}" http://localhost`,
    ],
  ];

  const printed = inspect({ headers, body });
  const environment = pairs.map(([name, value]) => [
    `HTTP_${name.toUpperCase().replaceAll('-', '_')}`,
    value,
  ]);
  const bytesOfPython = String.raw`b'{"data":{"id":"usr_1","name":"Zo\xc3\xab"},"id":"evt_9","type":"user.created"}'`;
  const quotedPairs = pairs.map(([name, value]) => `('${name}', '${value}')`).join(', ');
  /** As the programs really print them. */
  const prints: readonly (readonly [title: string, text: string])[] = [
    ['console.log of an object', `received ${printed}\nrejected\n`],
    ['console.log of headers and body', `${inspect(headers)} ${body}\n`],
    [
      'console.log of Headers, and a parsed body',
      `${inspect(new Headers(headers))} ${inspect(JSON.parse(body))}\n`,
    ],
    ['console.log with colors', `\u001b[32minfo\u001b[39m ${inspect({ headers, body }, { colors: true })}\n`],
    ['two lines', `listening on 3000\n${JSON.stringify(headers)}\n${body}\nrejected\n`],
    [
      'containers',
      `app-1  | ${JSON.stringify({ req: { headers }, body })}\napp-1  | {"level":30,"msg":"done"}\ndb-1   | ready (1)\n`,
    ],
    [
      'print of a dict',
      `{'headers': {${quotedPairs.replaceAll(/\('|', '|'\)/g, (part) => (part === "', '" ? "': '" : "'"))}}, 'body': ${bytesOfPython}}\n`,
    ],
    ['print of EnvironHeaders, and bytes', `EnvironHeaders([${quotedPairs}])\n${bytesOfPython}\n`],
    [
      'a hash of Ruby',
      `{${environment.map(([name, value]) => `"${name}"=>"${value}"`).join(', ')}}\n${body}\n`,
    ],
    [
      'print_r',
      `Array\n(\n    [headers] => Array\n        (\n${pairs.map(([name, value]) => `            [${name}] => ${value}\n`).join('')}        )\n\n    [body] => ${body}\n)\n`,
    ],
    [
      'var_export',
      `array (\n  'headers' => \n  array (\n${pairs.map(([name, value]) => `    '${name}' => '${value}',\n`).join('')}  ),\n  'body' => '${body}',\n)`,
    ],
    [
      'var_dump',
      `array(4) {\n${pairs.map(([name, value]) => `  ["${name}"]=>\n  string(${value.length}) "${value}"\n`).join('')}}\nstring(72) "${body}"\n`,
    ],
    [
      'a map of Go',
      `2026/11/28 09:00:00 map[${pairs.map(([name, value]) => `${name}:[${value}]`).join(' ')}] ${body}\n`,
    ],
    [
      'Go, %#v and %q',
      `http.Header{${pairs.map(([name, value]) => `"${name}":[]string{"${value}"}`).join(', ')}} ${JSON.stringify(body)}\n`,
    ],
    [
      'bytes of Go',
      `map[${pairs.map(([name, value]) => `${name}:[${value}]`).join(' ')}] [${bytes.join(' ')}]\n`,
    ],
    [
      'HttpHeaders of Spring',
      `[${pairs.map(([name, value]) => `${name}:"${value}"`).join(', ')}]\n${body}\n`,
    ],
    [
      'HTTPie, with the response',
      `${['POST /webhook HTTP/1.1', ...request].join('\n')}\n\n\nHTTP/1.1 400 Bad Request\n\nbad\n`,
    ],
    [
      'a .http file of an editor',
      `### created\n# @name created\n${['POST /webhook', ...request].join('\n')}\n\n### next\n`,
    ],
  ];

  it.each([...texts, ...prints])('%s', async (_title, text) => {
    expect(await verify(text)).toMatchObject({ exitCode: 0, verified: [true] });
  });

  it('the requests of a .http file', async () => {
    const file = [
      '### one',
      'POST /a HTTP/1.1',
      ...request,
      '',
      '### two',
      'POST /b HTTP/1.1',
      ...request,
    ].join('\n');
    expect((await verify(file)).verified).toEqual([true, true]);
  });

  it('the requests of a .http file without a version, and newlines after the last body', async () => {
    const file = [
      '### one',
      'POST http://a/b',
      ...request,
      '',
      '### two',
      'POST http://a/b',
      ...request,
      '',
      '',
    ];
    expect(await verify(file.join('\n'))).toMatchObject({ exitCode: 0, verified: [true, true] });
  });

  it('newlines after the body of a raw request were not signed', async () => {
    const { verified } = await verify(['POST / HTTP/1.1', ...request, '', ''].join('\n'));
    expect(verified).toEqual([false]);
  });

  it('a file without an extension', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'request'), ['POST /webhook HTTP/1.1', ...request].join('\r\n'));
    const { exitCode } = await runCommand(['verify', 'request', '--at', at], {
      env: { SCALEKIT_WEBHOOK_SECRET: secret },
      cwd,
    });
    expect(exitCode).toBe(0);
  });

  it.each([
    ['a long Buffer', inspect({ headers, body: Buffer.from(body) }), '... 22 more bytes'],
    ['an object that is too deep', inspect({ req: { headers, body: JSON.parse(body) } }), '[Object]'],
  ])('names what was not printed: %s', async (_title, text, part) => {
    const { facts, exitCode } = await runCommand(['verify', '-', '--json'], {
      env: { SCALEKIT_WEBHOOK_SECRET: secret },
      stdin: Buffer.from(text),
    });
    expect(exitCode).toBe(2);
    expect(facts).toMatchObject([{ code: 'not_a_message', detail: expect.stringContaining(part) }]);
  });

  it('several requests', async () => {
    expect(
      (
        await verify(
          JSON.stringify([
            { headers, body },
            { headers, body },
          ]),
        )
      ).verified,
    ).toEqual([true, true]);
  });

  it('a parsed body that does not verify: the log is part of the cause', async () => {
    const value = { headers, body: { ...JSON.parse(body), extra: 1.5 } };
    const { facts, exitCode } = await runCommand(['verify', '-', '--at', at, '--json'], {
      env: { SCALEKIT_WEBHOOK_SECRET: secret },
      stdin: Buffer.from(JSON.stringify(value)),
    });
    expect(exitCode).toBe(1);
    const { causes } = facts[0] as { causes: { codes: string[] }[] };
    expect(causes.flatMap(({ codes }) => codes)).toContain('body_from_log');
  });

  it.each([
    ['an event alone', body],
    ['headers alone', JSON.stringify({ headers })],
    ['other JSON', '[1,2,{"a":[]}]'],
    ['other text', 'hello'],
    [
      'a parsed body that is too deeply nested',
      `${JSON.stringify({ headers }).slice(0, -1)},"body":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    ],
    ['a log that was cut off in the body', JSON.stringify({ headers, body }).slice(0, -30)],
    ['the same after a time', `2026-11-28T09:00:00.000Z ${JSON.stringify({ headers, body }).slice(0, -30)}`],
    [
      'curl -v, which does not print the body',
      ['> POST / HTTP/1.1', ...lines.map((line) => `> ${line}`), '> ', '< HTTP/1.1 401', 'bad'].join('\n'),
    ],
    [
      'a curl command with a file',
      `curl ${lines.map((line) => `-H '${line}'`).join(' ')} -d @body.json http://localhost`,
    ],
    ['a curl command without a body', "curl -H 'webhook-id: msg_1' http://localhost"],
  ])('%s: an error', async (_title, text) => {
    expect(await verify(text)).toMatchObject({ exitCode: 2, errors: ['not_a_message'] });
  });
});

describe('hostile input ends', () => {
  it('deep nesting, and many members', () => {
    const deep = JSON.parse(`${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`);
    expect(messagesInJson(deep)).toEqual([]);
    expect(messagesInJson(Array.from({ length: 200_000 }, () => ({})))).toEqual([]);
  });

  it('text without an end', () => {
    expect(messagesInCurl(`curl ${"'".repeat(100_001)}`)).toEqual([]);
    expect(toHttpText(Buffer.from('a:\n'.repeat(100_000))).length).toBeGreaterThan(0);
  });
});
