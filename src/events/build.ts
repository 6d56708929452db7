import { randomText } from './random.ts';
import { inWireOrder, type Members, writeInOrder } from './wire-form.ts';

/** What happened: an event in wire form, ready to be signed. */
export interface Event {
  /** What the body says of itself; null where it says nothing. */
  readonly type: string | null;
  readonly id: string | null;
  readonly body: Uint8Array;
}

/** An event that lacks nothing but what is new for each one built from it. */
export interface EventTemplate {
  /** In wire order. */
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
  return { members: inWireOrder(members), hasNewId, hasNewTime };
}

/** Builds an event that happens `now`, in milliseconds since 1970. */
export function buildEvent({ members, hasNewId, hasNewTime }: EventTemplate, now: number): Event {
  const built = new Map(members);
  const newId = hasNewId ? newEventId() : undefined;
  // Setting a member keeps its place, so that the order need not be found again.
  if (newId) built.set('id', `"${newId}"`);
  if (hasNewTime) built.set('occurred_at', `"${rfc3339(now)}"`);
  return {
    type: asText(built.get('type')),
    id: newId ?? asText(built.get('id')),
    body: Buffer.from(writeInOrder(built)),
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
