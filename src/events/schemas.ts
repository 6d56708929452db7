import { type Fault, faultsIn } from './check.ts';
import { envelope, leastEnvelope } from './shapes/envelope.ts';
import { object, type Shape } from './shapes/field.ts';
import { dataShapes, type EventType } from './shapes/shapes.ts';

/** A field of an event that breaks a rule, and how. */
export interface FieldFault {
  readonly field: string;
  readonly reason: string;
}

/** Whether a type is one of those that are documented. */
export function isEventType(type: unknown): type is EventType {
  return typeof type === 'string' && Object.hasOwn(dataShapes, type);
}

/** Where an event is not as the reference has events of this type. */
export function* faultsInEvent(event: unknown, type: EventType): Generator<Fault> {
  yield* faultsIn(event, shapeOf(type));
  if (typeOf(event) !== type) yield { path: ['type'], reason: `must be "${type}"` };
}

/** Where what is to be an event of any type is none: one that is documented must be as it is documented. */
export function faultsInAnyEvent(event: unknown): Iterable<Fault> {
  const type = typeOf(event);
  return isEventType(type) ? faultsInEvent(event, type) : faultsIn(event, leastEnvelope);
}

/** The first field that breaks the rule of the envelope, whatever the type; undefined when none does. */
export function findEnvelopeFault(event: unknown): FieldFault | undefined {
  const [first] = faultsIn(event, envelope);
  return first && describeFault(first);
}

/** A fault in words: the path of the field with dots. */
export function describeFault({ path, reason }: Fault): FieldFault {
  return { field: path.map(String).join('.') || 'it', reason };
}

/** The type that an event says it is of. */
export function typeOf(event: unknown): unknown {
  return typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
}

function shapeOf(type: EventType): Shape {
  return { ...envelope, data: object(dataShapes[type]) };
}
