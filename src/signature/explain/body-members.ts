import { textOf } from './body-text.ts';
import { changed, type Reading } from './reading.ts';

/** The most members that are looked at, in their order. */
const MAX_MEMBERS = 30;

/** A member was added to the object after signing, as Rails adds a copy of the parameters. */
export function memberAdded(body: Uint8Array): Reading<Uint8Array>[] {
  const text = textOf(body);
  if (text === undefined || !text.startsWith('{')) return [];
  return topMembers(text)
    .slice(0, MAX_MEMBERS)
    .map(({ name, start, end }, index, all) => {
      // With the comma before it, or after it for the first one.
      const [from, to] = index === 0 ? [start, all[1]?.start ?? end] : [all[index - 1]!.end, end];
      return changed(Buffer.from(text.slice(0, from) + text.slice(to)), 'member_added', { member: name });
    });
}

/** The signed body is an object inside the received one, or an item of a list, written in the same way. */
export function objectInside(body: Uint8Array): Reading<Uint8Array>[] {
  const text = textOf(body)?.trim();
  if (text === undefined) return [];
  const inner = text.startsWith('[') ? [{ name: '0', text: text.slice(1, -1) }] : valuesOf(text);
  const deeper = inner.flatMap(({ name, text: value }) =>
    valuesOf(value).map((each) => ({ name: `${name}.${each.name}`, text: each.text })),
  );
  return [...inner, ...deeper]
    .filter(({ text: value }) => value.startsWith('{'))
    .slice(0, MAX_MEMBERS)
    .map(({ name, text: value }) => changed(Buffer.from(value), 'body_in_envelope', { member: name }));
}

/** The texts of the values of an object. */
function valuesOf(text: string): { readonly name: string; readonly text: string }[] {
  if (!text.startsWith('{')) return [];
  return topMembers(text).map(({ name, start, end }) => ({
    name,
    text: text.slice(text.indexOf(':', start + name.length + 2) + 1, end).trim(),
  }));
}

interface MemberPlace {
  readonly name: string;
  /** Offsets in the text, from the name to the end of the value. */
  readonly start: number;
  readonly end: number;
}

/** The members of the outermost object, by a scan that needs no valid JSON. */
function topMembers(text: string): MemberPlace[] {
  const found: MemberPlace[] = [];
  let [depth, start, isInString] = [0, -1, false];
  const close = (end: number) => {
    const name = start === -1 ? null : /^"((?:[^"\\]|\\.)*)"/.exec(text.slice(start, start + 200));
    if (name) found.push({ name: name[1]!, start, end });
    start = -1;
  };
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
      continue;
    }
    if (character === '"') {
      isInString = true;
      if (depth === 1 && start === -1) start = index;
    } else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) close(index);
    } else if (character === ',' && depth === 1) close(index);
  }
  return found;
}
