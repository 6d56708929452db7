import { describeIssue, type FieldFault } from './field-fault.ts';
import { eventSchema, isEventType } from './schemas.ts';

/** Faults of one event that are told. */
const MOST_TOLD = 5;

/**
 * Where an event of a documented type is not as the API reference has it: the reference may be behind, or whoever made
 * the event. Nothing for a type that is not documented, and for what is no event at all.
 */
export function findDrift(body: Uint8Array): FieldFault[] {
  const event = parse(body);
  const type = typeof event === 'object' && event !== null && 'type' in event ? event.type : undefined;
  if (!isEventType(type)) return [];
  const result = eventSchema(type).safeParse(event);
  return result.success
    ? []
    : result.error.issues.slice(0, MOST_TOLD).map((issue) => describeIssue(issue, event));
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString());
  } catch {
    return undefined;
  }
}
