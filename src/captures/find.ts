import { HooksError } from '../errors.ts';
import { nearestNames } from '../names.ts';
import type { Capture, CaptureHead } from './record.ts';
import type { CaptureReader, Entry, FoundEntry } from './store.ts';

/** A matching Capture, and the number of newer ones: of all, or of those that were found. */
interface FoundCapture {
  readonly capture: Capture;
  readonly newer: number;
}

/** How many of the newest Captures supply suggestions for an unknown id. */
const MAX_COMPARED = 1000;
/** How many ids the error for an ambiguous id lists. */
const MAX_LISTED = 4;

/**
 * Finds one Capture for each id, in the given order. An id is a `cap_` id, an event id or webhook-id (its newest
 * Capture), a unique prefix of one of these, `last`, or `last:3` for the third newest. Throws HooksError for an
 * unknown or ambiguous id. `folder` names the store in errors.
 */
export async function findCaptures(
  ids: readonly string[],
  reader: CaptureReader,
  folder: string,
): Promise<FoundCapture[]> {
  const indexed = await lookUp(ids, reader);
  if (indexed) return indexed;
  const searches = ids.map((id) => new Search(id));
  const known: string[] = [];
  let count = 0;
  const look = (entry: Entry): boolean => {
    if (entry.kind !== 'capture') return false;
    const load = loader(entry, count);
    for (const search of searches) search.look(entry.head, count, load);
    if (count < MAX_COMPARED) known.push(...namesOf(entry.head));
    count += 1;
    return searches.every(({ isDone }) => isDone);
  };
  for await (const batch of reader.newestFirst()) if (batch.some(look)) break;
  if (count === 0) throw new HooksError('no_captures', { folder });
  return searches.map((search) => search.found(known, count));
}

/** Looks all ids up in the index of a store; undefined without one, or if it lacks one of them, such as a prefix. */
async function lookUp(ids: readonly string[], reader: CaptureReader): Promise<FoundCapture[] | undefined> {
  if (!reader.find || ids.some((id) => /^last(?::|$)/.test(id))) return undefined;
  const found: FoundEntry[] = [];
  for (const each of await reader.find(ids)) {
    if (!each) return undefined;
    found.push(each);
  }
  const newestFirst = [...found].sort((a, b) => b.order[0] - a.order[0] || b.order[1] - a.order[1]);
  const places = [...new Set(newestFirst.map(({ order }) => order.join('-')))];
  return found.map(({ entry, order }) => loader(entry, places.indexOf(order.join('-')))());
}

/** Loads an entry on the first call only, since most entries do not match. */
function loader(
  entry: { readonly head: CaptureHead; load(): Capture | undefined },
  newer: number,
): () => FoundCapture {
  let found: FoundCapture | undefined;
  return () => {
    if (found) return found;
    const capture = entry.load();
    if (!capture) throw new HooksError('damaged_capture', { id: entry.head.id });
    found = { capture, newer };
    return found;
  };
}

function namesOf({ id, eventId, webhookId }: CaptureHead): string[] {
  return [id, eventId, webhookId].filter((name) => name !== null && name !== '') as string[];
}

/** Searches for one id. Captures must be passed newest first. */
class Search {
  readonly #id: string;
  /** 0-based: 2 for `last:3`. */
  readonly #index: number | undefined;
  #exact: FoundCapture | undefined;
  /** The newest Capture of each id that starts with the given one. */
  readonly #prefixed = new Map<string, FoundCapture>();

  constructor(id: string) {
    this.#id = id;
    const last = /^last(?::([1-9][0-9]{0,8}))?$/.exec(id);
    this.#index = last ? Number(last[1] ?? '1') - 1 : undefined;
  }

  get isDone(): boolean {
    return this.#exact !== undefined;
  }

  look(head: CaptureHead, newer: number, load: () => FoundCapture): void {
    if (this.#exact) return;
    if (this.#index !== undefined) {
      if (newer === this.#index) this.#exact = load();
      return;
    }
    for (const name of namesOf(head)) {
      if (name === this.#id) this.#exact = load();
      else if (this.#hasPrefix(name) && !this.#prefixed.has(name) && this.#prefixed.size <= MAX_LISTED)
        this.#prefixed.set(name, load());
    }
  }

  found(known: readonly string[], count: number): FoundCapture {
    if (this.#exact) return this.#exact;
    const [first, second] = this.#prefixed.values();
    if (first && second) {
      const found = [...this.#prefixed.keys()];
      throw new HooksError('ambiguous_capture', {
        id: this.#id,
        found: found.slice(0, MAX_LISTED),
        more: found.length > MAX_LISTED,
      });
    }
    if (first) return first;
    throw new HooksError('unknown_capture', { id: this.#id, nearest: nearestNames(this.#id, known), count });
  }

  #hasPrefix(name: string): boolean {
    return this.#id !== '' && (name.startsWith(this.#id) || name.startsWith(`cap_${this.#id}`));
  }
}
