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

/** Reads the edits in the order in which they are made: unset, then set, then add. Throws HooksError. */
export function readEdits({ set = [], unset = [], add = [] }: EditFlags): Edit[] {
  return [
    ...unset.map(readUnset),
    ...set.map((text) => readValue('set', text)),
    ...add.map((text) => readValue('add', text)),
  ];
}

function readUnset(text: string): Edit {
  const { path, operator } = readOrRefuse('--unset', text);
  if (operator) throw refusal('--unset', text, 'it takes a path only, no value');
  return { kind: 'unset', path };
}

/** `path=text` is always text; `path:=json` is JSON, whose number text is kept. */
function readValue(kind: 'set' | 'add', text: string): Edit {
  const { path, operator, rest } = readOrRefuse(`--${kind}`, text);
  if (!operator) throw refusal(`--${kind}`, text, 'it has no value: write path=text or path:=json');
  return { kind, path, json: operator === '=' ? JSON.stringify(rest) : asJson(kind, text, rest) };
}

/** In wire form, so that a name that is there twice is there once: an edit of it changes what is sent. */
function asJson(kind: string, text: string, json: string): string {
  try {
    JSON.parse(json);
    return wireForm(json);
  } catch (error) {
    const isDeep = error instanceof RangeError;
    throw refusal(
      `--${kind}`,
      text,
      isDeep ? 'it is nested too deeply' : 'what stands behind := is not JSON; = takes plain text',
    );
  }
}

const faults: Record<PathFault, string> = {
  empty: 'it has no path before the value',
  empty_step: 'a name is missing between two dots or at the end (an empty name is written "")',
  unclosed_quote: 'a quoted name does not end, or holds an escape that JSON does not have',
  unclosed_bracket: 'a bracket holds a whole number or a quoted name, and is closed',
  after_bracket: 'behind a bracket or a quoted name comes a dot, a bracket or the value',
  forbidden: '__proto__, constructor and prototype are not fields of events',
};

function readOrRefuse(flag: string, text: string): PathAndRest {
  const read = readPath(text);
  if (typeof read === 'string') throw refusal(flag, text, faults[read]);
  return read;
}

function refusal(flag: string, text: string, reason: string): HooksError {
  return new HooksError('invalid_edit', { flag, text, reason });
}
