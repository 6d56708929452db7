import { cleanLine, cut } from './clean.ts';

/** What an outcome means here, and what to try. */
export interface Explanation {
  meaning: string;
  try: string;
}

/** What the sentences speak of. */
export interface Delivered {
  readonly url: URL;
  readonly bodyBytes: number;
  readonly timeoutMs: number;
}

/** A part of a sentence that comes from outside, cleaned and cut. */
export function show(text: string): string {
  return cut(cleanLine(text), 200);
}

/** A time limit in a sentence. */
export function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
