import { textOfBody } from '../../message.ts';
import { type JsonStyle, readJson, writeJson } from '../../signature/explain/json-writers.ts';
import { signMessage } from '../../signature/sign.ts';
import { rewritten } from '../body-forms.ts';
import type { ProbeMaker, ProbeRow } from './probe.ts';

/** Messages whose signature covers what a faulty handler verifies instead of the raw body. */
export function bodyProbes(): ProbeRow[] {
  return [
    [
      'parsed-body',
      'whose signature covers "[object Object]" instead of the body',
      signedOver(() => '[object Object]'),
    ],
    [
      'parsed-body',
      'whose body is a JSON list with one string, and whose signature covers only that string, as converting the parsed list to a string returns it',
      instead((text) => ({ signed: text, sent: JSON.stringify([text]) })),
    ],
    [
      'parsed-body',
      'whose body is a JSON list of bytes, and whose signature covers those bytes, as Buffer.from returns them for the parsed list',
      instead((text) => ({ signed: text, sent: JSON.stringify([...Buffer.from(text)]) })),
    ],
    [
      'parsed-body',
      'whose signature covers the body as Python prints a dict',
      signedOver((text) => pythonText(JSON.parse(text))),
    ],
    [
      'signed-text',
      "whose signature covers the body as Python prints bytes (b'…')",
      signedOver((text) => `b'${text.replaceAll("'", "\\'")}'`),
    ],
    ...notText.map(
      ([text, why]): ProbeRow => [
        'not-text',
        `whose signature covers "${text}" instead of the body, ${why}`,
        signedOver(() => text),
      ],
    ),
    [
      'not-text',
      'whose signature covers the numbers of its bytes, as a Uint8Array is converted to text',
      signedOver((text) => String(new Uint8Array(Buffer.from(text)))),
    ],
    [
      'base64-body',
      'whose signature covers the body in base64',
      signedOver((text) => Buffer.from(text).toString('base64')),
    ],
    [
      'signed-text',
      'whose signature covers only the data of the event instead of the body',
      signedOver((text) => JSON.stringify((JSON.parse(text) as { data?: unknown }).data ?? {})),
    ],
    [
      'reserialized-body',
      'whose signature covers the body as a JSON string, as serializing a text returns it',
      signedOver(JSON.stringify),
    ],
    // Before the next one, which also accepts a body that was not parsed. No writer of JSON makes a single space.
    [
      'newline-added',
      'with a space after its first brace, and whose signature covers it with a newline at its end',
      instead((text) => ({ signed: `${text.replace('{', '{ ')}\n`, sent: text.replace('{', '{ ') })),
    ],
    [
      'reserialized-body',
      "whose signature covers the body with a newline at its end, as Go's json.Encoder writes it",
      signedOver((text) => `${text}\n`),
    ],
    ...['', 'undefined', '{}', 'null', '[]'].map(
      (text): ProbeRow => [
        'no-body',
        `whose signature covers ${text === '' ? 'an empty body' : `"${text}" instead of the body`}`,
        signedOver(() => text),
      ],
    ),
    ...writers.map(
      ([writer, write]): ProbeRow => [
        'reserialized-body',
        `whose signature covers the body as serialized by ${writer}`,
        signedOver(write),
      ],
    ),
  ];
}

/** What objects other than a parsed body become when they are converted to text. */
const notText = [
  ['[object Promise]', 'as a promise without await is converted to text'],
  ['[object ReadableStream]', 'as the stream of a request is converted to text'],
  ['[object ArrayBuffer]', 'as an ArrayBuffer is converted to text'],
] as const;

/** Indented bodies, signed as other writers serialize them: accepted only by a handler that re-serializes them. */
export function rewritingProbes(): ProbeRow[] {
  const all = [['JSON.stringify', rewritten] as const, ...writers];
  return all.map(
    ([writer, write]): ProbeRow => [
      'reserialized-body',
      `that is indented with 2 spaces and whose signature covers it as serialized by ${writer}`,
      (parts) => {
        const signed = signedOver(write)(parts);
        const indented = JSON.stringify(JSON.parse(textOfBody(parts.content)), null, 2);
        return { ...signed, body: Buffer.from(indented) };
      },
    ],
  );
}

/** The message with a signature over another body. */
function signedOver(bodyOf: (text: string) => string): ProbeMaker {
  return ({ content, secret, headers }) => {
    const body = Buffer.from(bodyOf(textOfBody(content)));
    return { ...signMessage({ ...content, body }, [secret], headers), body: content.body };
  };
}

/** A message with one body, and a signature over another. */
function instead(bodiesOf: (text: string) => { readonly signed: string; readonly sent: string }): ProbeMaker {
  return ({ content, secret, headers }) => {
    const { signed, sent } = bodiesOf(textOfBody(content));
    const message = signMessage({ ...content, body: Buffer.from(signed) }, [secret], headers);
    return { ...message, body: Buffer.from(sent) };
  };
}

/** A value as `str()` prints it in Python. */
function pythonText(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return pythonString(value);
  if (typeof value !== 'object') return String(value);
  if (Array.isArray(value)) return `[${value.map(pythonText).join(', ')}]`;
  const members = Object.entries(value).map(
    ([name, member]) => `${pythonString(name)}: ${pythonText(member)}`,
  );
  return `{${members.join(', ')}}`;
}

/** Python prefers single quotation marks, and changes them only if the text contains some. */
function pythonString(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  if (text.includes("'") && !text.includes('"')) return `"${escaped}"`;
  return `'${escaped.replaceAll("'", "\\'")}'`;
}

const styles: readonly (readonly [writer: string, style: JsonStyle])[] = [
  ["Python's json.dumps", { layout: 'spaced', escapes: 'ascii', order: 'kept' }],
  ["Python's json.dumps with sort_keys", { layout: 'spaced', escapes: 'ascii', order: 'sorted' }],
  ["Python's json.dumps with ensure_ascii=False", { layout: 'spaced', escapes: 'minimal', order: 'kept' }],
  ['JSON.stringify with 2-space indentation', { layout: 'indent2', escapes: 'minimal', order: 'kept' }],
  ['JSON.stringify with 4-space indentation', { layout: 'indent4', escapes: 'minimal', order: 'kept' }],
  ["PHP's json_encode", { layout: 'compact', escapes: 'slashes_ascii', order: 'kept' }],
  ["Go's json.Marshal", { layout: 'compact', escapes: 'go', order: 'sorted' }],
  ['.NET (System.Text.Json)', { layout: 'compact', escapes: 'dotnet', order: 'kept' }],
  ['Gson', { layout: 'compact', escapes: 'gson', order: 'kept' }],
  ["Jackson's pretty printer", { layout: 'jackson', escapes: 'minimal', order: 'kept' }],
];

/** JSON writers of other platforms. */
const writers = styles.map(
  ([writer, style]) => [writer, (text: string) => writeJson(readJson(text)!, style)] as const,
);

/** How one of the writers serializes a JSON text. */
export function writerOf(name: string): (text: string) => string {
  return writers.find(([writer]) => writer === name)![1];
}
