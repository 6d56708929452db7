import { wireForm } from '../events/wire-form.ts';
import { isObject } from '../json.ts';

/**
 * Serializations of an event that a correct handler accepts and that JSON.stringify would not produce. Each function
 * takes the compact text of an event and returns another text.
 */

/** A serialization, and its control. */
export interface BodyForm {
  write(text: string): string;
  /** The same event as common writers serialize it: it differs from `write` only in form. */
  usual(text: string): string;
}

/** By name, for the rows of the battery. */
export const bodyForms = {
  prettyPrinted: form((text) => JSON.stringify(JSON.parse(text), null, 2)),
  /** `\u005f` is the underscore of `evt_`. */
  unicodeEscapes: form((text) => text.replace('"id":"evt_', '"id":"evt\\u005f')),
  escapedSlashes: withField(String.raw`"https:\/\/example.com\/people\/ada"`),
  decimalNumber: withField('1.0'),
  longInteger: withField('12345678901234567890', '1234567890'),
  beyondAscii: withField('"Zoë Łukasz 李小龍 🎉"', '"Zoe Lukasz"'),
  /** é as e and an accent, as macOS writes it; normalizing to NFC changes the bytes. */
  decomposed: withField('"Zoe\u0308 Ren\u0065\u0301e"', '"Zo\u00eb Ren\u00e9e"'),
  otherOrder: form(
    (text) => JSON.stringify(reversed(JSON.parse(text))),
    (text) => text,
  ),
  finalNewline: form(
    (text) => `${text}\n`,
    (text) => text,
  ),
} as const satisfies Record<string, BodyForm>;

/** The text after JSON.parse and JSON.stringify. */
export function rewritten(text: string): string {
  return JSON.stringify(JSON.parse(text));
}

function form(
  write: BodyForm['write'],
  usual: BodyForm['usual'] = (text) => rewritten(write(text)),
): BodyForm {
  return { write, usual };
}

/** Adds a field with a value in exactly this text. `plain` is the value of the control. */
function withField(value: string, plain?: string): BodyForm {
  return form(
    (text) => addField(text, value),
    plain === undefined ? undefined : (text) => addField(text, plain),
  );
}

/** Maps with arbitrary keys: an added entry is not an unknown field to a handler. */
const openMaps = ['custom_attributes', 'metadata'];

/** Adds a field to an open map in the event's data, or to the data if there is no open map. */
export function addField(text: string, value: string): string {
  const event = JSON.parse(text) as { data?: Record<string, unknown> };
  const map = openMaps.find((name) => isObject(event.data?.[name]));
  const placeholder = 'placeholder for a value';
  const place = map === undefined ? event.data : event.data?.[map];
  (place as Record<string, unknown>).check = placeholder;
  return wireForm(JSON.stringify(event)).replace(JSON.stringify(placeholder), () => value);
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

/** The JSON text with spaces after its first bracket: the same value in more bytes. */
export function spaced(text: string, size: number): string {
  return text[0] + ' '.repeat(Math.max(0, size - Buffer.byteLength(text))) + text.slice(1);
}
