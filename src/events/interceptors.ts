import { HooksError } from '../errors.ts';
import type { Event } from './build.ts';
import { nearestNames } from './catalogue.ts';
import { type Members, readMembers, writeMembers } from './wire-form.ts';

/** Where Scalekit asks an interceptor before it goes on (its documents, "Auth flow interceptors"). */
export const triggerPoints = [
  'PRE_SIGNUP',
  'PRE_SESSION_CREATION',
  'PRE_USER_INVITATION',
  'PRE_M2M_TOKEN_CREATION',
] as const;

export type TriggerPoint = (typeof triggerPoints)[number];

/** The trigger point of that name. Throws HooksError, with the nearest. */
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

/**
 * Makes a builder of an interceptor's requests, which come at the time it is given, in milliseconds since 1970. The time
 * in `sample` is renewed; one that was edited stays.
 */
export function interceptorBuilder(
  trigger: TriggerPoint,
  members: Members,
  sample: Members,
): (now: number) => Event {
  const context = contextOf(members);
  const time = context?.get('triggered_at');
  const isSamples = time !== undefined && time === contextOf(sample)?.get('triggered_at');
  return (now) => {
    if (!context || !isSamples) return { type: trigger, id: null, body: Buffer.from(writeMembers(members)) };
    const fresh = new Map(context).set('triggered_at', JSON.stringify(new Date(now).toISOString()));
    const body = writeMembers(new Map(members).set('interceptor_context', writeMembers(fresh)));
    return { type: trigger, id: null, body: Buffer.from(body) };
  };
}

function contextOf(members: Members): Members | undefined {
  const context = members.get('interceptor_context');
  return context === undefined ? undefined : readMembers(context);
}
