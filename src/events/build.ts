import { randomBytes, randomInt } from 'node:crypto';
import { type Members, writeMembers } from './wire-form.ts';

/** What happened: an event in wire form, ready to be signed. */
export interface Event {
  readonly type: string;
  readonly id: string;
  readonly body: Uint8Array;
}

export interface BuildOptions {
  /** When the event happens, in milliseconds since 1970. */
  readonly now: number;
  /** Keeps the id and occurred_at that the fixture has. */
  readonly keepId?: boolean;
}

/**
 * Builds an event from the members of a fixture (`type` and `data` are there): a new id and occurred_at,
 * what the envelope lacks filled in, all else as the fixture has it.
 */
export function buildEvent(fixture: Members, options: BuildOptions): Event {
  const members = new Map(fixture);
  const fill = (name: string, value: string, replaces = false) => {
    if (replaces || !members.has(name)) members.set(name, JSON.stringify(value));
  };
  const type: string = JSON.parse(members.get('type')!);
  fill('spec_version', '1');
  fill('environment_id', usualEnvironment);
  fill('object', usualObject(type));
  fill('id', newEventId(), !options.keepId);
  fill('occurred_at', rfc3339(options.now), !options.keepId);
  return { type, id: JSON.parse(members.get('id')!), body: Buffer.from(writeMembers(members)) };
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
