/** What verification says. A refusal is a value, never an exception. */
export type Verdict = Verified | Rejected;

export interface Verified {
  readonly verified: true;
  /** Which of the given secrets fits, counted from 0. */
  readonly secretIndex: number;
  /** Whole seconds between the timestamp and now; negative when the message is ahead. */
  readonly age: number;
}

export interface Rejected {
  readonly verified: false;
  readonly reason: RejectionReason;
  /** The headers that the reason speaks of. */
  readonly headers?: readonly string[];
  /** As in Verified, where the timestamp can be read. */
  readonly age?: number;
}

export const rejectionReasons = [
  'missing_header',
  'repeated_header',
  'malformed_timestamp',
  'malformed_signature',
  'unknown_signature_version',
  'signature_mismatch',
  'too_old',
  'too_new',
] as const;

export type RejectionReason = (typeof rejectionReasons)[number];

/** Five minutes either way, in all four SDKs; the edge itself is accepted, as @scalekit-sdk/node does. */
export const TOLERANCE_SECONDS = 300;
