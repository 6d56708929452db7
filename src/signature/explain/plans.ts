import { type Headers, toHeaderBytes } from '../../message.ts';
import type { Secret } from '../secret.ts';
import { isRare, type Reading } from './reading.ts';
import { keyReadings } from './secrets.ts';
import { type SignedText, signedTextReadings } from './signed-texts.ts';
import { millisecondGuesses, type Stamp, secondGuesses, stampReadings } from './stamps.ts';

/** A combination without its body and hash. */
export interface SearchPlan {
  readonly stamp: Reading<Stamp>;
  readonly key: Reading<Keys>;
  readonly text: Reading<SignedText>;
  /** One of very many guesses: tried with no other change. */
  readonly isGuess?: boolean;
}

interface Keys {
  readonly key: Uint8Array;
  readonly secretIndex: number;
}

const signedTexts = signedTextReadings();

/** Most secrets to search with. A rotation has two; each secret multiplies the combinations. */
export const MAX_SECRETS = 10;

/** Every combination of headers, key and signed text, indexed by its number of changes. */
export function plansFor(
  { headers, eventId }: { readonly headers: Headers; readonly eventId: string | null },
  secrets: readonly Secret[],
  mostChanges: number,
): readonly (readonly SearchPlan[] | undefined)[] {
  const stamps = stampReadings(headers, eventId === null ? null : toHeaderBytes(eventId));
  const keys = secrets.slice(0, MAX_SECRETS).flatMap(keysOf);
  const plans = combine(stamps, keys, mostChanges);
  plans[1] = [...(plans[1] ?? []), ...guesses(stamps, keys)];
  return plans;
}

function keysOf(secret: Secret, secretIndex: number): Reading<Keys>[] {
  return keyReadings(secret).map(({ value, changes }) => ({
    value: { key: value, secretIndex },
    changes,
  }));
}

function combine(
  stamps: readonly Reading<Stamp>[],
  keys: readonly Reading<Keys>[],
  mostChanges: number,
): SearchPlan[][] {
  const byCost: SearchPlan[][] = [];
  for (const stamp of stamps) {
    for (const text of signedTexts) {
      const before = stamp.changes.length + text.changes.length;
      if (before > mostChanges || !canBeMade(text.value, stamp.value)) continue;
      for (const key of keys) {
        const cost = before + key.changes.length;
        if (cost > mostChanges || (cost > 1 && (isRare(stamp) || isRare(key)))) continue;
        byCost[cost] ??= [];
        byCost[cost].push({ stamp, key, text });
      }
    }
  }
  return byCost;
}

/** Each second, or millisecond, that may have been signed instead of the header's, for otherwise correct messages. */
function guesses(stamps: readonly Reading<Stamp>[], keys: readonly Reading<Keys>[]): SearchPlan[] {
  const [text] = signedTexts;
  const right = stamps.find(({ value, changes }) => changes.length === 0 && value.id !== undefined);
  const time = right?.value.time;
  if (!time || !text) return [];
  return keys
    .filter(({ changes }) => changes.length === 0)
    .flatMap((key) =>
      [...secondGuesses(time), ...millisecondGuesses(time)].map(({ value, changes }) => ({
        stamp: { value: { ...right.value, time: value }, changes },
        key,
        text,
        isGuess: true,
      })),
    );
}

function canBeMade({ parts }: SignedText, { id, time }: Stamp): boolean {
  return !(parts.includes('id') && id === undefined) && !(parts.includes('timestamp') && time === undefined);
}
