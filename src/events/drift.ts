import { parseJson } from './json.ts';
import { describeFault, type FieldFault, faultsInEvent, isEventType, typeOf } from './schemas.ts';

/** Faults of one event that are told. */
const MOST_TOLD = 5;

/**
 * Where an event of a documented type is not as the API reference has it: the reference may be behind, or whoever made
 * the event. Nothing for a type that is not documented, and for what is no event at all.
 */
export function findDrift(body: Uint8Array): FieldFault[] {
  const event = parseJson(body);
  const type = typeOf(event);
  const found: FieldFault[] = [];
  if (!isEventType(type)) return found;
  for (const fault of faultsInEvent(event, type)) {
    found.push(describeFault(fault));
    if (found.length === MOST_TOLD) break;
  }
  return found;
}
