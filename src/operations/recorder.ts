import type { Capture, CaptureOutcome } from '../captures/record.ts';
import type {
  CaptureStore,
  CaptureWriter,
  Kept,
  OpenedWriter,
  StoreRecord,
  WriterOptions,
} from '../captures/store.ts';
import { failureIn, type Outcome } from '../delivery/outcome.ts';
import type { Attempted } from '../delivery/retry.ts';
import { ID_HEADER, soleHeader } from '../message.ts';
import type { Context, Report } from '../report/index.ts';
import { isDiskFull } from '../system-errors.ts';
import type { ReplayMode } from './replayed-message.ts';

/** What became of a record. 507 is Insufficient Storage (RFC 4918). */
export interface KeepResult {
  /** Undefined if nothing is stored. */
  readonly kept?: Kept | undefined;
  readonly failure?: 507 | 503;
}

/** How much of a response body is stored, in characters. */
const RESPONSE_LIMIT = 1000;

/** Stores records. Warns once when storing fails, and once when it works again. */
export class CaptureRecorder {
  readonly #writer: CaptureWriter | undefined;
  readonly #report: Report;
  /** Captures that could not be stored since the last success. */
  #lost = 0;
  /** Whether these have senders, who got an error. */
  #haveSenders = false;
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
    const storable = this.#storable(record);
    let kept: Kept | undefined;
    try {
      kept = await this.#writer?.keep(storable);
    } catch (error) {
      return { failure: this.#failed(record, error as NodeJS.ErrnoException) };
    }
    if (this.#lost > 0) {
      const lost = this.#haveSenders ? 'not stored and not accepted' : 'not stored';
      this.#report.warn(`captures can be stored again. Events ${lost}: ${this.#lost}`);
    }
    this.#lost = 0;
    return { kept };
  }

  /** A handler can print a secret in its response. Cut after masking, so that no part of a secret is left. */
  #storable(record: StoreRecord): StoreRecord {
    if (record.kind !== 'outcome' || record.outcome.response === null) return record;
    const text = this.#report.mask(record.outcome.response);
    const response = text.length > RESPONSE_LIMIT ? `${text.slice(0, RESPONSE_LIMIT)}…` : text;
    return { kind: 'outcome', outcome: { ...record.outcome, response } };
  }

  close(): Promise<void> | undefined {
    return this.#writer?.close();
  }

  #failed(record: StoreRecord, error: NodeJS.ErrnoException): 507 | 503 {
    const status = isDiskFull(error) ? 507 : 503;
    const { message } = error;
    if (record.kind !== 'outcome') {
      // Composed and pulled messages have no sender that could retry.
      this.#haveSenders = record.kind === 'listener' || record.capture.source === 'listen';
      const consequence = this.#haveSenders
        ? `Until it can write again, listen answers ${status} so that senders retry`
        : 'Messages are sent, but not stored';
      if (this.#lost === 0) this.#report.warn(`cannot write captures: ${message}. ${consequence}`);
      if (record.kind === 'capture') this.#lost += 1;
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
): OutcomeRecord {
  const isKnownById = capture.verified || mode === 'new';
  const webhookId = isKnownById ? (soleHeader(message.headers, ID_HEADER) ?? null) : null;
  return outcomeRecord({ capture: capture.id, webhookId, via: 'replay', ...where }, outcome);
}

/** The stored part of an Outcome. */
type StoredOutcome = Pick<CaptureOutcome, 'status' | 'failure' | 'milliseconds' | 'response'>;
type OutcomeRecord = Extract<StoreRecord, { kind: 'outcome' }>;

/**
 * The record of a delivered Capture. Its `webhookId` is null if the message was not verified: it may be forged; see
 * LatestOutcomes.
 */
export function outcomeRecord(
  delivery: Omit<CaptureOutcome, keyof StoredOutcome>,
  outcome: Outcome,
): OutcomeRecord {
  return { kind: 'outcome', outcome: { ...delivery, ...storedOutcome(outcome) } };
}

function storedOutcome(outcome: Outcome): StoredOutcome {
  return {
    status: outcome.answered ? outcome.status : null,
    failure: failureIn(outcome),
    milliseconds: outcome.milliseconds,
    response: outcome.answered ? responseOf(outcome.body) : null,
  };
}

/** More than is stored, so that a secret at the end of that is masked as a whole. */
function responseOf(body: Uint8Array): string | null {
  return body.length === 0 ? null : Buffer.from(body.subarray(0, 8 * RESPONSE_LIMIT)).toString();
}
