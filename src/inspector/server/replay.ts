import { findCaptures } from '../../captures/find.ts';
import type { Capture } from '../../captures/record.ts';
import type { CaptureStore } from '../../captures/store.ts';
import type { SecretSetting } from '../../config/secrets.ts';
import { WEBHOOK_TIMEOUT } from '../../delivery/schedules.ts';
import { credentialsOf, type Target } from '../../delivery/target.ts';
import { deliverOnce } from '../../delivery/transport/index.ts';
import { HooksError } from '../../errors.ts';
import { type CaptureRecorder, replayRecord } from '../../operations/recorder.ts';
import { type ReplayMode, replayed } from '../../operations/replayed-message.ts';
import { isGenuine } from '../../operations/trust.ts';
import type { AttemptShown, ReplayRequest, ReplayResult } from '../protocol.ts';
import { outcomesOf } from './detail.ts';
import { ApiFailure } from './failure.ts';
import { attemptOf } from './rows.ts';
import { type KnownTargets, targetNamed, unknownTarget } from './targets.ts';

/** What a replay needs. */
export interface ReplaySources extends KnownTargets {
  readonly store: CaptureStore;
  readonly secret: SecretSetting;
  /** Opened at the first replay: who only looks writes nothing. */
  recorder(): Promise<CaptureRecorder>;
  readonly follower: string;
  now(): number;
}

const modes: readonly ReplayMode[] = ['resigned', 'new', 'exact'];

/** Reads a request of the page. Throws ApiFailure. */
export function readReplayRequest(value: unknown): ReplayRequest {
  const { capture, mode, target, body } = (
    typeof value === 'object' && value !== null ? value : {}
  ) as Partial<ReplayRequest>;
  const isValid =
    typeof capture === 'string' &&
    modes.includes(mode as ReplayMode) &&
    (target === null || typeof target === 'string') &&
    (body === undefined || (typeof body === 'string' && mode !== 'exact'));
  if (!isValid) throw new ApiFailure(400, 'malformed_request', 'the request is not a replay');
  return { capture, mode: mode!, target: target!, ...(body !== undefined && { body }) };
}

/** Delivers a capture once, and stores the Outcome. Throws HooksError and ApiFailure. */
export async function replayCapture(request: ReplayRequest, sources: ReplaySources): Promise<ReplayResult> {
  const { store, secret, recorder, follower, now } = sources;
  const [found] = await findCaptures([request.capture], await store.openReader(), store.name);
  const { capture } = found!;
  holdTrust(capture, request, sources);
  const target = targetOf(capture, request, sources);
  const edited = request.body === undefined ? capture : { ...capture, body: Buffer.from(request.body) };
  const { messageAt } = replayed(edited, {
    mode: request.mode,
    edits: [],
    secrets: secret.secrets,
    headers: credentialsOf(target),
  });
  const message = messageAt(now());
  const outcome = await deliverOnce(message, target, { timeout: WEBHOOK_TIMEOUT });
  const was = await latestAt(target.url.href, capture.id, store);
  const { mode } = request;
  const record = replayRecord(
    capture,
    { message, outcome },
    { mode, url: target.url.href, time: now(), follower },
  );
  await (await recorder()).keep(record);
  return { attempt: attemptOf(record.outcome), was };
}

/** Re-signed, a forged message would look real; with an edited body, the user has decided. */
function holdTrust(capture: Capture, { mode, body }: ReplayRequest, { store, secret }: ReplaySources): void {
  if (mode === 'exact' || body !== undefined) return;
  if (capture.truncated)
    throw new HooksError('truncated_capture', { id: capture.id, bytes: capture.bodyBytes ?? 0 });
  const isTrusted = store.isTrusted ? capture.verified : isGenuine(capture, secret.secrets);
  if (!isTrusted)
    throw new ApiFailure(
      409,
      'untrusted_capture',
      'the signature of this event does not verify. Replay it exactly as received, or edit it',
    );
}

/** Without a name, where the capture was forwarded to, or the only target. Throws ApiFailure. */
function targetOf(capture: Capture, { target: name }: ReplayRequest, sources: ReplaySources): Target {
  if (name !== null) return targetNamed(name, sources);
  const [only, ...others] = sources.targets.values();
  const forwarded = [...sources.targets.values()].find(({ url }) => url.href === capture.forwardTo);
  const target = forwarded ?? (others.length === 0 ? only : undefined);
  if (!target) throw unknownTarget();
  return target;
}

/** The latest attempt before, at one target. */
async function latestAt(url: string, id: string, store: CaptureStore): Promise<AttemptShown | null> {
  const outcomes = await outcomesOf(id, store);
  const latest = outcomes.findLast((outcome) => outcome.url === url);
  return latest ? attemptOf(latest) : null;
}
