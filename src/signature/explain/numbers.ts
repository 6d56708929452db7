import { isUtf8 } from 'node:buffer';
import { asBuffer } from '../../message.ts';
import { readJson, textsOf } from './json-writers.ts';
import { efforts } from './search.ts';

/**
 * Whether the numbers of a body may have been rewritten on the way: `likely` when one looks as a program writes what it
 * could not hold, `possible` when there is any number, which could have been `1.0` or `1e2` before, `none` without one.
 * What they were cannot be found out.
 */
export function rewrittenNumbers(body: Uint8Array): 'none' | 'possible' | 'likely' {
  if (!isUtf8(body)) return 'none';
  // So large a body is not read for this; one without a number would be a rarity.
  if (body.length > efforts.thorough.longestJson) return 'possible';
  const json = readJson(asBuffer(body).toString());
  const numbers = json === undefined ? [] : textsOf(json).filter((text) => /^[-\d]/.test(text));
  if (numbers.length === 0) return 'none';
  return numbers.some(isRounded) ? 'likely' : 'possible';
}

/** An integer that is too large to be exact, or an exponent in JavaScript's or Python's form. */
function isRounded(token: string): boolean {
  return /^-?\d+$/.test(token) ? !Number.isSafeInteger(Number(token)) : /e[+-]/i.test(token);
}
