import { cleanJsonText, cleanText, cut } from '../clean.ts';
import type { MessageReceived } from '../facts/index.ts';
import type { HumanOptions, Paint } from './layout.ts';

/** The longest body that is shown when it cannot be indented, in characters. */
const MAX_BODY_LENGTH = 4000;

/** A body for people: indented if it is JSON, else as text. */
export function readableBody(
  fact: Pick<MessageReceived, 'body' | 'body_base64'>,
  part: 'data' | 'all',
  { out: paint, indent: indentBody }: HumanOptions,
): string {
  if (fact.body === null) return paint.faint(`(not UTF-8; base64: ${cut(fact.body_base64 ?? '', 200)})`);
  const readable = indentBody?.(fact.body, part);
  if (readable === undefined) return cleanText(cut(fact.body, MAX_BODY_LENGTH));
  // Scalekit's API reference marks this field as sensitive.
  return colorJson(readable.replace(/("txt_record_secret": )"[^"]*"/g, '$1"…"'), paint);
}

/** Colors the member names of indented JSON. */
export function colorJson(json: string, paint: Paint): string {
  return cleanJsonText(json).replace(
    /^(\s*)("(?:[^"\\]|\\.)*")(:)/gm,
    (_match, space, name, colon) => space + paint.name(name) + colon,
  );
}
