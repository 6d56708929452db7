import { changeHeader, type Headers, type Message } from '../../message.ts';
import type { Secret } from '../../signature/secret.ts';
import { type SignedContent, signMessage } from '../../signature/sign.ts';
import type { Sample } from '../samples.ts';
import type { Exchange, Workbench } from '../workbench.ts';

/** What a handler does wrong, as a probe shows it. */
export type ProbeCode =
  | 'inconsistent'
  | 'inverted'
  | 'other-secret'
  | 'empty-secret'
  | 'secret-as-text'
  | 'secret-misread'
  | 'parsed-body'
  | 'no-body'
  | 'reserialized-body'
  | 'signature-form'
  | 'signed-text'
  | 'svix-headers'
  | 'other-headers'
  | 'milliseconds'
  | 'clock'
  | 'some-types'
  | 'interceptor-headers'
  | SilentCode;

/** Those that show nothing by being taken where the plain message is not, but by how they are answered. */
export type SilentCode = 'without-headers' | 'stale' | 'day';

/**
 * A message that a right handler refuses, or need not take, and one with a certain mistake takes: it is signed as that
 * mistake would have it. Taken where the plain message is refused, it proves the mistake.
 */
export interface Probe {
  readonly code: ProbeCode;
  /** What it is, as the end of "a message …". */
  readonly what: string;
  make(bench: Workbench): Message;
}

export interface ProbeResult {
  readonly probe: Probe;
  readonly exchange: Exchange;
}

/** What a probe is made of. */
export interface Parts {
  readonly content: SignedContent;
  readonly secret: Secret;
  readonly headers: Headers;
  /** The message as it should be. */
  readonly right: Message;
}

/** From the parts of a message to one that is made as a mistake would have it. */
export type ProbeMaker = (parts: Parts) => Message;

/** A row of a table of probes. */
export type ProbeRow = readonly [code: ProbeCode, what: string, change: ProbeMaker];

/** Makes probes of rows, each with an event of a sample. */
export function probesOf(sample: Sample, rows: readonly ProbeRow[]): Probe[] {
  return rows.map(([code, what, change]) => ({ code, what, make: (bench) => make(bench, sample, change) }));
}

function make(bench: Workbench, sample: Sample, change: ProbeMaker): Message {
  const { secrets, headers, finish, now } = bench.materials;
  const [secret] = secrets;
  const content = bench.content(sample.build(now()).body);
  return finish(change({ content, secret, headers, right: signMessage(content, [secret], headers) }));
}

/** The message with another value of a header. */
export function replaced(message: Message, header: string, change: (value: string) => string): Message {
  return { ...message, headers: changeHeader(message.headers, header, change) };
}

export function textOfBody({ body }: Pick<SignedContent, 'body'>): string {
  return Buffer.from(body).toString();
}
