import { HooksError } from '../errors.ts';
import { matchesPattern, nearestNames } from '../names.ts';
import type { Capture, CaptureHead } from './record.ts';
import type { CaptureReader } from './store.ts';

/** A Capture that was asked for, and how many came after it. */
export interface FoundCapture {
  readonly capture: Capture;
  readonly newer: number;
}

/** Ids that are compared with one that is unknown. */
const COMPARED = 1000;
/** Ids that are named when one is ambiguous. */
const NAMED = 4;

/**
 * The Captures that ids mean, in the order asked for: a `cap_` id, an event or webhook id (its newest Capture), the
 * beginning of one if it is the beginning of no other, `last`, or `last:3` for the third newest. Throws HooksError for
 * one that means none, or several. `folder` is for the sentences.
 */
export function findCaptures(ids: readonly string[], reader: CaptureReader, folder: string): FoundCapture[] {
  const searches = ids.map((id) => new Search(id));
  const known: string[] = [];
  let count = 0;
  for (const entry of reader.newestFirst()) {
    if (entry.kind !== 'capture') continue;
    const load = loader(entry, count);
    for (const search of searches) search.look(entry.head, count, load);
    if (count < COMPARED) known.push(...namesOf(entry.head));
    count += 1;
    if (searches.every(({ isDone }) => isDone)) break;
  }
  if (count === 0) throw new HooksError('no_captures', { folder });
  return searches.map((search) => search.found(known, count));
}

/** Reads an entry whole, once, and only when it is one of those asked for. */
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

/** One id that is being looked for among Captures, newest first. */
class Search {
  readonly #id: string;
  /** For `last:3`, 2. */
  readonly #place: number | undefined;
  #exact: FoundCapture | undefined;
  /** By the whole id that begins so, its newest Capture. */
  readonly #beginners = new Map<string, FoundCapture>();

  constructor(id: string) {
    this.#id = id;
    const last = /^last(?::([1-9][0-9]{0,8}))?$/.exec(id);
    this.#place = last ? Number(last[1] ?? '1') - 1 : undefined;
  }

  get isDone(): boolean {
    return this.#exact !== undefined;
  }

  look(head: CaptureHead, newer: number, load: () => FoundCapture): void {
    if (this.#exact) return;
    if (this.#place !== undefined) {
      if (newer === this.#place) this.#exact = load();
      return;
    }
    for (const name of namesOf(head)) {
      if (name === this.#id) this.#exact = load();
      else if (this.#begins(name) && !this.#beginners.has(name) && this.#beginners.size <= NAMED)
        this.#beginners.set(name, load());
    }
  }

  found(known: readonly string[], count: number): FoundCapture {
    if (this.#exact) return this.#exact;
    const [first, second] = this.#beginners.values();
    if (first && second) {
      const found = [...this.#beginners.keys()];
      throw new HooksError('ambiguous_capture', {
        id: this.#id,
        found: found.slice(0, NAMED),
        more: found.length > NAMED,
      });
    }
    if (first) return first;
    throw new HooksError('unknown_capture', { id: this.#id, nearest: nearestNames(this.#id, known), count });
  }

  #begins(name: string): boolean {
    return this.#id !== '' && (name.startsWith(this.#id) || name.startsWith(`cap_${this.#id}`));
  }
}

/** What captures are picked by. */
export interface Filter {
  /** Of the event's type; one that fits is enough. */
  readonly patterns: readonly string[];
  /** In milliseconds since 1970. */
  readonly since: number;
}

/** Whether a Capture is of a type and time that was asked for. */
export function isPicked({ eventType, time }: CaptureHead, { patterns, since }: Filter): boolean {
  return time >= since && patterns.some((pattern) => matchesPattern(eventType ?? '', pattern));
}
