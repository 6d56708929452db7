import { type Sentences, HooksError as Thrown } from '../errors.ts';

/** What every function here throws for a wrong request: an unknown type, a malformed secret, a port in use. */
export interface HooksError extends Error {
  /** Stable: for programs. */
  readonly code: string;
  /** What is wrong, why, and what to try: for people. */
  readonly sentences: Readonly<Sentences>;
}

/** For `instanceof`. */
export const HooksError = Thrown as unknown as abstract new (...none: never[]) => HooksError;
