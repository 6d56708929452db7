import { isUtf8 } from 'node:buffer';
import {
  bom,
  bomAdded,
  bomLost,
  hasBom,
  newlineAdded,
  newlineLost,
  surroundingWhitespace,
  toCrlf,
  toLf,
} from './body-edges.ts';
import {
  chunkFrames,
  compressed,
  hexText,
  printedBuffer,
  printedDict,
  printedHash,
} from './body-printings.ts';
import {
  htmlEscaped,
  listsForObjects,
  lostDigits,
  memberAdded,
  normalized,
  rewrittenTimes,
  truncated,
} from './body-values.ts';
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

/** A known change to a body between signing and receipt: returns the bodies that may have been signed. */
type BodyChange = (body: Uint8Array) => Reading<Uint8Array>[];

/** Changes to the edges or newlines only. */
const edgeChanges: readonly BodyChange[] = [
  newlineAdded,
  newlineLost,
  bomAdded,
  bomLost,
  toCrlf,
  toLf,
  surroundingWhitespace,
];
/** Changes of charset or wrapping. */
const textChanges: readonly BodyChange[] = [
  doubledCharset,
  latin1,
  utf16,
  base64,
  insideString,
  insideEnvelope,
  byteList,
  urlEncoded,
  compressed,
  hexText,
  chunkFrames,
  printedBuffer,
  printedDict,
  printedHash,
];
/** Changes of values inside the JSON, which may combine with another way to serialize it. */
const valueChanges: readonly BodyChange[] = [rewrittenTimes, listsForObjects, htmlEscaped, normalized];
/** Many guesses, each tried with no other change. */
const guesses: readonly BodyChange[] = [memberAdded, truncated, lostDigits];
/** Mistakes of senders that sign something other than the sent body. */
const signerMistakes: readonly BodyChange[] = [
  lostWhenSigned,
  stringifiedWhenSigned,
  digestSigned,
  reprSigned,
];
/** Changes to newlines that may combine with another change. */
const newlineChanges: readonly BodyChange[] = [newlineAdded, newlineLost, toCrlf];

/** Bodies that may have been signed. A body longer than `longestText` bytes is not read as text or JSON. */
export function* bodyReadings(body: Uint8Array, longestText: number): Generator<Reading<Uint8Array>> {
  const received = unchanged(body);
  yield received;
  const edges = edgeChanges.flatMap((change) => change(body));
  yield* edges;
  if (body.length > longestText) return;
  const texts = textChanges.flatMap((change) => change(body));
  yield* texts;
  const values = valueChanges.flatMap((change) => change(body));
  yield* values;
  for (const change of [...signerMistakes, ...guesses]) yield* change(body);
  // Inside a wrapping or charset change, the body may have changed too.
  const wrapped = [...texts, ...values, ...bomAdded(body)];
  const inside = wrapped.flatMap((outer) =>
    newlineChanges.flatMap((change) => combined(outer, change(outer.value))),
  );
  yield* inside;
  const known = [...edges, ...inside].map(({ value }) => value);
  for (const base of hasBom(body) ? wrapped : [received, ...wrapped]) yield* reserialized(base, known);
}

/** Readings of earlier changes, combined with a later change. */
function combined(
  { changes }: Reading<Uint8Array>,
  earlier: readonly Reading<Uint8Array>[],
): Reading<Uint8Array>[] {
  return earlier.map(({ value, changes: more }) => ({ value, changes: [...changes, ...more] }));
}

function* reserialized(
  { value, changes }: Reading<Uint8Array>,
  known: readonly Uint8Array[],
): Generator<Reading<Uint8Array>> {
  if (!isUtf8(value)) return;
  for (const written of jsonBodies(value, known)) {
    const all = [...changes, ...written.changes];
    yield { value: written.value, changes: all };
    // Text decoders strip the byte order mark before the body is re-serialized.
    if (Number(written.changes[0]?.details?.differences) === 1 && changes.length === 0) {
      yield { value: Buffer.concat([bom, written.value]), changes: [...all, { code: 'bom_lost' }] };
    }
  }
}

/** Cost of re-serializing a body, in work units (see Effort) per byte. */
const WORK_PER_RESERIALIZED_BYTE = 60;

/** Bodies that may have been signed, each built once and only when needed. */
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

  /** Whether the body is short enough for every JSON style. */
  get isComplete(): boolean {
    return this.#received.length <= this.#longestJson;
  }

  /** Bodies with at most `cost` changes. */
  *upTo(cost: number): Generator<Reading<Uint8Array>> {
    if (cost === 0) yield unchanged(this.#received);
    else for (const reading of this.#all()) if (changesOf(reading) <= cost) yield reading;
  }

  /** Work units spent on building bodies since the last call. */
  takeWork(): number {
    const work = this.#work;
    this.#work = 0;
    return work;
  }

  *#all(): Generator<Reading<Uint8Array>> {
    yield* this.#known;
    this.#source ??= bodyReadings(this.#received, this.#longestJson);
    for (let next = this.#source.next(); !next.done; next = this.#source.next()) {
      const isReserialized = next.value.changes.some(({ code }) => code === 'body_reserialized');
      this.#work += next.value.value.length * (isReserialized ? WORK_PER_RESERIALIZED_BYTE : 1);
      this.#known.push(next.value);
      yield next.value;
    }
  }
}

/** More than two JSON differences count as two changes: such bodies are rare and numerous. */
export function changesOf({ changes }: Reading<Uint8Array>): number {
  return changes.length + changes.filter(({ details }) => Number(details?.differences ?? 0) > 2).length;
}
