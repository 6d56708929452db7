import type { Oddity } from '../outcome.ts';

/** The head of a response, from the status line to the empty line. */
type ReadHead =
  /** 1xx: another head follows. */
  | { readonly kind: 'interim'; readonly isContinue: boolean }
  | {
      readonly kind: 'final';
      /** In a form that undici's strict parser accepts. */
      readonly head: Buffer;
      /** Whether the status excludes a body, whatever the headers say (RFC 9112, section 6.3). */
      readonly isBodiless: boolean;
      readonly oddities: readonly Oddity[];
    }
  | { readonly kind: 'invalid'; readonly detail: string };

const regular = /^HTTP\/\d\.\d [1-9]\d\d(?: [^\r\n]*)?\r\n(?:[^\s:]+:[\t\x20-\x7e\x80-\xff]*\r\n)*\r\n$/;
/** The headers that decide how long the body is. */
const bodyLengths = /\n(?:content-length|transfer-encoding):[^\r\n]*/gi;

/** Reads the head of a response, and repairs what curl or Node.js accepts and undici's parser does not. */
export function readHead(bytes: Buffer): ReadHead {
  const text = bytes.toString('latin1');
  const status = Number(/^HTTP\/\d\.\d (\d{3})(?!\d)/i.exec(text)?.[1] ?? Number.NaN);
  if (status < 100) return { kind: 'invalid', detail: `status ${String(status).padStart(3, '0')}` };
  if (status === 101) return { kind: 'invalid', detail: '101 Switching Protocols, which was not requested' };
  if (status < 200) return { kind: 'interim', isContinue: status === 100 };
  const isBodiless = status === 204 || status === 304;
  const lengths = text.match(bodyLengths) ?? [];
  const isPlain = lengths.length <= (isBodiless ? 0 : 1) && !lengths[0]?.includes(',');
  if (isPlain && regular.test(text)) return { kind: 'final', head: bytes, isBodiless, oddities: [] };
  const layout = repairLayout(text);
  const length = repairLength(layout.fields, status, isBodiless);
  if (typeof length === 'string') return { kind: 'invalid', detail: length };
  return {
    kind: 'final',
    head: Buffer.from([layout.statusLine, ...length.fields, '', ''].join('\r\n'), 'latin1'),
    isBodiless,
    oddities: [...layout.oddities, ...length.oddities],
  };
}

/** How the lines of a head can deviate, and what replaces it. In this order. */
const layoutRepairs: readonly [oddity: Oddity, pattern: RegExp, replacement: string][] = [
  ['lower_case_version', /^http(?=\/)/, 'HTTP'],
  ['bare_newlines', /(?<!\r)\n/g, '\r\n'],
  ['folded_header', /\r\n[ \t]+(?=\S)/g, ' '],
  ['space_before_colon', /(?<=\n[^\s:]+)[ \t]+(?=:)/g, ''],
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to replace
  ['control_character', /[\0-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)/g, ' '],
];

function repairLayout(text: string): { statusLine: string; fields: string[]; oddities: Oddity[] } {
  const oddities: Oddity[] = [];
  let repaired = text;
  for (const [oddity, pattern, replacement] of layoutRepairs) {
    const next = repaired.replace(pattern, replacement);
    if (next !== repaired) oddities.push(oddity);
    repaired = next;
  }
  const [statusLine = '', ...fields] = repaired.split('\r\n').slice(0, -2);
  return { statusLine, fields, oddities };
}

/** Leaves one header that decides how long the body is. Returns the reason if they contradict each other. */
function repairLength(
  fields: readonly string[],
  status: number,
  isBodiless: boolean,
): { fields: readonly string[]; oddities: readonly Oddity[] } | string {
  const lengthFields = fields.filter((field) => /^content-length:/i.test(field));
  const encodings = fields.filter((field) => /^transfer-encoding:/i.test(field));
  const values = lengthFields.flatMap((field) => field.slice(field.indexOf(':') + 1).split(','));
  const lengths = [...new Set(values.map((value) => value.trim()))];
  if (lengths.length > 1) return `Content-Length headers that differ: ${lengths.join(' and ')}`;
  const isChunked = encodings.some((field) => /\bchunked\s*$/i.test(field));
  const hasBoth = lengths.length > 0 && encodings.length > 0;
  const oddities: Oddity[] = [];
  if (values.length > 1) oddities.push('repeated_length');
  if (hasBoth) oddities.push('length_with_chunks');
  if (status === 204 && (isChunked || Number(lengths[0] ?? 0) > 0)) oddities.push('unexpected_body');
  const others = fields.filter((field) => !lengthFields.includes(field) && !encodings.includes(field));
  const length = lengths.map((value) => `Content-Length: ${value}`);
  const deciding = isChunked || lengths.length === 0 ? encodings : length;
  return { fields: isBodiless ? others : [...others, ...deciding], oddities };
}
