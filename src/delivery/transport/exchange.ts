import type { Dispatcher } from 'undici';
import { isInContainer } from '../../container.ts';
import type { Headers } from '../../message.ts';
import { ANSWER_LIMIT, type Answered, type Failure, type Outcome, type Protocol } from '../outcome.ts';
import { isConnectionLoss, readFailure } from './failure.ts';

const EMPTY = Buffer.alloc(0);

export interface SocketState {
  readonly bytesRead: number;
  /** Number of complete responses. */
  answers: number;
}

/** The result of one request. */
export interface Attempt {
  readonly outcome: Outcome;
  /** Whether a reused socket failed before any byte of a response, most likely because it was closed while idle. */
  readonly wasStale: boolean;
  /** Whether the socket can be reused: no bytes of this exchange remain on it. */
  readonly isLineFree: boolean;
}

/** Handles undici's events for one request and its response. */
export class Exchange implements Dispatcher.DispatchHandler {
  /** Resolves with the first result; later ones are ignored. */
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

  /** Ends the exchange from this side. */
  giveUp(failure: 'timeout' | 'stopped' | 'not_http', detail: string): void {
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
    // Ignores interim responses (1xx).
    if (status >= 200) this.#answer.start(status, headers);
  }

  onResponseData(_controller: unknown, chunk: Buffer): void {
    // More can arrive before the connection is closed.
    if (this.#answer.isEnough) return;
    this.#answer.add(chunk);
    if (this.#answer.isEnough) this.#end(this.#answer.outcome(this.#elapsed()), { isLineFree: false });
  }

  onResponseEnd(): void {
    this.#line().answers += 1;
    this.#end(this.#answer.outcome(this.#elapsed()), { isLineFree: true });
  }

  onResponseError(_controller: unknown, error: Error): void {
    const isUnanswered = this.#line().bytesRead === this.#readBefore;
    const { failure, detail, protocol } = readFailure(error);
    const wasStale = this.#wasReused && isUnanswered && isConnectionLoss(error);
    this.#fail(failure, detail, { wasStale, protocol });
  }

  #fail(failure: Failure, detail: string, { wasStale = false, protocol }: FailureDetails = {}): void {
    const milliseconds = this.#elapsed();
    const outcome: Outcome = this.#answer.hasStarted
      ? this.#answer.outcome(milliseconds, failure === 'timeout' || failure === 'stopped' ? failure : 'reset')
      : {
          answered: false,
          failure,
          detail,
          wasSent: this.#wasSent,
          ...placeOf(failure),
          ...(protocol && { protocol }),
          milliseconds,
        };
    this.#end(outcome, { wasStale });
  }

  #end(outcome: Outcome, { wasStale = false, isLineFree = false }): void {
    this.#settle({ outcome, wasStale, isLineFree });
  }

  #elapsed(): number {
    return performance.now() - this.#started;
  }
}

function placeOf(failure: Failure): { inContainer?: true } {
  return failure === 'connection_refused' && isInContainer() ? { inContainer: true } : {};
}

interface FailureDetails {
  readonly wasStale?: boolean;
  readonly protocol?: Protocol | undefined;
}

/** Collects a response, and up to ANSWER_LIMIT bytes of its body. */
class AnswerReader {
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

  /** Whether the body exceeds ANSWER_LIMIT. */
  get isEnough(): boolean {
    return this.#size > ANSWER_LIMIT;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
  }

  /** `brokenOff` is the reason for an incomplete response. */
  outcome(milliseconds: number, brokenOff?: Answered['brokenOff']): Answered {
    return {
      answered: true,
      status: this.#status,
      // Not a getter: with one, V8 stores each Outcome as a hash table, and every later look at it takes longer than this.
      headers: inPairs(this.#headers),
      body: this.#size === 0 ? EMPTY : Buffer.concat(this.#chunks).subarray(0, ANSWER_LIMIT),
      isCut: this.#size > ANSWER_LIMIT,
      ...(brokenOff && { brokenOff }),
      milliseconds,
    };
  }
}

/** Header fields in undici's form. */
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
