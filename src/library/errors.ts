import { HooksError as Thrown } from '../errors.ts';

/** What every function here throws for a wrong call: an unknown type, a malformed secret, a port in use. */
export interface HooksError extends Error {
  /** Stable, for programs. */
  readonly code: string;
  /** Why it is wrong, and what fixes it, for people. */
  readonly detail: string;
  readonly fix: string;
}

/** For `instanceof`. */
export const HooksError = Thrown as unknown as abstract new (...none: never[]) => HooksError;
