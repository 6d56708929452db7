import { HooksError } from '../../errors.ts';
import { bodyMembers } from '../../message.ts';
import { readUserEvent } from './event-file.ts';
import { indent } from './readable.ts';
import { scrub } from './scrub.ts';

/**
 * The indented text of an event file for a captured event; values and their order are kept. Throws HooksError if it is
 * not an event; `source` names it in errors.
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
  readUserEvent(json, source);
  const { json: saved, count } = isScrubbed ? scrub(json) : { json, count: 0 };
  return { text: `${indent(saved, 'all') ?? saved}\n`, scrubbed: count };
}
