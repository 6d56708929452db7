import type { Event, NamedBuilder } from '../build.ts';
import type { FixturePlaces } from '../builders.ts';
import { readEventText } from '../catalog/event-text.ts';
import { interceptorFile } from '../catalog/fixtures.ts';
import { findTriggerPoint, type TriggerPoint } from '../catalog/trigger-points.ts';
import type { Edit } from '../edit.ts';
import { editTemplates } from '../edit-events.ts';
import { type Members, readMembers, writeMembers } from '../wire-form.ts';
import { readUserObject } from './event-file.ts';

/** Builders for the requests of trigger points, with edits applied. Throws HooksError. */
export function readInterceptorBuilders(
  names: readonly string[],
  edits: readonly Edit[],
  { root, fixtures }: FixturePlaces,
): NamedBuilder<TriggerPoint>[] {
  const requests = names.map((name) => {
    const trigger = findTriggerPoint(name);
    const path = interceptorFile(trigger, root, fixtures);
    const members = readUserObject(readEventText(path), path);
    return { trigger, sample: { members, hasNewId: false, hasNewTime: false } };
  });
  const edited = editTemplates(
    requests.map(({ sample }) => sample),
    edits,
  );
  return requests.map(({ trigger, sample }, index) => ({
    name: trigger,
    source: 'interceptors',
    build: interceptorBuilder(trigger, edited[index]!.members, sample.members),
  }));
}

/**
 * Returns a function that builds an interceptor's request for a time in milliseconds since 1970. Updates `triggered_at`
 * if it is still that of `sample`; an edited value is kept.
 */
function interceptorBuilder(
  trigger: TriggerPoint,
  members: Members,
  sample: Members,
): (now: number) => Event {
  const context = contextOf(members);
  const time = context?.get('triggered_at');
  const isUnedited = time !== undefined && time === contextOf(sample)?.get('triggered_at');
  return (now) => {
    if (!context || !isUnedited) return { type: trigger, id: null, body: Buffer.from(writeMembers(members)) };
    const updated = new Map(context).set('triggered_at', JSON.stringify(new Date(now).toISOString()));
    const body = writeMembers(new Map(members).set('interceptor_context', writeMembers(updated)));
    return { type: trigger, id: null, body: Buffer.from(body) };
  };
}

function contextOf(members: Members): Members | undefined {
  const context = members.get('interceptor_context');
  return context === undefined ? undefined : readMembers(context);
}
