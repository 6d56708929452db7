import { randomText } from './random.ts';
import { type Members, writeMembers } from './wire-form.ts';

/** What happened: an event in wire form, ready to be signed. */
export interface Event {
  /** What the body says of itself; null where it says nothing. */
  readonly type: string | null;
  readonly id: string | null;
  readonly body: Uint8Array;
}

/** An event that lacks nothing but what is new for each one built from it. */
export interface EventTemplate {
  readonly members: Members;
  readonly hasNewId: boolean;
  readonly hasNewTime: boolean;
}

/**
 * Makes a template of a fixture's members (`type` and `data` are there): what the envelope lacks is filled in,
 * all else stays as it is. With `keepId` the fixture's own id and occurred_at stay too, if it has them.
 */
export function makeTemplate(fixture: Members, { keepId = false } = {}): EventTemplate {
  const members = new Map(fixture);
  const fill = (name: string, value: string) => {
    if (!members.has(name)) members.set(name, JSON.stringify(value));
  };
  const hasNewId = !keepId || !members.has('id');
  const hasNewTime = !keepId || !members.has('occurred_at');
  fill('spec_version', '1');
  fill('environment_id', usualEnvironment);
  fill('object', usualObject(JSON.parse(members.get('type')!)));
  fill('id', newEventId());
  fill('occurred_at', rfc3339(0));
  return { members, hasNewId, hasNewTime };
}

/**
 * Makes a builder of events from a template; each happens at the time it is given, in milliseconds since 1970.
 * What is alike in all of them is written once, which a burst can tell.
 */
export function eventBuilder({ members, hasNewId, hasNewTime }: EventTemplate): (now: number) => Event {
  // Control characters stand in for what is new: JSON text has none.
  const [newId, newTime] = ['\u0001', '\u0002'];
  const marked = new Map(members);
  if (hasNewId) marked.set('id', newId);
  if (hasNewTime) marked.set('occurred_at', newTime);
  const parts = writeMembers(marked).split(new RegExp(`([${newId}${newTime}])`));
  const [type, ownId] = [asText(members.get('type')), asText(members.get('id'))];
  return (now) => {
    const id = hasNewId ? newEventId() : ownId;
    let text = '';
    for (const part of parts) {
      if (part === newId) text += `"${id}"`;
      else text += part === newTime ? `"${rfc3339(now)}"` : part;
    }
    return { type, id, body: Buffer.from(text) };
  };
}

/** A type, or a trigger point, and what builds its events or requests, which happen at a time in milliseconds. */
export interface NamedBuilder<N extends string = string> {
  readonly name: N;
  /** Where it is documented. */
  readonly source: string;
  build(now: number): Event;
}

/** Builds one event. */
export function buildEvent(template: EventTemplate, now: number): Event {
  return eventBuilder(template)(now);
}

/** A member as text; after an edit it may be anything, or not there. */
function asText(json: string | undefined): string | null {
  if (json === undefined) return null;
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? value : json;
}

/** The environment of all fixtures. */
const usualEnvironment = 'env_119146538111453418';

/** What an event is about, by the beginning of its type; the first row that fits counts. */
const objects: [prefix: string, object: string][] = [
  ['organization.directory.user_', 'DirectoryUser'],
  ['organization.directory.group_', 'DirectoryGroup'],
  ['organization.directory_', 'Directory'],
  ['organization.sso_', 'Connection'],
  ['user.organization_', 'OrgMembership'],
  ['user.signup', 'OrgMembership'],
  ['connected_account.', 'ConnectedAccount'],
  ['scim.', 'DirectoryUser'],
];

function usualObject(type: string): string {
  const known = objects.find(([prefix]) => type.startsWith(prefix));
  if (known) return known[1];
  const subject = type.split('.')[0] || 'event';
  return subject.charAt(0).toUpperCase() + subject.slice(1);
}

const decimals = '0123456789';
const lettersAndDigits = `${decimals}ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz`;

/** `evt_` and 18 digits, as Scalekit's own have had since the end of 2025. */
export function newEventId(): string {
  return `evt_1${randomText(17, decimals)}`;
}

/** `msg_` and 27 letters and digits, as Svix, which delivers for Scalekit, makes them. */
export function newWebhookId(): string {
  return `msg_${randomText(27, lettersAndDigits)}`;
}

/** A time with nine digits of a second, as most real events have: a handler must be able to read them. */
function rfc3339(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${randomText(6, decimals)}Z`;
}
