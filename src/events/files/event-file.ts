import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { HooksError } from '../../errors.ts';
import { buildEvent, makeTemplate } from '../build.ts';
import { type FieldDifference, findEnvelopeFault } from '../shapes/schemas.ts';
import { type Members, readMembers } from '../wire-form.ts';

/**
 * Reads an event that somebody else wrote: from the documentation, the dashboard, a capture or by hand. `type` and
 * `data` must be there; what else the envelope needs is filled in when the event is built, and must then be right.
 * Throws HooksError that says what is wrong and where; `source` names the text there.
 */
export function readForeignEvent(text: string, source: string): Members {
  const event = parse(text, source);
  const refuse = (fault: FieldDifference) => new HooksError('invalid_event', { source, ...fault });
  const members = readForeignObject(text, source);
  for (const field of ['type', 'data'])
    if (!members.has(field)) throw refuse({ field, reason: 'is missing' });
  if (typeof event.type !== 'string') throw refuse({ field: 'type', reason: 'must be text, not empty' });
  const built = buildEvent(makeTemplate(members, { keepId: true }), 0);
  const fault = findEnvelopeFault(JSON.parse(Buffer.from(built.body).toString()));
  if (fault) throw refuse(fault);
  return members;
}

/** Reads a JSON object that somebody else wrote. Throws HooksError; `source` names the text there. */
export function readForeignObject(text: string, source: string): Members {
  parse(text, source);
  const members = readShallow(text);
  const reason =
    members === 'too_deep' ? 'is nested too deeply to be written in wire form' : 'must be a JSON object';
  if (members === 'too_deep' || !members)
    throw new HooksError('invalid_event', { source, field: 'it', reason });
  return members;
}

/** The reader of wire form is recursive, and so bounded by the stack (some thousand levels). */
function readShallow(text: string): Members | undefined | 'too_deep' {
  try {
    return readMembers(text);
  } catch (error) {
    if (error instanceof RangeError) return 'too_deep';
    throw error;
  }
}

function parse(text: string, source: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    throw new HooksError('invalid_json', { source, ...locateMistake(text) });
  }
}

/** V8 names the place of a mistake only sometimes, so the place comes from a parser that always does. */
function locateMistake(text: string) {
  const errors: ParseError[] = [];
  try {
    parseTree(text, errors, { allowTrailingComma: false, disallowComments: true });
  } catch (error) {
    // So deep that the parser's stack did not suffice: then the place of the mistake stays unknown.
    if (!(error instanceof RangeError)) throw error;
  }
  const offset = errors[0]?.offset ?? text.length;
  const before = text.slice(0, offset).split('\n');
  return {
    line: before.length,
    column: before.at(-1)!.length + 1,
    reason: errors[0] ? inWords(printParseErrorCode(errors[0].error)) : 'it is not valid JSON',
    near: text
      .slice(Math.max(0, offset - 20), offset + 20)
      .replaceAll(/\s+/g, ' ')
      .trim(),
  };
}

/** `CommaExpected` becomes "comma expected". */
function inWords(code: string): string {
  return code.replaceAll(/(?!^)[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
