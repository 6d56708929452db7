import { changeHeader, type Headers, type Message, textOfBody } from '../../message.ts';
import type { Secret } from '../../signature/secret.ts';
import { type SignedContent, signMessage } from '../../signature/sign.ts';
import type { Sample } from '../samples.ts';
import type { Exchange, Workbench } from '../workbench.ts';

/** The fault that an accepted probe proves. */
export type ProbeCode =
  | 'inconsistent'
  | 'inverted'
  | 'other-secret'
  | 'empty-secret'
  | 'secret-as-text'
  | 'secret-misread'
  | 'parsed-body'
  | 'no-body'
  | 'not-text'
  | 'base64-body'
  | 'newline-added'
  | 'reserialized-body'
  | 'signature-form'
  | 'signed-text'
  | 'svix-headers'
  | 'other-headers'
  | 'milliseconds'
  | 'clock'
  | 'rejects-now'
  | 'time-zone'
  | 'some-types'
  | 'interceptor-headers'
  | SilentCode;

/** Probes that are sent only to compare their responses: that one is accepted proves nothing alone. */
const silentCodes = [
  'without-headers',
  'forged',
  'not-json',
  'stale',
  'day',
  'other-event',
  'simple',
  'content',
  'size',
] as const;

export type SilentCode = (typeof silentCodes)[number];

/** Whether a probe is sent only to compare responses. */
export function isSilent(code: ProbeCode): code is SilentCode {
  return (silentCodes as readonly ProbeCode[]).includes(code);
}

/** What a handler does wrong. */
export interface Mistake {
  readonly code: ProbeCode;
  /** Describes the message that it accepts; completes "a message …". */
  readonly what: string;
}

/**
 * A message signed to match a mistake, or several at once. A handler with them accepts it; a correct handler may reject
 * it. If it is accepted and the plain message is rejected, the mistakes are proven.
 */
export interface Probe extends Mistake {
  /** The mistakes that an accepted probe proves together; undefined for one mistake. */
  readonly mistakes?: readonly Mistake[];
  make(bench: Workbench): Message;
}

/** The probes sent so far, and their responses. */
export interface SearchState {
  /** The plain message, which was rejected. */
  readonly first: Exchange;
  readonly results: readonly ProbeResult[];
  readonly isAccepted: (exchange: Exchange) => boolean;
}

/** Probes that depend on the responses to earlier ones. A search ends with the stage that proves a fault. */
export type SearchStage = (state: SearchState) => readonly Probe[];

/** A probe, and the response to it. */
export interface ProbeResult {
  readonly probe: Probe;
  readonly exchange: Exchange;
}

/** The input of a probe. */
export interface Parts {
  readonly content: SignedContent;
  readonly secret: Secret;
  readonly headers: Headers;
  /** The correctly signed message. */
  readonly right: Message;
}

/** Builds the message that a mistake would accept. */
export type ProbeMaker = (parts: Parts) => Message;

/** A probe of a sample that is not chosen yet. */
export type ProbeRow = readonly [
  code: ProbeCode,
  what: string,
  change: ProbeMaker,
  mistakes?: readonly Mistake[],
];

/** Builds probes from rows, each with a new event of a sample. */
export function probesOf(sample: Sample, rows: readonly ProbeRow[]): Probe[] {
  return rows.map(([code, what, change, mistakes]) => ({
    code,
    what,
    make: (bench) => make(bench, sample, change),
    ...(mistakes && { mistakes }),
  }));
}

function make(bench: Workbench, sample: Sample, change: ProbeMaker): Message {
  const { secrets, headers, finish, now } = bench.materials;
  const [secret] = secrets;
  const content = bench.content(sample.build(now()).body);
  return finish(change({ content, secret, headers, right: signMessage(content, [secret], headers) }));
}

/** The message with another value of each header with this name (lowercase). */
export function replaced(message: Message, header: string, change: (value: string) => string): Message {
  return { ...message, headers: changeHeader(message.headers, header, change) };
}

/** Signs and sends another body, made from the text of the sample. */
export function sentAs(bodyOf: (text: string) => string): ProbeMaker {
  return ({ content, secret, headers }) =>
    signMessage({ ...content, body: Buffer.from(bodyOf(textOfBody(content))) }, [secret], headers);
}
