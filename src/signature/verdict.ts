/** The result of verification. A rejection is a value, never an exception. */
export type Verdict = Verified | Rejected;

export interface Verified {
  readonly verified: true;
  /** Index of the secret that made the signature. */
  readonly secretIndex: number;
  /** Whole seconds from the timestamp to now; negative if the timestamp is in the future. */
  readonly age: number;
}

export interface Rejected {
  readonly verified: false;
  readonly reason: RejectionReason;
  /** The headers that caused the rejection. */
  readonly headers?: readonly string[];
  /** As in Verified; absent if the timestamp is unreadable. */
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

/** Five minutes in either direction, in all four SDKs. An age of exactly 300 is accepted, as by @scalekit-sdk/node. */
export const TOLERANCE_SECONDS = 300;
