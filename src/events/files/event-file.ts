import { type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser';
import { HooksError } from '../../errors.ts';
import { textOfBody } from '../../message.ts';
import { buildEvent, makeTemplate } from '../build.ts';
import { type FieldDifference, findEnvelopeFault } from '../shapes/schemas.ts';
import { type Members, readMembers } from '../wire-form.ts';

/**
 * Parses an event from outside the package: copied from the docs or dashboard, captured, or handwritten. `type` and
 * `data` are required; building fills in the rest of the envelope, and the result must be valid. Throws HooksError with
 * the position of the mistake; `source` names the text in it.
 */
export function readUserEvent(text: string, source: string): Members {
  const event = parseUserJson(text, source);
  const invalid = (fault: FieldDifference) => new HooksError('invalid_event', { source, ...fault });
  const members = readUserObject(text, source);
  for (const field of ['type', 'data'])
    if (!members.has(field)) throw invalid({ field, reason: 'is missing' });
  if (typeof event.type !== 'string') throw invalid({ field: 'type', reason: 'must be a non-empty string' });
  const built = buildEvent(makeTemplate(members, { keepId: true }), 0);
  const fault = findEnvelopeFault(JSON.parse(textOfBody(built)));
  if (fault) throw invalid(fault);
  return members;
}

/** Parses a JSON object from outside the package. `source` names the text in errors. */
export function readUserObject(text: string, source: string): Members {
  parseUserJson(text, source);
  const members = readShallow(text);
  const reason = members === 'too_deep' ? 'is nested too deeply' : 'must be a JSON object';
  if (members === 'too_deep' || !members)
    throw new HooksError('invalid_event', { source, field: 'it', reason });
  return members;
}

/** readMembers is recursive, so the stack limits the depth to a few thousand levels. */
function readShallow(text: string): Members | undefined | 'too_deep' {
  try {
    return readMembers(text);
  } catch (error) {
    if (error instanceof RangeError) return 'too_deep';
    throw error;
  }
}

/** Throws HooksError with the position of a mistake; `source` names the text in it. */
export function parseUserJson(text: string, source: string): Record<string, unknown> {
  try {
    return JSON.parse(text);
  } catch {
    throw new HooksError('invalid_json', { source, ...locateSyntaxError(text) });
  }
}

/** jsonc-parser always reports the position of a mistake; V8 does so only sometimes. */
function locateSyntaxError(text: string) {
  const errors: ParseError[] = [];
  try {
    parseTree(text, errors, { allowTrailingComma: false, disallowComments: true });
  } catch (error) {
    // Too deeply nested for the parser: the position of the mistake stays unknown.
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
