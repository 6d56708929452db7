import { HooksError } from '../errors.ts';
import type { Edit } from '../events/edit.ts';
import { type PathAndRest, type PathFault, readPath } from '../events/edit-path.ts';
import { wireForm } from '../events/wire-form.ts';

/** The flags that edit events. */
export interface EditFlags {
  readonly set?: readonly string[];
  readonly unset?: readonly string[];
  readonly add?: readonly string[];
}

/** Reads the edits in the order in which they are applied: unset, then set, then add. Throws HooksError. */
export function readEdits({ set = [], unset = [], add = [] }: EditFlags): Edit[] {
  return [
    ...unset.map(readUnset),
    ...set.map((text) => readValue('set', text)),
    ...add.map((text) => readValue('add', text)),
  ];
}

function readUnset(text: string): Edit {
  const { path, operator } = parseEditPath('--unset', text);
  if (operator) throw invalidEdit('--unset', text, 'it takes a path without a value');
  return { kind: 'unset', path };
}

/** `path=text` is always text; `path:=json` is JSON and keeps the number text, such as `1.0`. */
function readValue(kind: 'set' | 'add', text: string): Edit {
  const { path, operator, rest } = parseEditPath(`--${kind}`, text);
  if (!operator) throw invalidEdit(`--${kind}`, text, 'it has no value. Write path=text or path:=json');
  return { kind, path, json: operator === '=' ? JSON.stringify(rest) : asJson(kind, text, rest) };
}

/** Wire form removes repeated names, so that a later edit of the name changes the value that is sent. */
function asJson(kind: string, text: string, json: string): string {
  try {
    JSON.parse(json);
    return wireForm(json);
  } catch (error) {
    const isDeep = error instanceof RangeError;
    throw invalidEdit(
      `--${kind}`,
      text,
      isDeep ? 'it is nested too deeply' : 'the text after := is not JSON. Use = for plain text',
    );
  }
}

const faults: Record<PathFault, string> = {
  empty: 'the path before the value is missing',
  empty_step: 'a name is missing between two dots or at the end. Write an empty name as ""',
  unclosed_quote: 'a quoted name has no closing quote or an escape that is not valid JSON',
  unclosed_bracket: 'a bracket must hold a whole number or a quoted name, and must be closed',
  after_bracket: 'a bracket or a quoted name must be followed by a dot, a bracket or the value',
  forbidden: '__proto__, constructor and prototype are not event fields',
};

function parseEditPath(flag: string, text: string): PathAndRest {
  const read = readPath(text);
  if (typeof read === 'string') throw invalidEdit(flag, text, faults[read]);
  return read;
}

function invalidEdit(flag: string, text: string, reason: string): HooksError {
  return new HooksError('invalid_edit', { flag, text, reason });
}
