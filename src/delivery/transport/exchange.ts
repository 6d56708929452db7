import type { Dispatcher } from 'undici';
import type { Headers } from '../../message.ts';
import { ANSWER_LIMIT, type Answered, type Failure, type Outcome } from '../outcome.ts';
import { isConnectionLoss, readFailure } from './failure.ts';

/** What is known of a connection's socket. */
export interface SocketState {
  readonly bytesRead: number;
  /** Answers that came whole. */
  answers: number;
}

/** What came of one post. */
export interface Attempt {
  readonly outcome: Outcome;
  /** Whether a reused socket failed before any byte of an answer: it had most likely been closed while it was idle. */
  readonly wasStale: boolean;
  /** Whether nothing of the exchange can still be on the socket. */
  readonly isLineFree: boolean;
}

/** One message on its way and the answer to it, told by undici. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Settles once, with what came first. */
  readonly attempt: Promise<Attempt>;
  readonly #line: () => SocketState;
  readonly #started = performance.now();
  readonly #answer = new AnswerReader();
  #settle: (attempt: Attempt) => void = () => {};
  #wasSent = false;
  #wasReused = false;
  #readBefore = 0;

  constructor(line: () => SocketState) {
    this.#line = line;
    this.attempt = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Ends it from here: the time is up, or somebody wants to stop. */
  giveUp(failure: 'timeout' | 'stopped', detail: string): void {
    this.#fail(failure, detail);
  }

  onRequestStart(): void {
    const line = this.#line();
    this.#wasSent = true;
    this.#wasReused = line.answers > 0;
    this.#readBefore = line.bytesRead;
  }

  onResponseStart(
    _controller: unknown,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    // Interim answers (1xx) are not the answer.
    if (status >= 200) this.#answer.start(status, headers);
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    const isEnough = this.#answer.add(chunk);
    if (isEnough) this.#end(this.#answer.outcome(this.#elapsed()), { isLineFree: false });
  }

  onResponseEnd(): void {
    this.#line().answers += 1;
    this.#end(this.#answer.outcome(this.#elapsed()), { isLineFree: true });
  }

  onResponseError(_controller: unknown, error: Error): void {
    const isUnanswered = this.#line().bytesRead === this.#readBefore;
    const { failure, detail } = readFailure(error);
    this.#fail(failure, detail, this.#wasReused && isUnanswered && isConnectionLoss(error));
  }

  #fail(failure: Failure, detail: string, wasStale = false): void {
    const milliseconds = this.#elapsed();
    const outcome: Outcome = this.#answer.hasStarted
      ? this.#answer.outcome(milliseconds, failure === 'timeout' || failure === 'stopped' ? failure : 'reset')
      : { answered: false, failure, detail, wasSent: this.#wasSent, milliseconds };
    this.#end(outcome, { wasStale });
  }

  #end(outcome: Outcome, { wasStale = false, isLineFree = false }): void {
    this.#settle({ outcome, wasStale, isLineFree });
  }

  #elapsed(): number {
    return performance.now() - this.#started;
  }
}

/** Collects an answer up to ANSWER_LIMIT. */
export class AnswerReader {
  #status = 0;
  #headers: FieldsByName = {};
  #chunks: Buffer[] = [];
  #size = 0;

  get hasStarted(): boolean {
    return this.#status !== 0;
  }

  start(status: number, headers: FieldsByName): void {
    this.#status = status;
    this.#headers = headers;
  }

  /** Returns whether there is more now than will be kept. */
  add(chunk: Buffer): boolean {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    return this.#size > ANSWER_LIMIT;
  }

  /** `brokenOff` says why the end did not come. */
  outcome(milliseconds: number, brokenOff?: Answered['brokenOff']): Answered {
    const fields = this.#headers;
    return {
      answered: true,
      status: this.#status,
      // Read of few answers, and so put in order only then.
      get headers() {
        return inPairs(fields);
      },
      body: Buffer.concat(this.#chunks).subarray(0, ANSWER_LIMIT),
      isCut: this.#size > ANSWER_LIMIT,
      ...(brokenOff && { brokenOff }),
      milliseconds,
    };
  }
}

/** Header fields as undici hands them over. */
type FieldsByName = Record<string, string | string[] | undefined>;

function inPairs(fields: FieldsByName): Headers {
  const pairs: [string, string][] = [];
  for (const name in fields) {
    const value = fields[name] ?? [];
    if (typeof value === 'string') pairs.push([name, value]);
    else for (const single of value) pairs.push([name, single]);
  }
  return pairs;
}
