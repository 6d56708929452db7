import type { Event } from './build.ts';
import type { TriggerPoint } from './trigger-points.ts';
import { type Members, readMembers, writeMembers } from './wire-form.ts';

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
