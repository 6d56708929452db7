import type { Capture, CaptureOutcome } from '../captures/record.ts';
import type { CaptureWriter, StoreRecord } from '../captures/store.ts';
import type { Outcome } from '../delivery/outcome.ts';
import { randomText } from '../events/random.ts';
import type { ReceivedRequest, Reception } from '../listener/receive.ts';
import type { Report } from '../report/index.ts';
import type { Context } from './context.ts';

const lettersAndDigits = '0123456789abcdefghijklmnopqrstuvwxyz';

/** What the listener saw, as it is kept. `status` is null, and `forwardTo` says where to, when the app's answer counts. */
export function captureOf(
  { method, target, headers, body }: ReceivedRequest,
  { verdict, eventType, eventId, organizationId, webhookId }: Reception,
  answered: { readonly time: number; readonly status: number | null; readonly forwardTo: string | null },
): Capture {
  return {
    id: `cap_${randomText(12, lettersAndDigits)}`,
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
    headers,
    body,
  };
}

/** The system's codes for "no room": RFC 4918 has a status for that. */
const noRoom = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/** Keeps what it is given, and says once when it cannot, and once when it can again. */
export class CaptureRecorder {
  readonly #writer: CaptureWriter | undefined;
  readonly #report: Report;
  /** Captures that could not be kept since the last that could. */
  #lost = 0;
  #hasMissedOutcome = false;

  /** Without a writer nothing is kept, and that is no failure. */
  constructor(writer: CaptureWriter | undefined, report: Report) {
    this.#writer = writer;
    this.#report = report;
  }

  get isRecording(): boolean {
    return this.#writer !== undefined;
  }

  /** The status that says why a record could not be kept, 507 or 503; undefined when it was. */
  async keep(record: StoreRecord): Promise<507 | 503 | undefined> {
    try {
      await this.#writer?.keep(record);
    } catch (error) {
      return this.#failed(record, error as NodeJS.ErrnoException);
    }
    if (this.#lost > 0) {
      this.#report.warn(`captures are kept again; ${this.#lost} events could not be, and were not taken`);
    }
    this.#lost = 0;
    return undefined;
  }

  close(): Promise<void> | undefined {
    return this.#writer?.close();
  }

  #failed({ kind }: StoreRecord, { code, message }: NodeJS.ErrnoException): 507 | 503 {
    const status = noRoom.includes(code ?? '') ? 507 : 503;
    if (kind === 'capture') {
      if (this.#lost === 0) {
        const until = status === 507 ? 'there is room again' : 'they can be';
        this.#report.warn(
          `captures cannot be written: ${message}. Events are answered ${status}, so that they are sent again, until ${until}`,
        );
      }
      this.#lost += 1;
    } else if (!this.#hasMissedOutcome) {
      this.#hasMissedOutcome = true;
      this.#report.warn(
        `what the app does cannot be kept: ${message}. replay --failed may deliver again what it took`,
      );
    }
    return status;
  }
}

/** Opens a journal, and says what should be known of its folder. Throws HooksError. */
export async function openJournalFor(
  { path, sync }: { readonly path: string; readonly sync: boolean },
  { io, report }: Context,
): Promise<CaptureWriter> {
  const { openJournal } = await import('../captures/journal/writer.ts');
  const { journal, notes } = openJournal(path, { sync, now: io.now });
  for (const note of notes) report.warn(note);
  return journal;
}

/** What is kept of an Outcome. */
export function outcomeMembersOf(
  outcome: Outcome,
): Pick<CaptureOutcome, 'status' | 'failure' | 'milliseconds'> {
  return {
    status: outcome.answered ? outcome.status : null,
    failure: outcome.answered ? (outcome.brokenOff ?? null) : outcome.failure,
    milliseconds: outcome.milliseconds,
  };
}
