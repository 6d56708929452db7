import { asBuffer, headerValues, type Message } from '../../message.ts';
import type { Answered } from '../outcome.ts';

/** The longest text that is searched, in characters: far more than any error message, and quick to search. */
const MAX_TEXT_LENGTH = 32 * 1024;

/**
 * The text of a response, without HTML entities. If `message` is given, values that the response repeats from it are
 * removed, so that an event about an expired session is not read as an expired signature.
 */
export function answerTextOf(answer: Answered, message?: Message): string {
  const text = unescaped(decode(answer).slice(0, MAX_TEXT_LENGTH));
  if (!message || text === '') return text;
  return ownValues(message)
    .filter((value) => text.includes(value))
    .reduce((rest, value) => rest.replaceAll(value, '…'), text);
}

/** The body of a response as its sender meant it. */
export function contentOf({ body, content = body }: Pick<Answered, 'body' | 'content'>): Buffer {
  return asBuffer(content);
}

/** Decodes the body in the charset of its content type or byte order mark; UTF-8 if there is neither. */
function decode(answer: Answered): string {
  const body = contentOf(answer);
  const [type = ''] = headerValues(answer.headers, 'content-type');
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(type)?.[1];
  const isUtf16 = body[0] === 0xff && body[1] === 0xfe;
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : (charset ?? 'utf-8')).decode(body);
  } catch {
    return body.toString();
  }
}

const entities: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&#34;': '"',
  '&#39;': "'",
  '&#x27;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&nbsp;': ' ',
  '&amp;': '&',
};

function unescaped(text: string): string {
  return text.replace(
    /&(?:quot|#34|#39|#x27|lt|gt|nbsp|amp);/gi,
    (entity) => entities[entity.toLowerCase()]!,
  );
}

/** Shorter values, such as "en", would remove parts of ordinary words. */
const MIN_VALUE_LENGTH = 6;
const MAX_VALUES = 500;

/** The strings of a message that a response may repeat, longest first. */
function ownValues({ headers, body }: Message): string[] {
  const values = [...headers.map(([, value]) => value), ...stringsOf(asBuffer(body).toString())];
  const distinct = new Set(values.filter(({ length }) => length >= MIN_VALUE_LENGTH && length <= 500));
  return [...distinct].slice(0, MAX_VALUES).sort((a, b) => b.length - a.length);
}

/** The string values of a JSON text; none of a very long one. */
function stringsOf(text: string): string[] {
  if (text.length > 2 * MAX_TEXT_LENGTH) return [];
  const literals = text.match(/:\s*"(?:[^"\\]|\\.)*"/g) ?? [];
  return literals.map((literal) => literal.replace(/^:\s*"|"$/g, ''));
}
