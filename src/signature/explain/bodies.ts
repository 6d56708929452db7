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
import { asItStands, type Reading } from './reading.ts';
import { digestSigned, lostWhenSigned, reprSigned, stringifiedWhenSigned } from './signers-bodies.ts';

type Body = Uint8Array;
/** One habit of what stands between a sender and a handler: what may have been signed, if it was at work. */
type Habit = (body: Body) => Reading<Body>[];

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
export function* bodyReadings(body: Body, longestText: number): Generator<Reading<Body>> {
  const received = asItStands(body);
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
function after({ changes }: Reading<Body>, earlier: readonly Reading<Body>[]): Reading<Body>[] {
  return earlier.map(({ value, changes: more }) => ({ value, changes: [...changes, ...more] }));
}

function* rewritten({ value, changes }: Reading<Body>, known: readonly Body[]): Generator<Reading<Body>> {
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
