import { asBuffer } from '../../message.ts';
import {
  type Escapes,
  escapesFor,
  type Json,
  type Layout,
  layoutNames,
  readJson,
  writeJson,
} from './json-writers.ts';
import type { Change, Reading } from './reading.ts';

/** What a style does otherwise than the body that was received. */
interface Difference {
  readonly layout: Layout | 'kept';
  readonly escapes: Escapes;
  readonly order: 'kept' | 'sorted';
  readonly end: '' | '\n';
}

/**
 * The body as other writers of JSON would have written it: the fewest differences first, and of two with the same text
 * the first only; those in `known` are left out. Numbers stay as they are written: what a parser made of them cannot be undone.
 */
export function* jsonBodies(body: Uint8Array, known: readonly Uint8Array[]): Generator<Reading<Uint8Array>> {
  const text = asBuffer(body).toString();
  const json = readJson(text);
  if (json === undefined) return;
  const seen = new Set([text, ...known.map((bytes) => Buffer.from(bytes).toString())]);
  const received = layoutOf(json, text);
  for (const difference of differencesFor(json)) {
    if (difference.layout === received) continue;
    const written = write(json, { text, received }, difference);
    if (written === undefined || seen.has(written)) continue;
    seen.add(written);
    yield { value: Buffer.from(written), changes: [rewritten(difference, received)] };
  }
}

function rewritten(difference: Difference, received: Layout | 'own'): Change {
  const { layout, escapes, order, end } = difference;
  return {
    code: 'body_reserialized',
    details: {
      differences: countOf(difference),
      received,
      ...(layout !== 'kept' && { layout }),
      ...(escapes !== 'kept' && { escapes }),
      ...(order === 'sorted' && { order }),
      ...(end !== '' && { end: 'line feed' }),
    },
  };
}

/** Every combination of what a writer may do otherwise, the fewest differences first. */
function differencesFor(json: Json): Difference[] {
  const all = (['', '\n'] as const).flatMap((end) =>
    (isSorted(json) ? (['kept'] as const) : (['kept', 'sorted'] as const)).flatMap((order) =>
      escapesFor(json).flatMap((escapes) =>
        (['kept', ...layoutNames] as const).map((layout) => ({ layout, escapes, order, end })),
      ),
    ),
  );
  return all.filter((each) => countOf(each) > 0).sort((a, b) => countOf(a) - countOf(b));
}

/** Whether all members stand in alphabetical order already. */
function isSorted(json: Json): boolean {
  const style = { layout: 'compact', escapes: 'kept' } as const;
  try {
    return writeJson(json, { ...style, order: 'kept' }) === writeJson(json, { ...style, order: 'sorted' });
  } catch {
    return true;
  }
}

function countOf({ layout, escapes, order, end }: Difference): number {
  return (
    Number(layout !== 'kept') + Number(escapes !== 'kept') + Number(order !== 'kept') + Number(end !== '')
  );
}

function write(
  json: Json,
  { text, received }: { readonly text: string; readonly received: Layout | 'own' },
  { layout, escapes, order, end }: Difference,
): string | undefined {
  try {
    if (layout !== 'kept') return writeJson(json, { layout, escapes, order }) + end;
    if (order === 'kept') return withOtherEscapes(withoutLineEnd(text), escapes) + end;
    // Sorting moves members out of a layout of its own, of which nothing is left then.
    return received === 'own' ? undefined : writeJson(json, { layout: received, escapes, order }) + end;
  } catch {
    // So deeply nested that it can be read but not written.
    return undefined;
  }
}

function withOtherEscapes(text: string, escapes: Escapes): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, (literal) =>
    writeJson(literal, { layout: 'compact', escapes, order: 'kept' }),
  );
}

/** The layout that a body has, `own` for one of its own. */
export function layoutOf(json: Json, text: string): Layout | 'own' {
  const bare = withoutLineEnd(text);
  const isLaidOut = (layout: Layout) => {
    try {
      return writeJson(json, { layout, escapes: 'kept', order: 'kept' }) === bare;
    } catch {
      return false;
    }
  };
  return layoutNames.find(isLaidOut) ?? 'own';
}

function withoutLineEnd(text: string): string {
  return text.replace(/\r?\n$/, '');
}
