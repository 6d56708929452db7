import { isUtf8 } from 'node:buffer';
import {
  bom,
  bomAdded,
  bomLost,
  hasBom,
  newlineAdded,
  newlineLost,
  nulAdded,
  surroundingWhitespace,
  toCrlf,
  toLf,
} from './body-edges.ts';
import { memberAdded, objectInside } from './body-members.ts';
import {
  chunkFrames,
  compressed,
  hexText,
  printedBuffer,
  printedBytes,
  printedDict,
  printedHash,
  quotesEscaped,
} from './body-printings.ts';
import { lostDigits, rewrittenTimes } from './body-times.ts';
import { truncated } from './body-truncation.ts';
import { htmlEscaped, listsForObjects, normalized } from './body-values.ts';
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
  nulAdded,
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
  objectInside,
  byteList,
  urlEncoded,
  compressed,
  hexText,
  chunkFrames,
  printedBuffer,
  printedDict,
  printedHash,
  printedBytes,
  quotesEscaped,
];
/** Wrappings that have another one inside them: a compressed body in base64, a body that was stringified three times. */
const outerWrappings: readonly BodyChange[] = [base64, insideString, urlEncoded];
const innerWrappings: readonly BodyChange[] = [base64, insideString, compressed];
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

/** Bodies with one change. A body longer than `longestText` bytes is not read as text or JSON. */
function* changedOnce(body: Uint8Array, longestText: number): Generator<Reading<Uint8Array>> {
  yield unchanged(body);
  const edges = edgeChanges.flatMap((change) => change(body));
  yield* edges;
  if (body.length > longestText) return;
  for (const change of [...textChanges, ...valueChanges, ...signerMistakes, ...guesses]) yield* change(body);
  if (!hasBom(body)) {
    const known = edges.map(({ value }) => value);
    yield* reserialized(unchanged(body), known);
  }
}

/** Bodies with a change of their charset, wrapping or values, and another inside it. */
function* changedTwice(body: Uint8Array, longestText: number): Generator<Reading<Uint8Array>> {
  if (body.length > longestText) return;
  const outer = [...textChanges, ...valueChanges, bomAdded].flatMap((change) => change(body));
  const inside = outer.flatMap((reading) =>
    newlineChanges.flatMap((change) => combined(reading, change(reading.value))),
  );
  yield* inside;
  for (const reading of outerWrappings.flatMap((change) => change(body)))
    for (const change of innerWrappings) yield* combined(reading, change(reading.value));
  const known = [...edgeChanges.flatMap((change) => change(body)), ...inside].map(({ value }) => value);
  for (const base of outer) yield* reserialized(base, known);
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
  /** Those with one change, and with two, which are many more: they are built only when one is not enough. */
  readonly #stages: readonly Stage[];
  #work = 0;

  constructor(received: Uint8Array, longestJson: number) {
    this.#received = received;
    this.#longestJson = longestJson;
    this.#stages = [changedOnce, changedTwice].map((make) => ({
      known: [],
      source: make(received, longestJson),
    }));
  }

  /** Whether the body is short enough for every JSON style. */
  get isComplete(): boolean {
    return this.#received.length <= this.#longestJson;
  }

  /** Bodies with at most `cost` changes. */
  *upTo(cost: number): Generator<Reading<Uint8Array>> {
    if (cost === 0) yield unchanged(this.#received);
    else
      for (const stage of this.#stages.slice(0, cost))
        for (const reading of this.#allOf(stage)) if (changesOf(reading) <= cost) yield reading;
  }

  /** Work units spent on building bodies since the last call. */
  takeWork(): number {
    const work = this.#work;
    this.#work = 0;
    return work;
  }

  *#allOf({ known, source }: Stage): Generator<Reading<Uint8Array>> {
    yield* known;
    for (let next = source.next(); !next.done; next = source.next()) {
      const isReserialized = next.value.changes.some(
        ({ code }) => code === 'body_reserialized' || code === 'newlines_removed',
      );
      this.#work += next.value.value.length * (isReserialized ? WORK_PER_RESERIALIZED_BYTE : 1);
      known.push(next.value);
      yield next.value;
    }
  }
}

/** Readings that were built already, and the source of the others. */
interface Stage {
  readonly known: Reading<Uint8Array>[];
  readonly source: Generator<Reading<Uint8Array>>;
}

/** More than two JSON differences count as two changes: such bodies are rare and numerous. */
export function changesOf({ changes }: Reading<Uint8Array>): number {
  return changes.length + changes.filter(({ details }) => Number(details?.differences ?? 0) > 2).length;
}
