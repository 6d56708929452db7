import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { type Message, toHeaderBytes } from '../../message.ts';
import type { Secret } from '../secret.ts';
import { bodyReadings } from './bodies.ts';
import { asItStands, type Change, type Reading } from './reading.ts';
import { keyReadings } from './secrets.ts';
import type { SignatureReadings } from './signatures.ts';
import { type SignedText, signedTextReadings } from './signed-texts.ts';
import { type Stamp, stampReadings } from './stamps.ts';
import { millisecondGuesses } from './timestamps.ts';

/** What makes a signature match, changed all together. */
export interface Finding {
  readonly changes: readonly Change[];
  /** Which of the secrets, counted from 0. */
  readonly secretIndex: number;
  /** Which entry of the signature header, counted from 1. */
  readonly entry: number;
  /** The time that was signed, in whole seconds; undefined when no header tells. */
  readonly seconds: number | undefined;
  /** Lengths of what was signed and of what was received, in bytes. */
  readonly signedBytes: number;
  readonly receivedBytes: number;
}

export interface SearchResult {
  /** The smallest changes that make it match; several when they are equally small, none when nothing fits. */
  readonly findings: readonly Finding[];
  /** How many combinations were tried. */
  readonly tried: number;
  /** Whether that was all; a large body is not tried in every way. */
  readonly isComplete: boolean;
}

/** How much is tried. */
export interface Effort {
  /** Mistakes at once, beside those in the spelling of the signature. */
  readonly mostChanges: number;
  /** The longest body that is written in other styles, in bytes. */
  readonly longestJson: number;
  /**
   * Units of about a nanosecond after which the search gives up: bytes that are hashed, and what each signature and each
   * rewritten byte takes beside that. No clock, so that an answer does not depend on how busy the machine is.
   */
  readonly budget: number;
}

/** `thorough` for somebody who asked, a second at most; `brief` for a listener that has other things to do. */
export const efforts = {
  thorough: { mostChanges: 3, longestJson: 512 * 1024, budget: 450_000_000 },
  brief: { mostChanges: 2, longestJson: 64 * 1024, budget: 60_000_000 },
} satisfies Record<string, Effort>;

const PER_SIGNATURE = 5000;
const PER_REWRITTEN_BYTE = 60;

/** What one combination is made of. */
interface Plan {
  readonly stamp: Reading<Stamp>;
  readonly key: Reading<Keys>;
  readonly text: Reading<SignedText>;
  /** One of very many: tried with nothing else changed. */
  readonly isGuess?: boolean;
}

interface Keys {
  readonly key: KeyObject;
  readonly secretIndex: number;
}

/** Searches; each step takes some milliseconds at most for a body of usual size. The steps' values have no meaning. */
export function* search(
  { headers, body }: Message,
  secrets: readonly Secret[],
  { eventId, effort }: { readonly eventId: string | null; readonly effort: Effort },
): Generator<void, SearchResult> {
  const stamps = stampReadings(headers, eventId === null ? null : toHeaderBytes(eventId));
  const keys = secrets.flatMap(keysOf);
  const plans = plan(stamps, keys, effort.mostChanges);
  plans[1] = [...(plans[1] ?? []), ...guesses(stamps, keys)];
  let best = { cost: Number.POSITIVE_INFINITY, findings: [] as Finding[] };
  let [tried, spent] = [0, 0];
  const bodies = new Bodies(body, effort.longestJson);
  for (let cost = 0; cost <= effort.mostChanges; cost += 1) {
    for (const reading of bodies.upTo(cost)) {
      spent += bodies.takeWork();
      let sinceStep = 0;
      for (const candidate of plans[cost - changesOf(reading)] ?? []) {
        if (candidate.isGuess && reading.changes.length > 0) continue;
        for (const hash of hashesFor(candidate.stamp.value.signatures)) {
          if (spent > effort.budget) return { findings: best.findings, tried, isComplete: false };
          tried += 1;
          spent += reading.value.length + PER_SIGNATURE;
          sinceStep += reading.value.length + PER_SIGNATURE;
          for (const found of compare(candidate, reading, hash)) {
            const total = found.changes.length;
            if (total < best.cost) best = { cost: total, findings: [] };
            if (total === best.cost) best.findings.push({ ...found, receivedBytes: body.length });
          }
          if (sinceStep > STEP) {
            yield;
            sinceStep = 0;
          }
        }
      }
      yield;
    }
    // What costs more than what was found cannot be the smallest change.
    if (best.cost <= cost) break;
  }
  return { findings: withoutTwins(best.findings), tried, isComplete: bodies.isComplete };
}

/** As many units as may pass before others get their turn. */
const STEP = 1_000_000;

/** The bodies that may have been signed, each made once, and none before it is needed. */
class Bodies {
  readonly #received: Uint8Array;
  readonly #longestJson: number;
  readonly #known: Reading<Uint8Array>[] = [];
  #source: Generator<Reading<Uint8Array>> | undefined;
  #work = 0;

  constructor(received: Uint8Array, longestJson: number) {
    this.#received = received;
    this.#longestJson = longestJson;
  }

  /** Whether every way of writing it could be tried. */
  get isComplete(): boolean {
    return this.#received.length <= this.#longestJson;
  }

