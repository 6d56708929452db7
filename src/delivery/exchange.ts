import type { Dispatcher } from 'undici';
import { AnswerReader } from './answer.ts';
import { isConnectionLoss, readFailure } from './failure.ts';
import type { Failure, Outcome } from './outcome.ts';

/** What is known of a connection's socket. */
export interface Line {
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
  readonly #line: () => Line;
  readonly #started = performance.now();
  readonly #answer = new AnswerReader();
  #settle: (attempt: Attempt) => void = () => {};
  #wasSent = false;
  #wasReused = false;
  #readBefore = 0;

  constructor(line: () => Line) {
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
