import { identifyEvent } from '../../events/identify.ts';
import type { Message } from '../../message.ts';
import type { Secret } from '../secret.ts';
import { TOLERANCE_SECONDS, type Verdict } from '../verdict.ts';
import { verify } from '../verify.ts';
import { compareWithKnown } from './known-messages.ts';
import { type Observation, observe, observeBody, rewrittenNumbers, untimely } from './observations.ts';
import { type Effort, efforts, type SearchResult, search } from './search.ts';
import type { SignatureMatch } from './trial.ts';

/** Why a message was rejected, as far as the message itself shows it. */
export interface SignatureExplanation extends SearchResult {
  readonly verdict: Verdict;
  /** Facts that are certain even if no signature matches. */
  readonly observations: readonly Observation[];
  /** Whether numbers in the body may have been rewritten after signing, if nothing matches; see rewrittenNumbers. */
  readonly numbers: ReturnType<typeof rewrittenNumbers>;
  readonly receivedBytes: number;
}

export interface ExplainOptions {
  /** In seconds. */
  readonly tolerance?: number;
  /** Defaults to thorough. */
  readonly effort?: Effort;
}

/** Secrets, and the environment variable that an app reads them from. */
interface NamedSecrets {
  readonly secrets: readonly Secret[];
  readonly variable: string;
}

/** The secrets of a message's kind, webhook or interceptor, and those of the other kind, undefined if none are set. */
export interface SecretKinds<Named extends NamedSecrets = NamedSecrets> {
  readonly used: Named;
  readonly other: Named | undefined;
}

/**
 * Explains a verdict: for a rejected message, searches for the smallest change that makes its signature match. `now` is
 * in milliseconds. Never throws, even for malformed messages.
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

/** Like explain, in steps, so that the caller can yield to the event loop between them. */
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
      ...(result.findings.length === 0 && result.tried > 0 ? observeBody(message, verdict) : []),
      ...times.flatMap((seconds) => untimely(seconds, Math.floor(now / 1000), tolerance)),
    ],
    receivedBytes,
    numbers: result.findings.length > 0 ? 'none' : rewrittenNumbers(message.body),
  };
}

/** Whether a message was rejected, and no change makes its signature match. */
export function isUnexplained({ verdict, findings }: SignatureExplanation): boolean {
  return !verdict.verified && findings.length === 0;
}

/**
 * Explains an unexplained message by comparing it with `known` ones, which may be about the same event: verified ones, or
 * what they would be if they were sent from here.
 */
export function compareExplained(
  explanation: SignatureExplanation,
  message: Message,
  known: readonly Message[],
  secrets: readonly Secret[],
): SignatureExplanation {
  const changed = compareWithKnown(message, known, secrets);
  if (!changed) return explanation;
  const { verdict } = explanation;
  const observations = verdict.verified ? [] : observe(message, verdict);
  return { ...explanation, findings: [changed], observations, numbers: 'none' };
}

/** The explanation of a message that a secret of the other kind signed; undefined for other messages. */
export function withSigner(
  explanation: SignatureExplanation,
  message: Message,
  { used, other }: SecretKinds,
): SignatureExplanation | undefined {
  // Whatever its age.
  if (!other || !verify(message, other.secrets, 0, Number.POSITIVE_INFINITY).verified) return undefined;
  const details = { used: used.variable, signer: other.variable };
  return { ...explanation, observations: [{ code: 'secret_of_other_kind', details }] };
}

function timesOf(findings: readonly SignatureMatch[]): number[] {
  return [...new Set(findings.map(({ seconds }) => seconds))].filter((seconds) => seconds !== undefined);
}
