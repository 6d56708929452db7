import type { Headers } from '../message.ts';

/** What a handler did with a Message. Failure to deliver is a value, never an exception. */
export type Outcome = Answered | NotAnswered;

export interface Answered {
  readonly answered: true;
  readonly status: number;
  readonly headers: Headers;
  /** At most ANSWER_LIMIT bytes of the answer's body. */
  readonly body: Uint8Array;
  /** Whether there was more than that; it was not read. */
  readonly isCut: boolean;
  /** Why the body never ended: the status line came, but not all that was announced. */
  readonly brokenOff?: 'timeout' | 'reset' | 'stopped';
  readonly milliseconds: number;
}

export interface NotAnswered {
  readonly answered: false;
  readonly failure: Failure;
  /** The system's or library's own words. */
  readonly detail: string;
  /** Whether the message had been handed to the connection, so that the handler may have run. */
  readonly wasSent: boolean;
  readonly milliseconds: number;
}

/** Why no status line came. */
export type Failure =
  | 'connection_refused'
  | 'dns'
  | 'tls'
  | 'not_tls'
  | 'reset'
  | 'timeout'
  | 'unreachable'
  | 'not_http'
  | 'stopped';

export const ANSWER_LIMIT = 64 * 1024;

/** Whether the handler took the message: any 2xx whose answer ended (Standard Webhooks, "Success and failure"). */
export function isAccepted(outcome: Outcome): boolean {
  return outcome.answered && outcome.status >= 200 && outcome.status < 300 && !outcome.brokenOff;
}

/** Statuses of a route, a proxy, a framework or a limit that never came to judging the message. */
const beforeJudging = [404, 405, 408, 413, 415, 429, 502, 503, 504];

/** Whether an answer refuses the message as such: another message may be answered otherwise. */
export function isJudgment(outcome: Outcome): boolean {
  return outcome.answered && outcome.status >= 400 && !beforeJudging.includes(outcome.status);
}

/** What came back, in a few words: `401`, `no answer: timeout`, `200, broken off: reset`. */
export function describeOutcome(outcome: Outcome): string {
  if (!outcome.answered) return `no answer: ${outcome.failure}`;
  return outcome.brokenOff ? `${outcome.status}, broken off: ${outcome.brokenOff}` : String(outcome.status);
}

/** The status of an answer that came whole; undefined where none did. */
export function statusOf(outcome: Outcome): number | undefined {
  return outcome.answered && !outcome.brokenOff ? outcome.status : undefined;
}

/** Whether an answer came whole, and its status is one of those. */
export function isWithin(outcome: Outcome, lowest: number, highest: number): boolean {
  const status = statusOf(outcome);
  return status !== undefined && status >= lowest && status <= highest;
}
