import { HooksError } from '../errors.ts';
import { buildEvent, makeTemplate } from '../events/build.ts';
import { readEventText } from '../events/catalog/event-text.ts';
import { listFixtures } from '../events/catalog/fixtures.ts';
import {
  describeFault,
  faultsInAnyEvent,
  faultsInEvent,
  type SchemaIssue,
} from '../events/shapes/schemas.ts';
import { dataShapes, type EventOf, type EventType, type ScalekitEvent } from '../events/shapes/shapes.ts';
import { readMembers } from '../events/wire-form.ts';
import { isObject, parseJson } from '../json.ts';
import { textOfBody } from '../message.ts';
import { nearestNames } from '../names.ts';
import { packageRoot } from '../root.ts';
import type { StandardIssue, StandardResult, StandardSchema } from './standard-schema.ts';

/** Every documented event type. */
export const eventTypes: readonly EventType[] = Object.freeze(Object.keys(dataShapes) as EventType[]);

/** Values that replace parts of a sample event. Objects can be partial; arrays are replaced as a whole. */
export type Overrides<T> = T extends readonly unknown[]
  ? T
  : T extends object
    ? { [K in keyof T]?: Overrides<T[K]> }
    : T;

/**
 * Creates an event: the sample that `scalekit-hooks send` sends, with a new `id` and `occurred_at`, merged with the
 * overrides. Overrides can add fields, and `undefined` removes one. Throws HooksError for an undocumented type, and
 * TypeError for overrides that are not an object.
 */
export function createEvent<T extends EventType>(
  type: T,
  overrides: Overrides<Omit<EventOf<T>, 'type'>> = {},
): EventOf<T> {
  if (!isObject(overrides)) throw new TypeError('overrides must be an object of event fields');
  const sample = JSON.parse(sampleOf(type)) as object;
  return merge(sample, overrides) as EventOf<T>;
}

const samples = new Map<string, ReturnType<typeof makeTemplate>>();

function sampleOf(type: string): string {
  let template = samples.get(type);
  if (!template) {
    const fixture = listFixtures(packageRoot).find(({ name }) => name === type);
    if (!fixture) {
      throw new HooksError('unknown_event_type', {
        type: String(type),
        nearest: nearestNames(String(type), eventTypes),
        count: eventTypes.length,
      });
    }
    template = makeTemplate(readMembers(readEventText(fixture.path))!);
    samples.set(type, template);
  }
  return textOfBody(buildEvent(template, Date.now()));
}

/** Merges objects, replaces other values and removes fields that are undefined. A field can be named __proto__. */
function merge(sample: unknown, overrides: unknown): unknown {
  if (!isObject(sample) || !isObject(overrides)) return overrides;
  const merged = new Map<string, unknown>(Object.entries(sample));
  for (const [name, value] of Object.entries(overrides)) {
    if (value === undefined) merged.delete(name);
    else merged.set(name, merge(merged.get(name), value));
  }
  // fromEntries defines properties and never sets a prototype.
  return Object.fromEntries(merged);
}

/**
 * Parses and validates the body of a webhook. Verify the signature first. A documented event must match Scalekit's API
 * reference. Any other event needs only `type` and `data`, because Scalekit can add types: keep a default branch.
 * Unknown fields are allowed. Throws HooksError `invalid_event`. `parseEvent` is also a Standard Schema, whose input is
 * a body or a parsed event.
 */
export const parseEvent: ParseEvent = Object.assign(parse, standard(validateAny));

export interface ParseEvent extends StandardSchema<ScalekitEvent> {
  (body: string | Uint8Array): ScalekitEvent;
}

function parse(body: string | Uint8Array): ScalekitEvent {
  const result = validateAny(body);
  if (result.issues === undefined) return result.value;
  const [{ path = [], message: reason }] = result.issues as [StandardIssue];
  const { field } = describeFault({ path, reason });
  throw new HooksError('invalid_event', { source: 'the body', field, reason });
}

function validateAny(input: unknown): StandardResult<ScalekitEvent> {
  const event = read(input);
  return event === undefined
    ? { issues: [{ message: 'must be JSON' }] }
    : toResult(event, faultsInAnyEvent(event));
}

/** Parses a body, undefined if it is not JSON. Returns other input unchanged. */
function read(input: unknown): unknown {
  if (input instanceof ArrayBuffer) return parseJson(new Uint8Array(input));
  return typeof input === 'string' || input instanceof Uint8Array ? parseJson(input) : input;
}

/** A Standard Schema for each documented event type. Its input is a parsed event. */
export const eventSchemas: { readonly [T in EventType]: StandardSchema<EventOf<T>> } = Object.freeze(
  Object.fromEntries(
    eventTypes.map((type) => [type, standard((event) => toResult(event, faultsInEvent(event, type)))]),
  ),
) as { readonly [T in EventType]: StandardSchema<EventOf<T>> };

/** Returns a valid event itself, without copying it or removing fields. */
function toResult<T>(event: unknown, faults: Iterable<SchemaIssue>): StandardResult<T> {
  const issues = [...faults].map(({ path, reason }) => ({ message: reason, path }));
  return issues.length === 0 ? { value: event as T } : { issues };
}

function standard<T>(validate: (value: unknown) => StandardResult<T>): StandardSchema<T> {
  return { '~standard': { version: 1, vendor: 'scalekit-hooks', validate } };
}
