import type { Capture } from '../captures/record.ts';
import { type Replayed, replayed } from '../delivery/replayed-message.ts';
import type { Edit } from '../events/edit.ts';
import { EditTrial } from '../events/edit-bodies.ts';
import type { Context } from './context.ts';
import { type Captures, type Picked, pickCaptures } from './picking.ts';
import type { ReplayOptions } from './replaying.ts';

/** A capture on its way. */
export interface Journey {
  readonly capture: Capture;
  readonly replayed: Replayed;
  /** The status or failure of its latest delivery before this one. */
  readonly was: string | undefined;
}

/** Captures that were picked, and how to get them one by one. */
export interface Journeys {
  readonly picked: Picked;
  /** Undefined when there is none. */
  readonly first: Capture | undefined;
  readonly next: Next;
}

/** The next capture, made ready; undefined after the last. */
export type Next = () => Promise<Journey | undefined>;

/** Picks what is to be replayed, and tries the edits on it, so that what is wrong sends nothing. Throws HooksError. */
export async function prepareJourneys(options: ReplayOptions, context: Context): Promise<Journeys> {
  const isReadTwice = options.edits.length > 0;
  const picked = await pickCaptures(options.pick, { folder: options.folder, isReadTwice }, context);
  await tryEdits(options.edits, picked);
  const { first, next } = await peek(picked.captures());
  return { picked, first, next: preparer(next, options, picked, context) };
}

interface Peeked {
  readonly first: Capture | undefined;
  /** All of them one by one, the first included. */
  next(): Promise<Capture | undefined>;
}

/** Looks at the first. */
async function peek(captures: Captures): Promise<Peeked> {
  const iterator =
    Symbol.iterator in captures ? captures[Symbol.iterator]() : captures[Symbol.asyncIterator]();
  const read = async () => {
    const result = await iterator.next();
    return result.done ? undefined : result.value;
  };
  const first = await read();
  let isFirst = true;
  return {
    first,
    async next() {
      if (!isFirst) return read();
      isFirst = false;
      return first;
    },
  };
}

async function tryEdits(edits: readonly Edit[], picked: Picked): Promise<void> {
  if (edits.length === 0) return;
  const trial = new EditTrial(edits);
  for await (const capture of picked.captures()) trial.add(capture.body, capture.id);
  trial.conclude();
}

/** Makes captures ready as they are asked for, and says what should be known of each. */
function preparer(
  captures: () => Promise<Capture | undefined>,
  { mode, edits, delivery, pick }: ReplayOptions,
  { outcomes }: Picked,
  { report }: Context,
): Next {
  const form = { mode, edits, secrets: delivery.secret.secrets, headers: delivery.headers };
  const said = new Set<string>();
  const sayOnce = (text: string) => {
    if (!said.has(text)) report.note(text);
    said.add(text);
  };
  return async () => {
    const capture = await captures();
    if (!capture) return undefined;
    const ready = replayed(capture, form);
    for (const { name, why } of ready.leftOut) sayOnce(`left out, since ${why}: ${name}; -H can give it`);
    if (pick.kind === 'ids' && !capture.verified && mode !== 'exact') {
      report.note(`${capture.id} was refused when it came (${capture.reason}); now it is rightly signed`);
    }
    return { capture, replayed: ready, was: outcomes?.of(capture) };
  };
}
