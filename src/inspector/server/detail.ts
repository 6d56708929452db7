import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { findCaptures } from '../../captures/find.ts';
import type { Capture, CaptureOutcome } from '../../captures/record.ts';
import { capturesOfEvent } from '../../captures/same-event.ts';
import type { CaptureStore } from '../../captures/store.ts';
import type { SecretSetting } from '../../config/secrets.ts';
import type { Target } from '../../delivery/target.ts';
import { type Message, maskCredentials } from '../../message.ts';
import { causesFound } from '../../report/facts/causes.ts';
import { messageFact } from '../../report/facts/message.ts';
import { explainRejection } from '../../report/words/verdicts.ts';
import {
  compareExplained,
  explainInSteps,
  isUnexplained,
  type SignatureExplanation,
} from '../../signature/explain/explain.ts';
import { efforts } from '../../signature/explain/search.ts';
import type { AttemptDetail, AttemptShown, CaptureDetail, VerdictDetail } from '../protocol.ts';
import { attemptOf, rowOf } from './rows.ts';
import { causeInShort, reasonInShort, type SearchedCause } from './short-causes.ts';

/** What a detail is made from. */
export interface DetailSources {
  readonly store: CaptureStore;
  readonly secret: SecretSetting;
  /** Where captures go that were not forwarded; undefined if no target is configured. */
  readonly target: Target | undefined;
  /** What a rejected message would be if it was sent from here. */
  sentFromHere(message: Message): readonly Message[];
  mask(text: string): string;
}

/** Throws HooksError for an unknown id. */
export async function detailOf(id: string, sources: DetailSources): Promise<CaptureDetail> {
  const { target } = sources;
  const capture = await captureWith(id, sources);
  const url = new URL(capture.forwardTo ?? target?.url ?? 'http://localhost:3000/webhook');
  const { curl } = messageFact({
    event: { type: capture.eventType, id: capture.eventId },
    message: capture,
    url,
    form: 'curl',
    isInsecure: false,
  });
  const attempts = await attemptsOf(capture.id, sources);
  return {
    row: rowOf(capture, attempts.map(withoutResponse)),
    attempts,
    method: capture.method,
    headers: maskCredentials(capture.headers),
    bodyBase64: Buffer.from(capture.body).toString('base64'),
    bodyBytes: capture.bodyBytes ?? capture.body.length,
    truncated: capture.truncated,
    verdict: await verdictOf(capture, sources),
    curl: curl ?? '',
    command: `scalekit-hooks replay ${capture.id} --to ${url.href}`,
  };
}

/** The attempts of a capture, oldest first; none for an unknown id. */
export async function attemptsOf(
  id: string,
  { store, mask }: Pick<DetailSources, 'store' | 'mask'>,
): Promise<AttemptDetail[]> {
  const outcomes = await outcomesOf(id, store);
  return outcomes.map((outcome) => ({
    ...attemptOf(outcome),
    response: outcome.response && mask(outcome.response),
  }));
}

/** Every Outcome of a capture, oldest first. */
export async function outcomesOf(id: string, store: CaptureStore): Promise<CaptureOutcome[]> {
  const found: CaptureOutcome[] = [];
  for await (const batch of (await store.openReader()).outcomes())
    found.push(...batch.filter(({ capture }) => capture === id));
  return found.sort((a, b) => a.time - b.time);
}

function withoutResponse({ response: _, ...attempt }: AttemptDetail): AttemptShown {
  return attempt;
}

async function verdictOf(capture: Capture, sources: DetailSources): Promise<VerdictDetail> {
  const { secret, mask } = sources;
  const none = { shortCause: null, causes: [], unexplained: null, signedBodyBase64: null };
  const ageSeconds = capture.age;
  if (capture.verified || capture.truncated) {
    const { reason, reasonHeaders: headers } = capture;
    const detail =
      reason &&
      explainRejection({ verified: false, reason, headers, ...(ageSeconds !== null && { age: ageSeconds }) });
    return { verified: capture.verified, detail: detail && mask(detail), ageSeconds, ...none };
  }
  const explanation = await explained(capture, sources);
  const { verdict } = explanation;
  const found = causesFound(explanation, secret.secrets, secret.source);
  return {
    verified: verdict.verified,
    shortCause: mask(causeInShort(explanation)),
    detail: verdict.verified ? null : mask(explainRejection(verdict)),
    ageSeconds,
    causes: found.causes.map(({ certain, message, evidence, fix }) => ({
      certain,
      message: mask(message),
      evidence: evidence && mask(evidence),
      fix: mask(fix),
    })),
    unexplained: found.unexplained && mask(found.unexplained),
    signedBodyBase64: signedBody(explanation, capture),
  };
}

/** The cause in the list. Throws HooksError for an unknown id. */
export async function shortCauseOf(id: string, sources: DetailSources): Promise<SearchedCause> {
  const capture = await captureWith(id, sources);
  const names = { webhookId: capture.webhookId, eventId: capture.eventId };
  if (capture.verified || capture.truncated)
    return { cause: reasonInShort(capture) ?? '', isCertain: true, names };
  const explanation = await explained(capture, sources);
  return { cause: sources.mask(causeInShort(explanation)), isCertain: !isUnexplained(explanation), names };
}

async function captureWith(id: string, { store }: DetailSources): Promise<Capture> {
  const [found] = await findCaptures([id], await store.openReader(), store.name);
  return found!.capture;
}

/** In steps, so that a listener in the same process goes on answering. */
async function explained(
  capture: Capture,
  { store, secret, sentFromHere }: DetailSources,
): Promise<SignatureExplanation> {
  const steps = explainInSteps(capture, secret.secrets, capture.time, { effort: efforts.brief });
  for (;;) {
    const step = steps.next();
    if (!step.done) {
      await yieldToEventLoop();
      continue;
    }
    if (!isUnexplained(step.value)) return step.value;
    const names = { webhookId: capture.webhookId, eventId: capture.eventId };
    const known = [...(await capturesOfEvent(await store.openReader(), names)), ...sentFromHere(capture)];
    return compareExplained(step.value, capture, known, secret.secrets);
  }
}

/** Null if it is not proven, or is what was received. */
function signedBody({ findings }: SignatureExplanation, { body }: Capture): string | null {
  const [first] = findings;
  if (!first || Buffer.from(first.signedBody).equals(Buffer.from(body))) return null;
  return Buffer.from(first.signedBody).toString('base64');
}
