import type { Capture, CaptureOutcome } from '../captures/record.ts';
import type {
  CaptureStore,
  CaptureWriter,
  Kept,
  OpenedWriter,
  StoreRecord,
  WriterOptions,
} from '../captures/store.ts';
import type { Outcome } from '../delivery/outcome.ts';
import type { Attempted } from '../delivery/retry.ts';
import { randomText } from '../events/random.ts';
import type { ReceivedRequest, Reception } from '../listener/receive.ts';
import { ID_HEADER, soleHeader } from '../message.ts';
import type { Report } from '../report/index.ts';
import { isDiskFull } from '../system-errors.ts';
import type { Context } from './context.ts';
import type { ReplayMode } from './replayed-message.ts';

const lettersAndDigits = '0123456789abcdefghijklmnopqrstuvwxyz';

export function newCaptureId(): string {
  return `cap_${randomText(12, lettersAndDigits)}`;
}

/** For a forwarded message, `status` is null and `forwardTo` is the target, because the app decides the response. */
export function captureOf(
  { method, target, headers, body, truncation }: ReceivedRequest,
  { verdict, eventType, eventId, organizationId, webhookId }: Reception,
  answered: { readonly time: number; readonly status: number | null; readonly forwardTo: string | null },
): Capture {
  return {
    id: newCaptureId(),
    ...answered,
    source: 'listen',
    eventType,
    eventId,
    organizationId,
    webhookId: webhookId ?? null,
    verified: verdict.verified,
    reason: verdict.verified ? null : verdict.reason,
    reasonHeaders: verdict.verified ? [] : (verdict.headers ?? []),
    age: verdict.age ?? null,
    method,
    path: target,
    truncated: truncation !== undefined,
    bodyBytes: truncation?.bytes ?? null,
    bodySha256: truncation?.sha256 ?? null,
    headers,
    body,
  };
}

/** What became of a record. 507 is Insufficient Storage (RFC 4918). */
export interface KeepResult {
  /** Undefined if nothing is stored. */
  readonly kept?: Kept | undefined;
  readonly failure?: 507 | 503;
}

/** Stores records. Warns once when storing fails, and once when it works again. */
export class CaptureRecorder {
  readonly #writer: CaptureWriter | undefined;
  readonly #report: Report;
  /** Captures that could not be stored since the last success. */
  #lost = 0;
  #hasMissedOutcome = false;

  /** Without a writer, nothing is stored and nothing fails. */
  constructor(writer: CaptureWriter | undefined, report: Report) {
    this.#writer = writer;
    this.#report = report;
  }

  get isRecording(): boolean {
    return this.#writer !== undefined;
  }

  /** On failure, returns the status to answer: 507 if the disk is full, 503 for other errors. */
  async keep(record: StoreRecord): Promise<KeepResult> {
    let kept: Kept | undefined;
    try {
      kept = await this.#writer?.keep(record);
    } catch (error) {
      return { failure: this.#failed(record, error as NodeJS.ErrnoException) };
    }
    if (this.#lost > 0) {
      this.#report.warn(`captures can be stored again. Events not stored and not accepted: ${this.#lost}`);
    }
    this.#lost = 0;
    return { kept };
  }

  close(): Promise<void> | undefined {
    return this.#writer?.close();
  }

  #failed({ kind }: StoreRecord, error: NodeJS.ErrnoException): 507 | 503 {
    const status = isDiskFull(error) ? 507 : 503;
    const { message } = error;
    if (kind !== 'outcome') {
      if (this.#lost === 0) {
        this.#report.warn(
          `cannot write captures: ${message}. Until it can write again, listen answers ${status} so that senders retry`,
        );
      }
      if (kind === 'capture') this.#lost += 1;
    } else if (!this.#hasMissedOutcome) {
      this.#hasMissedOutcome = true;
      this.#report.warn(
        `cannot store the outcome of deliveries: ${message}. replay --failed may deliver accepted events again`,
      );
    }
    return status;
  }
}

/** Opens a store for writing and prints warnings about it. Throws HooksError. */
export async function openWriterOf(
  store: CaptureStore,
  options: Pick<WriterOptions, 'sync' | 'retention'>,
  { io, report }: Context,
): Promise<OpenedWriter> {
  const opened = await store.openWriter({ ...options, now: io.now });
  for (const note of opened.notes) report.warn(note);
  return opened;
}

/** The record of a replayed Capture. */
export function replayRecord(
  capture: Capture,
  { message, outcome }: Pick<Attempted, 'message' | 'outcome'>,
  { mode, ...where }: Pick<CaptureOutcome, 'url' | 'time' | 'follower'> & { readonly mode: ReplayMode },
): Extract<StoreRecord, { kind: 'outcome' }> {
  // The webhook-id of an unverified message may be forged; see LatestOutcomes.
  const isKnownById = capture.verified || mode === 'new';
  const webhookId = isKnownById ? (soleHeader(message.headers, ID_HEADER) ?? null) : null;
  return {
    kind: 'outcome',
    outcome: { capture: capture.id, webhookId, via: 'replay', ...where, ...outcomeMembersOf(outcome) },
  };
}

/** The stored part of an Outcome. */
export function outcomeMembersOf(
  outcome: Outcome,
): Pick<CaptureOutcome, 'status' | 'failure' | 'milliseconds'> {
  return {
    status: outcome.answered ? outcome.status : null,
    failure: outcome.answered ? (outcome.brokenOff ?? null) : outcome.failure,
    milliseconds: outcome.milliseconds,
  };
}
