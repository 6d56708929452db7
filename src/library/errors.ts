import { HooksError as InternalHooksError } from '../errors.ts';

/**
 * The error that the library throws for invalid input or configuration, such as an unknown event type, a malformed
 * secret or a port in use. An argument of the wrong type throws TypeError instead.
 */
export interface HooksError extends Error {
  /** A stable identifier, such as `unknown_event_type`. */
  readonly code: string;
  /** Explains the error, for people. */
  readonly detail: string;
  /** How to fix it, for people. */
  readonly fix: string;
}

/** Only for `instanceof`. */
export const HooksError = InternalHooksError as unknown as abstract new (...none: never[]) => HooksError;
