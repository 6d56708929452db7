import { HooksError } from '../../errors.ts';
import { bodyMembers } from '../../message.ts';
import { readForeignEvent } from './event-file.ts';
import { indent } from './readable.ts';
import { scrub } from './scrub.ts';

/**
 * The text of an event file for an event that came in, laid out for reading; values and their order are kept. `source`
 * names it in the errors. Throws HooksError for what is not an event.
 */
export function fixtureOf(
  body: Uint8Array,
  source: string,
  isScrubbed: boolean,
): { readonly text: string; readonly scrubbed: number } {
  const { body: json } = bodyMembers(body);
  if (json === null) {
    throw new HooksError('invalid_event', { source, field: 'it', reason: 'is not UTF-8 text' });
  }
  readForeignEvent(json, source);
  const { json: shown, count } = isScrubbed ? scrub(json) : { json, count: 0 };
  return { text: `${indent(shown, 'all') ?? shown}\n`, scrubbed: count };
}
