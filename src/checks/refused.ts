import type { Message } from '../message.ts';
import {
  describeOutcome,
  type Exchange,
  type Finding,
  fail,
  isWithin,
  pass,
  skip,
  statusOf,
} from './check.ts';
import type { Fault } from './faults.ts';
import type { Workbench } from './workbench.ts';

/** A message that is spoiled, and its twin: the same kind of message, with ids of its own, that is not. */
export interface Twins {
  readonly spoiled: Message;
  readonly sound: Message;
}

/** The two messages by which it is proven that a fault is what a handler refuses. */
export function twins(bench: Workbench, body: () => Uint8Array, fault: Fault): Twins {
  const { secrets, headers, finish } = bench.materials;
  return {
    spoiled: finish(fault.spoil({ content: bench.content(body()), secrets, headers })),
    sound: bench.sign(bench.content(body())),
  };
}

/** What came of a message that must be refused. A refusal counts only when its twin was taken in the same run. */
export function judgeRefused(spoiled: Exchange, sound: Exchange): Finding {
  const found = describeOutcome(spoiled.outcome);
  const status = statusOf(spoiled.outcome);
  const both = [spoiled, sound];
  if (status === undefined) return fail('no-answer', found, both);
  if (status < 300) return fail('taken', found, both);
  if (!isWithin(sound.outcome, 200, 299)) {
    const alike = describeOutcome(sound.outcome);
    return skip(
      'not-provable',
      `${found}, but the same without the fault was answered ${alike}: it is not the fault`,
      both,
    );
  }
  if (status === 429)
    return skip('not-provable', '429: a rate limit answered, which says nothing of the fault', both);
  if (status < 400) return fail('refused-with-3xx', found, both);
  if (status >= 500) return fail('refused-with-5xx', found, both);
  return pass(found, both);
}
