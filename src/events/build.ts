import { randomBytes, randomInt } from 'node:crypto';
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

/** Builds an event that happens `now`, in milliseconds since 1970. */
export function buildEvent(template: EventTemplate, now: number): Event {
  const members = new Map(template.members);
  if (template.hasNewId) members.set('id', JSON.stringify(newEventId()));
  if (template.hasNewTime) members.set('occurred_at', JSON.stringify(rfc3339(now)));
  return {
    type: asText(members.get('type')),
    id: asText(members.get('id')),
    body: Buffer.from(writeMembers(members)),
  };
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

/** `evt_` and 18 digits, as Scalekit's own have had since the end of 2025. */
export function newEventId(): string {
  return `evt_1${digits(17)}`;
}

/** `msg_` and 27 letters and digits, as Svix, which delivers for Scalekit, makes them. */
export function newWebhookId(): string {
  const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
  let id = 'msg_';
  while (id.length < 31) {
    // 248 is the largest multiple of 62 in a byte: what is above would make some letters likelier.
    for (const byte of randomBytes(32)) if (byte < 248 && id.length < 31) id += alphabet[byte % 62];
  }
  return id;
}

/** A time with nine digits of a second, as most real events have: a handler must be able to read them. */
function rfc3339(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${digits(6)}Z`;
}

function digits(count: number): string {
  let text = '';
  while (text.length < count) text += String(randomInt(1e12)).padStart(12, '0');
  return text.slice(0, count);
}
