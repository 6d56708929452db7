import { isUtf8 } from 'node:buffer';
import {
  blanksAround,
  bom,
  bomAdded,
  bomLost,
  hasBom,
  newlineAdded,
  newlineLost,
  toCrlf,
  toLf,
} from './body-edges.ts';
import {
  base64,
  byteList,
  doubledCharset,
  insideEnvelope,
  insideString,
  latin1,
  urlEncoded,
  utf16,
} from './body-wrappings.ts';
import { jsonBodies } from './json-bodies.ts';
import { type Reading, unchanged } from './reading.ts';
import { digestSigned, lostWhenSigned, reprSigned, stringifiedWhenSigned } from './signers-bodies.ts';

/** One habit of what stands between a sender and a handler: what may have been signed, if it was at work. */
type Habit = (body: Uint8Array) => Reading<Uint8Array>[];

/** Habits that only touch the edges or line ends. */
const edgeHabits: readonly Habit[] = [
  newlineAdded,
  newlineLost,
  bomAdded,
  bomLost,
  toCrlf,
  toLf,
  blanksAround,
];
/** Habits after which the body is another text. */
const textHabits: readonly Habit[] = [
  doubledCharset,
  latin1,
  utf16,
  base64,
  insideString,
  insideEnvelope,
  byteList,
  urlEncoded,
];
/** Habits of signers, who signed something else than they sent. */
const signerHabits: readonly Habit[] = [lostWhenSigned, stringifiedWhenSigned, digestSigned, reprSigned];
/** Habits of the last line end, and of all of them. */
const lineEndHabits: readonly Habit[] = [newlineAdded, newlineLost, toCrlf];

/**
 * What may have been signed in place of the body that was received. One that is longer than `longestText` bytes is not
 * read as text or JSON.
 */
export function* bodyReadings(body: Uint8Array, longestText: number): Generator<Reading<Uint8Array>> {
  const received = unchanged(body);
  yield received;
  const edges = edgeHabits.flatMap((habit) => habit(body));
  yield* edges;
  if (body.length > longestText) return;
  const texts = textHabits.flatMap((habit) => habit(body));
  yield* texts;
  for (const habit of signerHabits) yield* habit(body);
  // Of a body in another wrapping or charset, what is inside may be otherwise, too.
  const others = [...texts, ...bomAdded(body)];
  const inside = others.flatMap((other) =>
    lineEndHabits.flatMap((habit) => after(other, habit(other.value))),
  );
  yield* inside;
  const known = [...edges, ...inside].map(({ value }) => value);
  for (const base of hasBom(body) ? others : [received, ...others]) yield* rewritten(base, known);
}

/** Habits at work before another, whose change stays. */
function after(
  { changes }: Reading<Uint8Array>,
  earlier: readonly Reading<Uint8Array>[],
): Reading<Uint8Array>[] {
  return earlier.map(({ value, changes: more }) => ({ value, changes: [...changes, ...more] }));
}

function* rewritten(
  { value, changes }: Reading<Uint8Array>,
  known: readonly Uint8Array[],
): Generator<Reading<Uint8Array>> {
  if (!isUtf8(value)) return;
  for (const written of jsonBodies(value, known)) {
    const all = [...changes, ...written.changes];
    yield { value: written.value, changes: all };
    // Readers of text take the mark away, and what they hand on is written again.
    if (Number(written.changes[0]?.details?.differences) === 1 && changes.length === 0) {
      yield { value: Buffer.concat([bom, written.value]), changes: [...all, { code: 'bom_lost' }] };
    }
  }
}

/** Units of work (see Effort) that each byte of a body takes that is written in another style. */
const PER_REWRITTEN_BYTE = 60;

/** The bodies that may have been signed, each made once, and none before it is needed. */
export class CandidateBodies {
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
    if (cost === 0) yield unchanged(this.#received);
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
      const isRewritten = next.value.changes.some(({ code }) => code === 'body_reserialized');
      this.#work += next.value.value.length * (isRewritten ? PER_REWRITTEN_BYTE : 1);
      this.#known.push(next.value);
      yield next.value;
    }
  }
}

/** A body that was written otherwise in many ways at once counts as two changes: it is seldom, and there are many. */
export function changesOf({ changes }: Reading<Uint8Array>): number {
  return changes.length + changes.filter(({ details }) => Number(details?.differences ?? 0) > 2).length;
}
