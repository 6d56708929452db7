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

/** How a JSON style differs from the received body. */
interface Difference {
  readonly layout: Layout | 'kept';
  readonly escapes: Escapes;
  readonly order: 'kept' | 'sorted';
  readonly end: '' | '\n';
}

/**
 * The body as other JSON serializers write it, fewest differences first, without duplicates and without the bodies in
 * `known`. Numbers keep their text: a parser's change to a number cannot be undone.
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
    const change = isWithoutNewlines(text, written)
      ? ({ code: 'newlines_removed' } as const)
      : reserializedChange(difference, received);
    yield { value: Buffer.from(written), changes: [change] };
  }
}

/** Whether a text is what `curl -d @file` sends of a file with several lines. */
function isWithoutNewlines(text: string, written: string): boolean {
  return (
    !text.includes('\n') && written.trimEnd().includes('\n') && written.replaceAll(/[\r\n]/g, '') === text
  );
}

function reserializedChange(difference: Difference, received: Layout | 'own'): Change {
  const { layout, escapes, order, end } = difference;
  return {
    code: 'body_reserialized',
    details: {
      differences: countOf(difference),
      received,
      ...(layout !== 'kept' && { layout }),
      ...(escapes !== 'kept' && { escapes }),
      ...(order === 'sorted' && { order }),
      ...(end !== '' && { end: 'newline' }),
    },
  };
}

/** Every combination of differences, fewest first. */
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
    if (order === 'kept') return withOtherEscapes(withoutNewline(text), escapes) + end;
    // Sorted members cannot keep a custom layout.
    return received === 'own' ? undefined : writeJson(json, { layout: received, escapes, order }) + end;
  } catch {
    // Nested too deeply to serialize.
    return undefined;
  }
}

function withOtherEscapes(text: string, escapes: Escapes): string {
  return text.replace(/"(?:[^"\\]|\\.)*"/g, (literal) =>
    writeJson(literal, { layout: 'compact', escapes, order: 'kept' }),
  );
}

/** The layout of a body; `own` if it is none of the known ones. */
function layoutOf(json: Json, text: string): Layout | 'own' {
  const bare = withoutNewline(text);
  const matches = (layout: Layout) => {
    try {
      return writeJson(json, { layout, escapes: 'kept', order: 'kept' }) === bare;
    } catch {
      return false;
    }
  };
  return layoutNames.find(matches) ?? 'own';
}

function withoutNewline(text: string): string {
  return text.replace(/\r?\n$/, '');
}
