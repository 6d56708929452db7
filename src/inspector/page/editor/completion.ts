import type { FieldShown, SampleEvent } from '../../compose-protocol.ts';
import { eachToken } from '../text/json.ts';

/** A suggestion at the cursor. */
export interface CompletionOption {
  readonly label: string;
  /** The text that replaces what is typed. */
  readonly text: string;
  /** Where the cursor is then, from the start of the text. */
  readonly caret: number;
  /** A note shown beside it, such as `optional`; empty for none. */
  readonly note: string;
}

/** What can be written at the cursor in place of the text between two offsets. */
export interface Completion {
  readonly from: number;
  readonly until: number;
  readonly options: readonly CompletionOption[];
}

/** An object or array that is open at the cursor. */
interface OpenNode {
  readonly isArray: boolean;
  readonly path: string;
  /** The key whose value comes next, or is open. */
  key: string | null;
  readonly keys: Set<string>;
  awaits: 'key' | 'value' | 'nothing';
}

/** What is open where the text ends, and the text that is typed there. */
interface CursorPlace {
  readonly open: OpenNode;
  readonly from: number;
  readonly typed: string;
}

const maxOptions = 50;

/** Undefined where nothing documented can be written. */
export function completionAt(
  text: string,
  cursor: number,
  fields: SampleEvent['fields'],
): Completion | undefined {
  const place = placeAt(text.slice(0, cursor));
  if (!place) return undefined;
  const until = cursor + restOfWord(text.slice(cursor), place.typed).length;
  const after = text.slice(until);
  const known = fields[place.open.path] ?? [];
  const options = place.open.awaits === 'key' ? keyOptions(place, known, after) : valueOptions(place, known);
  return options.length === 0
    ? undefined
    : { from: place.from, until, options: options.slice(0, maxOptions) };
}

function keyOptions(
  { open, typed }: CursorPlace,
  known: readonly FieldShown[],
  after: string,
): CompletionOption[] {
  const taken = new Set([...open.keys, ...keysUntilClosed(after)]);
  const isKey = /^\s*:/.test(after);
  const comma = /^\s*"/.test(after) ? ',' : '';
  return known
    .filter(({ name }) => !taken.has(name) && isTypedIn(name, typed))
    .map(({ name, isOptional, empty }) => {
      const text = isKey ? JSON.stringify(name) : `${JSON.stringify(name)}: ${empty}${comma}`;
      const isInside = /^(?:""|\{\}|\[\])$/.test(empty);
      const caret = text.length - (isKey ? 0 : comma.length + Number(isInside));
      return { label: name, text, caret, note: isOptional ? 'optional' : '' };
    });
}

function valueOptions({ open, typed }: CursorPlace, known: readonly FieldShown[]): CompletionOption[] {
  if (open.isArray || open.awaits !== 'value') return [];
  const values = known.find(({ name }) => name === open.key)?.values ?? [];
  return values
    .filter((value) => isTypedIn(value.replaceAll('"', ''), typed))
    .map((text) => ({ label: text, text, caret: text.length, note: '' }));
}

function isTypedIn(name: string, typed: string): boolean {
  return name.toLowerCase().includes(typed.replace(/^"/, '').toLowerCase());
}

/** Undefined inside a number or a complete value, and outside every object. */
function placeAt(before: string): CursorPlace | undefined {
  const stack: OpenNode[] = [];
  let last = { kind: 'space', start: before.length, end: before.length };
  for (const token of eachToken(before)) {
    last = token;
    const open = stack.at(-1);
    const text = before.slice(token.start, token.end);
    if (token.end === before.length && isBeingTyped(token.kind, text)) break;
    if (token.kind === 'open') stack.push(opened(text, open));
    else if (token.kind === 'close') stack.pop();
    if (open) advance(open, token.kind, text);
  }
  const open = stack.at(-1);
  if (!open || open.awaits === 'nothing') return undefined;
  const typed = before.slice(last.start, last.end);
  return isBeingTyped(last.kind, typed)
    ? { open, from: last.start, typed }
    : { open, from: before.length, typed: '' };
}

/** A string without its end, or a word. */
function isBeingTyped(kind: string, text: string): boolean {
  if (text.startsWith('"')) return text.length === 1 || !/[^\\](?:\\\\)*"$/.test(text);
  return (kind === 'other' || kind === 'literal') && /^\w+$/.test(text);
}

function opened(mark: string, parent: OpenNode | undefined): OpenNode {
  const isArray = mark === '[';
  const path = !parent ? '' : parent.isArray ? `${parent.path}[]` : `${parent.path}.${parent.key}`;
  return { isArray, path, key: null, keys: new Set(), awaits: isArray ? 'value' : 'key' };
}

function advance(open: OpenNode, kind: string, text: string): void {
  if (kind === 'space') return;
  if (kind === 'comma') open.awaits = open.isArray ? 'value' : 'key';
  else if (kind === 'colon') open.awaits = 'value';
  else {
    if (kind === 'key' || (kind === 'string' && open.awaits === 'key')) {
      open.key = text.slice(1, -1);
      open.keys.add(open.key);
    }
    open.awaits = 'nothing';
  }
}

/** What belongs to the word that is typed, behind the cursor. */
function restOfWord(after: string, typed: string): string {
  if (typed.startsWith('"')) return /^\w*"?/.exec(after)![0];
  return typed === '' ? '' : /^\w*/.exec(after)![0];
}

/** The keys that follow in the same object. */
function keysUntilClosed(after: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  for (const { kind, start, end } of eachToken(after)) {
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    if (depth < 0) break;
    if (kind === 'key' && depth === 0) keys.push(after.slice(start + 1, end - 1));
  }
  return keys;
}
