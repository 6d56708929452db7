import { HooksError } from '../../errors.ts';
import { nearestNames } from '../../names.ts';

/** The points at which Scalekit calls an interceptor (its docs, "Auth flow interceptors"). */
export const triggerPoints = [
  'PRE_SIGNUP',
  'PRE_SESSION_CREATION',
  'PRE_USER_INVITATION',
  'PRE_M2M_TOKEN_CREATION',
] as const;

export type TriggerPoint = (typeof triggerPoints)[number];

/** Finds a trigger point by name. Throws HooksError with the nearest names. */
export function findTriggerPoint(name: string): TriggerPoint {
  const found = triggerPoints.find((known) => known === name);
  if (found) return found;
  throw new HooksError('unknown_trigger_point', {
    name,
    nearest: nearest(name),
    known: triggerPoints,
  });
}

function nearest(name: string): string[] {
  const lower = triggerPoints.map((known) => known.toLowerCase());
  return nearestNames(name, lower).map((known) => known.toUpperCase());
}