  /** Those with at most so many changes. */
  *upTo(cost: number): Generator<Reading<Uint8Array>> {
    if (cost === 0) yield asItStands(this.#received);
    else for (const reading of this.#all()) if (changesOf(reading) <= cost) yield reading;
  }

  /** What making the bodies took since this was asked last. */
  takeWork(): number {
    const work = this.#work;
    this.#work = 0;
    return work;
  }

  *#all(): Generator<Reading<Uint8Array>> {
    yield* this.#known;
    this.#source ??= bodyReadings(this.#received, this.#longestJson);
    for (let next = this.#source.next(); !next.done; next = this.#source.next()) {
      const isRewritten = next.value.changes.some(({ code }) => code === 'body_rewritten');
      this.#work += next.value.value.length * (isRewritten ? PER_REWRITTEN_BYTE : 1);
      this.#known.push(next.value);
      yield next.value;
    }
  }
}

/** A body that was written otherwise in many ways at once counts as two changes: it is seldom, and there are many. */
function changesOf({ changes }: Reading<Uint8Array>): number {
  return changes.length + changes.filter(({ details }) => Number(details?.differences ?? 0) > 2).length;
}

function keysOf(secret: Secret, secretIndex: number): Reading<Keys>[] {
  return keyReadings(secret).map(({ value, changes }) => ({
    value: { key: createSecretKey(value), secretIndex },
    changes,
  }));
}

/** Every combination of stamp, key and signed text, by the number of its changes. */
function plan(
  stamps: readonly Reading<Stamp>[],
  keys: readonly Reading<Keys>[],
  mostChanges: number,
): Plan[][] {
  const byCost: Plan[][] = [];
  for (const stamp of stamps) {
    for (const text of signedTextReadings()) {
      if (!canBeMade(text.value, stamp.value)) continue;
      for (const key of keys) {
        const cost = stamp.changes.length + text.changes.length + key.changes.length;
        if (cost > mostChanges) continue;
        byCost[cost] ??= [];
        byCost[cost].push({ stamp, key, text });
      }
    }
  }
  return byCost;
}

/** Which millisecond was signed, when the header has its second: a thousand, of messages that are right otherwise. */
function guesses(stamps: readonly Reading<Stamp>[], keys: readonly Reading<Keys>[]): Plan[] {
  const [text] = signedTextReadings();
  const right = stamps.find(({ value, changes }) => changes.length === 0 && value.id !== undefined);
  const time = right?.value.time;
  if (!time || !text) return [];
  return keys
    .filter(({ changes }) => changes.length === 0)
    .flatMap((key) =>
      millisecondGuesses(time).map(({ value, changes }) => ({
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

interface Hash {
  readonly name: string;
  readonly changes: readonly Change[];
}

const right: Hash = { name: 'sha256', changes: [] };
const others: readonly (readonly [length: number, name: string])[] = [
  [20, 'sha1'],
  [64, 'sha512'],
  [48, 'sha384'],
  [16, 'md5'],
];

/** The hashes whose digests are as long as one of the signatures. */
function hashesFor({ lengths }: SignatureReadings): Hash[] {
  return [
    right,
    ...others
      .filter(([length]) => lengths.has(length))
      .map(([, name]): Hash => ({ name, changes: [{ code: 'other_hash', details: { hash: name } }] })),
  ];
}

function* compare(
  { stamp, key, text }: Plan,
  body: Reading<Uint8Array>,
  hash: Hash,
): Generator<Omit<Finding, 'receivedBytes'>> {
  const { signatures, time } = stamp.value;
  const digest = digestOf(
    { stamp: stamp.value, text: text.value, body: body.value },
    key.value.key,
    hash.name,
  );
  const changes = [...stamp.changes, ...hash.changes, ...text.changes, ...key.changes, ...body.changes];
  const finding = (entry: number, own: readonly Change[]) => ({
    changes: [...own, ...changes],
    secretIndex: key.value.secretIndex,
    entry,
    seconds: time?.seconds,
    signedBytes: body.value.length,
  });
  const exact = signatures.digests.get(digest.toString('latin1'));
  if (exact) yield finding(exact.value, exact.changes);
  if (signatures.damaged.length === 0) return;
  const base64 = digest.toString('base64');
  for (const { value: isLike, changes: own } of signatures.damaged) if (isLike(base64)) yield finding(1, own);
}

function digestOf(
  { stamp, text, body }: { stamp: Stamp; text: SignedText; body: Uint8Array },
  key: KeyObject,
  hash: string,
): Buffer {
  const hmac = createHmac(hash, key);
  const parts = { id: stamp.id ?? '', timestamp: stamp.time?.text ?? '', body: undefined };
  let before = '';
  for (const [index, part] of text.parts.entries()) {
    if (index > 0) before += text.joiner;
    if (part === 'body') {
      hmac.update(before, 'latin1').update(body);
      before = '';
    } else before += parts[part];
  }
  return hmac.update(before, 'latin1').digest();
}

/** Different ways to the same change are one: two spellings of a secret that give one key, say. */
function withoutTwins(findings: readonly Finding[]): Finding[] {
  const known = new Map<string, Finding>();
  for (const finding of findings) {
    const name = JSON.stringify(finding.changes);
    if (!known.has(name)) known.set(name, finding);
  }
  return [...known.values()];
}
