import { judgeFault } from '../checks/faults.ts';
import { type Decision, readDecision } from '../checks/interceptor-answer.ts';
import type { Outcome } from '../delivery/outcome.ts';
import type { Event } from '../events/build.ts';
import type { Edit } from '../events/edit.ts';
import { editTemplates } from '../events/edit-templates.ts';
import { readForeignObject } from '../events/event-file.ts';
import { interceptorFile, readEventText } from '../events/fixtures.ts';
import { findTriggerPoint, interceptorBuilder, type TriggerPoint } from '../events/interceptors.ts';
import type { Message } from '../message.ts';
import type { DeliveryTold } from '../report/delivery-fact.ts';
import type { Fact } from '../report/facts.ts';
import { interceptedFact } from '../report/interceptor-fact.ts';
import { asInterceptor } from '../signature/interceptor.ts';

/** What is done otherwise when interceptors are asked in place of sending events. */
export interface Asking {
  /** Gives a signed message the headers of an interceptor's request. */
  finish(message: Message): Message;
  /** Whether the answer is one that the contract allows; for a spoiled request, whether it is no ALLOW. */
  isGood(event: Event, outcome: Outcome, isSpoiled: boolean): boolean;
  fact(told: DeliveryTold): Fact;
}

/** `isAlone` leaves the webhook-* headers out. */
export function asking(isAlone: boolean): Asking {
  return {
    finish: (message) => asInterceptor(message, isAlone),
    isGood(event, outcome, isSpoiled) {
      const { decision, problems } = decide(event, outcome);
      // A forged request may be refused by a rightly formed DENY, too.
      if (isSpoiled) return judgeFault(outcome) === 'refused' || decision === 'DENY';
      return decision !== null && problems.length === 0;
    },
    fact: (told) => interceptedFact(triggerOf(told.event), decide(told.event, told.outcome), told),
  };
}

function decide(event: Pick<Event, 'type'>, outcome: Outcome): Decision {
  return readDecision(triggerOf(event), outcome);
}

/** Requests are built with their trigger point in place of an event type. */
function triggerOf({ type }: Pick<Event, 'type'>): TriggerPoint {
  return type as TriggerPoint;
}

/** Builders of the requests that trigger points stand for. Throws HooksError. */
export function readInterceptors(
  names: readonly string[],
  edits: readonly Edit[],
  places: { readonly root: string; readonly fixtures: string | undefined },
): ((now: number) => Event)[] {
  const requests = names.map((name) => {
    const trigger = findTriggerPoint(name);
    const path = interceptorFile(trigger, places.root, places.fixtures);
    const members = readForeignObject(readEventText(path), path);
    return { trigger, sample: { members, hasNewId: false, hasNewTime: false } };
  });
  const edited = editTemplates(
    requests.map(({ sample }) => sample),
    edits,
  );
  return requests.map(({ trigger, sample }, index) =>
    interceptorBuilder(trigger, edited[index]!.members, sample.members),
  );
}
