/** Reads the state of the app under test, as text. */
export interface Observer {
  /** Throws ObserverProblem. Ends at once when `stop` aborts. */
  read(stop: AbortSignal): Promise<string>;
}

/** Why the state could not be read; completes "the observer …". */
export class ObserverProblem extends Error {}

/** Longest state that is read, in bytes. */
export const MAX_STATE_BYTES = 1024 * 1024;
/** How long one reading may take, in ms. */
export const READ_TIMEOUT_MS = 10_000;
