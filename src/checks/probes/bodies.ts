import { type JsonStyle, readJson, writeJson } from '../../signature/explain/json-writers.ts';
import { signMessage } from '../../signature/sign.ts';
import { rewritten } from '../body-forms.ts';
import { type ProbeMaker, type ProbeRow, textOfBody } from './probe.ts';

/** Messages whose signature covers what a handler makes of the body before it verifies. */
export function bodyProbes(): ProbeRow[] {
  return [
    [
      'parsed-body',
      'whose signature covers "[object Object]" in place of the body',
      signedOver(() => '[object Object]'),
    ],
    ...['', 'undefined', '{}', 'null'].map(
      (text): ProbeRow => [
        'no-body',
        `whose signature covers ${text === '' ? 'an empty body' : `"${text}" in place of the body`}`,
        signedOver(() => text),
      ],
    ),
    ...writers.map(
      ([what, write]): ProbeRow => [
        'reserialized-body',
        `whose signature covers the body as ${what} writes it`,
        signedOver(write),
      ],
    ),
  ];
}

/** Messages that are laid out over several lines, and signed as they are written elsewhere: only who rewrites takes them. */
export function rewritingProbes(): ProbeRow[] {
  const all = [['JSON.stringify', rewritten] as const, ...writers];
  return all.map(([what, write]) => [
    'reserialized-body',
    `that is laid out over several lines, and whose signature covers it as ${what} writes it`,
    (parts) => {
      const signed = signedOver(write)(parts);
      const laidOut = JSON.stringify(JSON.parse(textOfBody(parts.content)), null, 2);
      return { ...signed, body: Buffer.from(laidOut) };
    },
  ]);
}

/** The message as it is, with a signature over another body. */
function signedOver(bodyOf: (text: string) => string): ProbeMaker {
  return ({ content, secret, headers }) => {
    const body = Buffer.from(bodyOf(textOfBody(content)));
    return { ...signMessage({ ...content, body }, [secret], headers), body: content.body };
  };
}

const styles: readonly (readonly [what: string, style: JsonStyle])[] = [
  ["Python's json.dumps", { layout: 'spaced', escapes: 'ascii', order: 'kept' }],
  ["Python's json.dumps with sort_keys", { layout: 'spaced', escapes: 'ascii', order: 'sorted' }],
  ["Python's json.dumps with ensure_ascii=False", { layout: 'spaced', escapes: 'minimal', order: 'kept' }],
  ['JSON.stringify with an indent of 2', { layout: 'indent2', escapes: 'minimal', order: 'kept' }],
  ['JSON.stringify with an indent of 4', { layout: 'indent4', escapes: 'minimal', order: 'kept' }],
  ["PHP's json_encode", { layout: 'compact', escapes: 'slashes_ascii', order: 'kept' }],
  ["Go's json.Marshal", { layout: 'compact', escapes: 'go', order: 'sorted' }],
  ['.NET (System.Text.Json)', { layout: 'compact', escapes: 'dotnet', order: 'kept' }],
  ['Gson', { layout: 'compact', escapes: 'gson', order: 'kept' }],
  ['Jackson with its pretty printer', { layout: 'jackson', escapes: 'minimal', order: 'kept' }],
];

/** How JSON is written elsewhere. */
const writers = styles.map(
  ([what, style]) => [what, (text: string) => writeJson(readJson(text)!, style)] as const,
);
