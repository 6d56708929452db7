import type { Event } from '../events/build.ts';
import { type Renamed, withFreshIds } from '../events/fresh-ids.ts';
import { textOfBody } from '../message.ts';

/** The source of types that an endpoint subscribes to individually. */
const OPTIONAL_SOURCE = 'events page';

/** Makes samples of builders: each event that they build is about a new subject. */
export function samplesOf(
  builders: readonly { readonly name: string; readonly source: string; build(now: number): Event }[],
): Sample[] {
  return builders.map(({ name, source, build }) => ({
    type: name,
    isOptional: source === OPTIONAL_SOURCE,
    build(now, renamed) {
      const event = build(now);
      return { ...event, body: Buffer.from(withFreshIds(textOfBody(event), renamed)) };
    },
  }));
}

/** An event type to send to a handler. */
export interface Sample {
  readonly type: string;
  /** Whether an endpoint subscribes to the type individually; a handler may then reject it. */
  readonly isOptional: boolean;
  /**
   * A new event of this type at `now`, in milliseconds since 1970, about a new subject. With `renamed`, about the same
   * subject as other events with that map.
   */
  build(now: number, renamed?: Renamed): Event;
}

/**
 * Preferred types for checks that do not depend on the type, best first. Both Scalekit docs pages list them, so no
 * handler has a reason to reject them.
 */
const preferred = ['organization.directory.user_created', 'user.signup', 'organization.created'];

/** The sample for checks that do not depend on the event type. */
export function baseOf(samples: readonly [Sample, ...Sample[]]): Sample {
  return (
    preferred.flatMap((type) => samples.find((sample) => sample.type === type) ?? [])[0] ??
    samples.find(({ isOptional }) => !isOptional) ??
    samples[0]
  );
}

/** Fields that the API reference allows to be null, or that are null in real events, by type. */
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

/** The event with null in each nullable field; undefined if the type has none. */
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

/** The event without the optional fields of the envelope. */
export function withoutOptional(text: string): string {
  const { organization_id: _organization, display_name: _name, ...rest } = JSON.parse(text);
  return JSON.stringify(rest);
}

/** Two types for the same object: `…created` and `…deleted`. */
export type Undoing = readonly [created: Sample, deleted: Sample];

/** The pairs of types among the samples that create and delete the same object. */
export function undoings(samples: readonly Sample[]): Undoing[] {
  return samples.flatMap((created) => {
    const name = created.type.replace(/created$/, 'deleted');
    const deleted = samples.find(({ type }) => type === name && type !== created.type);
    return deleted ? [[created, deleted] as const] : [];
  });
}
