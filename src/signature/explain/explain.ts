import { identifyEvent } from '../../events/identify.ts';

import type { Message } from '../../message.ts';
import type { Secret } from '../secret.ts';
import { TOLERANCE_SECONDS, type Verdict } from '../verdict.ts';
import { verify } from '../verify.ts';
import { type Observation, observe, rewrittenNumbers, untimely } from './observations.ts';
import { type Effort, efforts, type SearchResult, search } from './search.ts';
import type { SignatureMatch } from './trial.ts';

/** Why a message was refused, as far as it can be found out from the message alone. */
export interface SignatureExplanation extends SearchResult {
  readonly verdict: Verdict;
  /** What is certain without a signature that matches. */
  readonly observations: readonly Observation[];
  /** When nothing fits, whether numbers of the body may be other than those that were signed; see rewrittenNumbers. */
  readonly numbers: ReturnType<typeof rewrittenNumbers>;
  /** How long the body is that was received, in bytes. */
  readonly receivedBytes: number;
}

export interface ExplainOptions {
  /** In seconds. */
  readonly tolerance?: number;
  /** How much is tried; thorough when it is left out. */
  readonly effort?: Effort;
}

/**
 * Explains a verdict: for a refused message, searches for what would make its signature match. `now` is in
 * milliseconds. Never throws, whatever the message holds.
 */
export function explain(
  message: Message,
  secrets: readonly Secret[],
  now: number,
  options: ExplainOptions = {},
): SignatureExplanation {
  const steps = explainInSteps(message, secrets, now, options);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** As explain, in steps between which others can have their turn. */
export function* explainInSteps(
  message: Message,
  secrets: readonly Secret[],
  now: number,
  { tolerance = TOLERANCE_SECONDS, effort = efforts.thorough }: ExplainOptions = {},
): Generator<void, SignatureExplanation> {
  const verdict = verify(message, secrets, now, tolerance);
  const none = { findings: [], observations: [], tried: 1, limit: 'none', numbers: 'none' } as const;
  const receivedBytes = message.body.length;
  if (verdict.verified) return { verdict, ...none, receivedBytes };
  const { id: eventId } = identifyEvent(message.body);
  const result = yield* search(message, secrets, { eventId, effort });
  const times = result.findings.length > 0 ? timesOf(result.findings) : [];
  return {
    verdict,
    ...result,
    observations: [
      ...observe(message, verdict),
      ...times.flatMap((seconds) => untimely(seconds, Math.floor(now / 1000), tolerance)),
    ],
    receivedBytes,
    numbers: result.findings.length > 0 ? 'none' : rewrittenNumbers(message.body),
  };
}

function timesOf(findings: readonly SignatureMatch[]): number[] {
  return [...new Set(findings.map(({ seconds }) => seconds))].filter((seconds) => seconds !== undefined);
}
