import type { Event } from '../events/build.ts';
import { type Renamed, withFreshIds } from './fresh-ids.ts';

/** Of a type that endpoints subscribe to by choice, as those of the events page. */
const BY_CHOICE = 'events page';

/** A sample of each builder. */
export function samplesOf(
  builders: readonly { readonly name: string; readonly source: string; build(now: number): Event }[],
): Sample[] {
  return builders.map(({ name, source, build }) => ({
    type: name,
    isOptional: source === BY_CHOICE,
    build(now, renamed) {
      const event = build(now);
      return { ...event, body: Buffer.from(withFreshIds(Buffer.from(event.body).toString(), renamed)) };
    },
  }));
}

/** An event type that a handler is sent. */
export interface Sample {
  readonly type: string;
  /** Whether it is of those that an endpoint subscribes to by choice: a handler may refuse it. */
  readonly isOptional: boolean;
  /**
   * A new event of this type, which happens at that time in milliseconds. It is about something new, or, with `renamed`,
   * about what other events with the same are about.
   */
  build(now: number, renamed?: Renamed): Event;
}

/**
 * The types on which all checks but those of the types themselves rest, first match first: documented on both of
 * Scalekit's pages, so that no handler has a reason to refuse it.
 */
const preferred = ['organization.directory.user_created', 'user.signup', 'organization.created'];

/** The sample that messages are made of whose type is of no matter. */
export function baseOf(samples: readonly [Sample, ...Sample[]]): Sample {
  return (
    preferred.flatMap((type) => samples.find((sample) => sample.type === type) ?? [])[0] ??
    samples.find(({ isOptional }) => !isOptional) ??
    samples[0]
  );
}

/** Fields that the API reference allows to be null, or that real events had as null, by the types that have them. */
const nullable: readonly [types: RegExp, paths: readonly string[]][] = [
  [/^organization\.(created|updated|deleted)$/, ['metadata']],
  [/^organization\.directory\.user_/, ['groups']],
  [/^organization\.directory\.group_/, ['external_id']],
  [
    /^user\.(signup|organization_)/,
    [
      'organization.external_id',
      'organization.metadata',
      'user.user_profile.custom_attributes',
      'user.user_profile.external_identities',
      'user.user_profile.groups',
    ],
  ],
  [
    /^user\.(login|logout)$/,
    ['user_session.expired_at', 'user_session.logout_at', 'user.user_profile.custom_attributes'],
  ],
];

/** The text of an event with null in each field that may be null; undefined for a type that has none. */
export function withNulls(type: string, text: string): string | undefined {
  const paths = nullable.find(([types]) => types.test(type))?.[1];
  if (!paths) return undefined;
  const event = JSON.parse(text) as { data: Record<string, unknown> };
  for (const path of paths) {
    const names = path.split('.');
    const last = names.pop()!;
    const parent = names.reduce<unknown>(
      (value, name) => (value as Record<string, unknown> | null)?.[name],
      event.data,
    );
    if (typeof parent === 'object' && parent !== null) (parent as Record<string, unknown>)[last] = null;
  }
  return JSON.stringify(event);
}

/** The text of an event without what its envelope need not have. */
export function withoutOptional(text: string): string {
  const { organization_id: _organization, display_name: _name, ...rest } = JSON.parse(text);
  return JSON.stringify(rest);
}

/** Two types of which the second undoes the first: `…created` and `…deleted` of the same thing. */
export type Undoing = readonly [created: Sample, deleted: Sample];

export function undoings(samples: readonly Sample[]): Undoing[] {
  return samples.flatMap((created) => {
    const name = created.type.replace(/created$/, 'deleted');
    const deleted = samples.find(({ type }) => type === name && type !== created.type);
    return deleted ? [[created, deleted] as const] : [];
  });
}
