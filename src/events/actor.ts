import { type Node, parseTree } from 'jsonc-parser';
import { HooksError } from '../errors.ts';
import type { EventTemplate } from './build.ts';
import { readMembers, writeMembers } from './wire-form.ts';

/** Who events are about: each value replaces every one that means the same. */
export interface Actor {
  readonly organization?: string | undefined;
  readonly user?: string | undefined;
  readonly email?: string | undefined;
}

/** Where events name an actor: by the name of the member, or by `id` in an object of this name. */
const places: Readonly<Record<keyof Actor, { readonly members: RegExp; readonly objects?: RegExp }>> = {
  organization: {
    members: /^(?:organization|organization_id|organizationId|authenticated_organizations)$/,
    objects: /^organization$/,
  },
  user: { members: /^(?:user_id|userId)$/, objects: /^user$/ },
  email: { members: /^(?:email|user_email)$/ },
};

/**
 * Sets an actor in every event, wherever it is named. Events that do not name it stay as they are. Throws HooksError if
 * no event has one.
 */
export function withActor(templates: readonly EventTemplate[], actor: Actor): EventTemplate[] {
  let texts = templates.map(({ members }) => writeMembers(members));
  for (const [kind, value] of Object.entries(actor) as [keyof Actor, string | undefined][]) {
    if (value === undefined) continue;
    const changed = texts.map((text) => replaced(text, kind, JSON.stringify(value)));
    if (changed.every((text, index) => text === texts[index] && !text.includes(JSON.stringify(value))))
      throw new HooksError('no_actor', { flag: `--as-${kind}` });
    texts = changed;
  }
  return templates.map((template, index) => ({
    ...template,
    members: readMembers(texts[index]!) ?? template.members,
  }));
}

/** Shorter values could be equal by chance. */
const MIN_EQUAL_LENGTH = 6;

/**
 * Replaces the text of each string in the places of one kind, and of every other string with the same value: the `id` in
 * the data of an organization is the organization's. Every other byte stays.
 */
function replaced(json: string, kind: keyof Actor, value: string): string {
  const root = parseTree(json);
  const named = new Set(stringsIn(root, places[kind]));
  const values = new Set([...named].map((node) => node.value as string));
  const isSame = (node: Node) => node.value.length >= MIN_EQUAL_LENGTH && values.has(node.value);
  const nodes = [...stringsIn(root, { members: /(?:)/ })].filter((node) => named.has(node) || isSame(node));
  return nodes
    .sort((a, b) => b.offset - a.offset)
    .reduce((text, { offset, length }) => text.slice(0, offset) + value + text.slice(offset + length), json);
}

function* stringsIn(
  node: Node | undefined,
  place: (typeof places)[keyof Actor],
  inside = '',
): Generator<Node> {
  for (const child of node?.children ?? []) {
    const [key, value] = child.type === 'property' ? (child.children ?? []) : [undefined, child];
    const name: string = key === undefined ? inside : key.value;
    const isPlace = place.members.test(name) || (name === 'id' && place.objects?.test(inside) === true);
    if (value?.type === 'string' && isPlace) yield value;
    yield* stringsIn(value, place, name);
  }
}
