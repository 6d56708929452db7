import type { Message } from '../../message.ts';
import { cleanLine, cut } from '../clean.ts';

/** The meaning of an outcome and its fix, one line each. */
export interface OutcomeWords {
  /** A sentence without its full stop. */
  readonly detail: string;
  readonly fix: string;
}

/** The delivery that the sentences refer to. */
export interface DeliveryContext {
  readonly url: URL;
  readonly message: Message;
  readonly timeoutMs: number;
}

/** Text from outside, cleaned and cut for use in a sentence. */
export function show(text: string): string {
  return cut(cleanLine(text), 200);
}

/** `500 ms` or `10 s`. */
export function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
