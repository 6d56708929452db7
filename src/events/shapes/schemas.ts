import { isObject, parseJson } from '../../json.ts';
import { envelope, leastEnvelope } from './envelope.ts';
import { type FieldRule, type OptionalField, object, type Shape } from './field.ts';
import { dataShapes, type EventType } from './shapes.ts';

/** An invalid field of an event, as a dotted path, and the reason. */
export interface FieldDifference {
  readonly field: string;
  readonly reason: string;
}

/** Whether a type is documented. */
export function isEventType(type: unknown): type is EventType {
  return typeof type === 'string' && Object.hasOwn(dataShapes, type);
}

/** Differences between an event and the documentation of its type. */
export function* faultsInEvent(event: unknown, type: EventType): Generator<SchemaIssue> {
  yield* faultsIn(event, shapeOf(type));
  if (typeOf(event) !== type) yield { path: ['type'], reason: `must be "${type}"` };
}

/** Faults of an event of any type. Documented types must match their documentation; others need a type and data. */
export function faultsInAnyEvent(event: unknown): Iterable<SchemaIssue> {
  const type = typeOf(event);
  return isEventType(type) ? faultsInEvent(event, type) : faultsIn(event, leastEnvelope);
}

/** The first invalid envelope field, for any type; undefined if all are valid. */
export function findEnvelopeFault(event: unknown): FieldDifference | undefined {
  const [first] = faultsIn(event, envelope);
  return first && describeFault(first);
}

/** `it` is the event itself. */
export function describeFault({ path, reason }: SchemaIssue): FieldDifference {
  return { field: path.map(String).join('.') || 'it', reason };
}

/** The `type` member of an event, if it has one. */
function typeOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
}

function shapeOf(type: EventType): Shape {
  return { ...envelope, data: object(dataShapes[type]) };
}

const MAX_DIFFERENCES = 5;

/**
 * Differences between an event and the API reference. Not necessarily a mistake in the event: the reference may be
 * outdated. Empty for undocumented types and for bodies that are not events.
 */
export function findSchemaDifferences(body: Uint8Array): FieldDifference[] {
  const event = parseJson(body);
  const type = typeOf(event);
  const found: FieldDifference[] = [];
  if (!isEventType(type)) return found;
  for (const fault of faultsInEvent(event, type)) {
    found.push(describeFault(fault));
    if (found.length === MAX_DIFFERENCES) break;
  }
  return found;
}

/** An invalid value: its path and the reason. */
export interface SchemaIssue {
  readonly path: readonly PropertyKey[];
  /** Completes a sentence that starts with the field: `must be a string`, `is missing`. */
  readonly reason: string;
}

/** Checks an object against a shape. Unknown fields are allowed. */
function* faultsIn(value: unknown, shape: Shape, path: readonly PropertyKey[] = []): Generator<SchemaIssue> {
  if (!isObject(value)) {
    yield { path, reason: path.length === 0 ? 'must be a JSON object' : 'must be an object' };
    return;
  }
  for (const [name, field] of Object.entries(shape)) {
    const inner = [...path, name];
    const isPresent = Object.hasOwn(value, name);
    const member = isPresent ? value[name] : undefined;
    const { isOptional = false, isNullable = false } = field as Partial<OptionalField<unknown>>;
    if (member === undefined) {
      if (!isOptional) yield { path: inner, reason: 'is missing' };
    } else if (member !== null || !isNullable) yield* faultsOf(member, field.rule, inner);
  }
}

function* faultsOf(value: unknown, rule: FieldRule, path: readonly PropertyKey[]): Generator<SchemaIssue> {
  const must = (isValid: boolean, expected: string): SchemaIssue[] =>
    isValid ? [] : [{ path, reason: `must be ${expected}` }];
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
      if (!Array.isArray(value)) yield* must(false, 'an array');
      else
        for (const [index, item] of value.entries()) yield* faultsOf(item, rule.item.rule, [...path, index]);
  }
}
