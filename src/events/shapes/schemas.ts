import { parseJson } from '../../json.ts';
import { envelope, leastEnvelope } from './envelope.ts';
import { type FieldRule, type OptionalField, object, type Shape } from './field.ts';
import { dataShapes, type EventType } from './shapes.ts';

/** A field of an event that breaks a rule, and how. */
export interface FieldDifference {
  readonly field: string;
  readonly reason: string;
}

/** Whether a type is one of those that are documented. */
export function isEventType(type: unknown): type is EventType {
  return typeof type === 'string' && Object.hasOwn(dataShapes, type);
}

/** Where an event is not as the reference has events of this type. */
export function* faultsInEvent(event: unknown, type: EventType): Generator<SchemaIssue> {
  yield* faultsIn(event, shapeOf(type));
  if (typeOf(event) !== type) yield { path: ['type'], reason: `must be "${type}"` };
}

/** Where what is to be an event of any type is none: one that is documented must be as it is documented. */
export function faultsInAnyEvent(event: unknown): Iterable<SchemaIssue> {
  const type = typeOf(event);
  return isEventType(type) ? faultsInEvent(event, type) : faultsIn(event, leastEnvelope);
}

/** The first field that breaks the rule of the envelope, whatever the type; undefined when none does. */
export function findEnvelopeFault(event: unknown): FieldDifference | undefined {
  const [first] = faultsIn(event, envelope);
  return first && describeFault(first);
}

/** A fault in words: the path of the field with dots. */
export function describeFault({ path, reason }: SchemaIssue): FieldDifference {
  return { field: path.map(String).join('.') || 'it', reason };
}

/** The type that an event says it is of. */
export function typeOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
}

function shapeOf(type: EventType): Shape {
  return { ...envelope, data: object(dataShapes[type]) };
}

/** Faults of one event that are told. */
const MOST_TOLD = 5;

/**
 * Where an event of a documented type is not as the API reference has it: the reference may be behind, or whoever made
 * the event. Nothing for a type that is not documented, and for what is no event at all.
 */
export function findSchemaDifferences(body: Uint8Array): FieldDifference[] {
  const event = parseJson(body);
  const type = typeOf(event);
  const found: FieldDifference[] = [];
  if (!isEventType(type)) return found;
  for (const fault of faultsInEvent(event, type)) {
    found.push(describeFault(fault));
    if (found.length === MOST_TOLD) break;
  }
  return found;
}

/** A value that breaks a rule: where it is, and what it must be. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  /** As the end of a sentence that begins with the field: `must be text`, `is missing`. */
  readonly reason: string;
}

/** Holds an object against a shape, field by field. Fields that the shape does not know are let through. */
export function* faultsIn(
  value: unknown,
  shape: Shape,
  path: readonly PropertyKey[] = [],
): Generator<SchemaIssue> {
  if (!isObject(value)) {
    yield { path, reason: path.length === 0 ? 'must be a JSON object' : 'must be an object' };
    return;
  }
  for (const [name, field] of Object.entries(shape)) {
    const inner = [...path, name];
    const isThere = Object.hasOwn(value, name);
    const member = isThere ? (value as Record<string, unknown>)[name] : undefined;
    const { isOptional = false, isNullable = false } = field as Partial<OptionalField<unknown>>;
    if (member === undefined) {
      if (!isOptional) yield { path: inner, reason: 'is missing' };
    } else if (member !== null || !isNullable) yield* faultsOf(member, field.rule, inner);
  }
}

function* faultsOf(value: unknown, rule: FieldRule, path: readonly PropertyKey[]): Generator<SchemaIssue> {
  const must = (isSo: boolean, what: string): SchemaIssue[] =>
    isSo ? [] : [{ path, reason: `must be ${what}` }];
  switch (rule.kind) {
    case 'any':
      return;
    case 'text':
      yield* must(typeof value === 'string' && (rule.form?.test(value) ?? true), rule.must);
      return;
    case 'word':
      yield* must(rule.words.includes(value as string), `one of ${rule.words.join(', ')}`);
      return;
    case 'flag':
      yield* must(typeof value === 'boolean', 'true or false');
      return;
    case 'map':
      yield* must(isObject(value), 'an object');
      return;
    case 'object':
      yield* faultsIn(value, rule.shape, path);
      return;
    case 'list':
      if (!Array.isArray(value)) yield* must(false, 'a list');
      else
        for (const [index, item] of value.entries()) yield* faultsOf(item, rule.item.rule, [...path, index]);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
