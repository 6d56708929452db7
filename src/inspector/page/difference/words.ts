import { compacted, isJson } from '../text/json.ts';
import { count, plural } from '../text/words.ts';
import type { BodyDifference } from './difference.ts';

function listed(counts: Record<string, number>): string {
  const parts = Object.entries(counts).map(([name, number]) => {
    const isFixed = name === 'CR' || name === 'BOM' || name === 'other';
    return `${count(number)} ${isFixed || number === 1 ? name : `${name}s`}`;
  });
  return parts.join(parts.length > 2 ? ', ' : ' and ');
}

/** Such as `whitespace only: 45 newlines and 216 spaces added`. */
export function differenceSummary({ spaces, values }: BodyDifference): string {
  const added = listed(spaces.added);
  const removed = listed(spaces.removed);
  const changes = [added && `${added} added`, removed && `${removed} removed`].filter(Boolean).join('; ');
  if (values === 0) return changes ? `whitespace only: ${changes}` : 'none';
  const changed = `${count(values)} ${values === 1 ? 'value differs' : 'values differ'}`;
  return changes ? `${changed}; whitespace: ${changes}` : changed;
}

/** How JSON is indented, in a word or two. */
export function layoutOf(text: string): string {
  if (!isJson(text.replace(/^\ufeff/, ''))) return '';
  const indent = /\n([ \t]+)\S/.exec(text)?.[1];
  if (compacted(text) === text) return 'compact';
  if (!indent) return text.trim().includes('\n') ? '' : 'on one line';
  return indent.startsWith('\t') ? 'indented with tabs' : `indented with ${plural(indent.length, 'space')}`;
}
