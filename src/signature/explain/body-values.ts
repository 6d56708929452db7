import { textOf } from './body-text.ts';
import { changed, type Reading } from './reading.ts';
import { subsetsOf } from './subsets.ts';

/** Most places of a body that are changed independently of each other: more would be too many combinations. */
const MAX_PLACES = 6;

/** Empty objects became empty lists, as PHP writes an empty array. */
export function listsForObjects(body: Uint8Array): Reading<Uint8Array>[] {
  const text = textOf(body);
  const places = text === undefined ? [] : [...text.matchAll(/\[\s*\]/g)].map(({ index }) => index);
  if (text === undefined || places.length === 0) return [];
  return choicesOf(places).map((chosen) => {
    const value = text.replaceAll(/\[\s*\]/g, (list, index: number) =>
      chosen.includes(index) ? '{}' : list,
    );
    return changed(Buffer.from(value), 'empty_object_as_list');
  });
}

/** Which of the places to change: all of them first; only all of them if there are many. */
function choicesOf(places: readonly number[]): number[][] {
  if (places.length > MAX_PLACES) return [[...places]];
  return subsetsOf(places).sort((a, b) => b.length - a.length);
}

const entities: readonly (readonly [entity: RegExp, character: string])[] = [
  [/&quot;|&#0?34;|&#x22;/gi, '"'],
  [/&#0?39;|&#x27;|&apos;/gi, "'"],
  [/&lt;|&#60;/gi, '<'],
  [/&gt;|&#62;/gi, '>'],
  [/&#x2f;|&#47;/gi, '/'],
  [/&nbsp;/gi, '\u00a0'],
  [/&amp;|&#38;/gi, '&'],
];

/** Characters were escaped for HTML: in the whole body, or in its values only. */
export function htmlEscaped(body: Uint8Array): Reading<Uint8Array>[] {
  const text = textOf(body);
  if (text === undefined || !/&(?:#\d+|#x[0-9a-f]+|\w+);/i.test(text)) return [];
  const plain = entities.reduce((rest, [entity, character]) => rest.replaceAll(entity, character), text);
  // In values, a quotation mark needs a backslash.
  const inValues = text.startsWith('{')
    ? [
        entities.reduce(
          (rest, [entity, character]) => rest.replaceAll(entity, character === '"' ? '\\"' : character),
          text,
        ),
      ]
    : [];
  return [...new Set([plain, ...inValues])]
    .filter((each) => each !== text)
    .map((each) => changed(Buffer.from(each), 'html_escaped'));
}

/** The text was normalized: composed characters became decomposed ones, or the reverse. */
export function normalized(body: Uint8Array): Reading<Uint8Array>[] {
  const text = textOf(body);
  if (text === undefined) return [];
  return (['NFD', 'NFC'] as const).flatMap((form) => {
    const value = text.normalize(form);
    return value === text ? [] : [changed(Buffer.from(value), 'text_normalized', { form })];
  });
}
