import type { Headers } from '../message.ts';

/** What HTTP does not allow in a response, and curl or Node.js accepts. */
export type Oddity =
  | 'repeated_length'
  | 'length_with_chunks'
  | 'unexpected_body'
  | 'bare_newlines'
  | 'space_before_colon'
  | 'folded_header'
  | 'control_character'
  | 'lower_case_version';

/** The result of delivering a Message: a response, or the reason for no response. A value, never an exception. */
export type Outcome = Answered | NotAnswered;

export interface Answered {
  readonly answered: true;
  readonly status: number;
  readonly headers: Headers;
  /** The first ANSWER_LIMIT bytes of the response body. */
  readonly body: Uint8Array;
  /** The body without its Content-Encoding: some servers compress although the request does not ask for it. */
  readonly content?: Uint8Array;
  /** Whether the response body is longer than `body`. */
  readonly isCut: boolean;
  /** Why the response is incomplete: it broke off after the status line. */
  readonly brokenOff?: 'timeout' | 'reset' | 'stopped';
  /** What HTTP does not allow in the response, and common clients accept. */
  readonly oddities?: readonly Oddity[];
  readonly milliseconds: number;
}

export interface NotAnswered {
  readonly answered: false;
  readonly failure: Failure;
  /** The error message of the system or library. */
  readonly detail: string;
  /** What the server speaks instead of HTTP/1.1, if its first bytes show it. */
  readonly protocol?: Protocol;
  /** Whether the message was written to the connection, in which case the handler may have run. */
  readonly wasSent: boolean;
  /** Whether this process runs in a container, if that can explain the failure. */
  readonly inContainer?: boolean;
  readonly milliseconds: number;
}

/** Protocols that servers are mistaken for HTTP/1.1 with. */
export type Protocol = 'TLS' | 'HTTP/2' | 'SSH' | 'Redis' | 'SMTP or FTP' | 'MySQL';

/** Why no response was received. */
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

/** How much of a response body is read, in bytes. */
export const ANSWER_LIMIT = 64 * 1024;

/** Whether the handler accepted the message: a complete 2xx response (Standard Webhooks, "Success and failure"). */
export function isAccepted(outcome: Outcome): boolean {
  return outcome.answered && outcome.status >= 200 && outcome.status < 300 && !outcome.brokenOff;
}

/** Statuses from a router, proxy, framework or rate limit, which respond before the handler verifies the message. */
const beforeVerification = [404, 405, 408, 413, 415, 429, 502, 503, 504];

/** Whether the response rejects this message in particular, so that another message may be accepted. */
export function isJudgment(outcome: Outcome): boolean {
  return outcome.answered && outcome.status >= 400 && !beforeVerification.includes(outcome.status);
}

/** Describes an Outcome: `401`, `no response: timeout`, `200, incomplete response: reset`. */
export function describeOutcome(outcome: Outcome): string {
  if (!outcome.answered) return `no response: ${outcome.failure}`;
  return outcome.brokenOff
    ? `${outcome.status}, incomplete response: ${outcome.brokenOff}`
    : String(outcome.status);
}

/** Why there is no response, or no complete one; null for a complete response. */
export function failureIn(outcome: Outcome): Failure | NonNullable<Answered['brokenOff']> | null {
  return outcome.answered ? (outcome.brokenOff ?? null) : outcome.failure;
}

/** The status of a complete response; undefined without one. */
export function statusOf(outcome: Outcome): number | undefined {
  return outcome.answered && !outcome.brokenOff ? outcome.status : undefined;
}

/** Whether the response is complete and its status is in the range, both ends included. */
export function isWithin(outcome: Outcome, lowest: number, highest: number): boolean {
  const status = statusOf(outcome);
  return status !== undefined && status >= lowest && status <= highest;
}
