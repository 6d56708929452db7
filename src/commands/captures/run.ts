import { resolve } from 'node:path';
import { withStore } from '../../captures/open.ts';
import type { CaptureOutcome } from '../../captures/record.ts';
import type { CaptureStore } from '../../captures/store.ts';
import { filterOf } from '../../cli/flag-sets.ts';
import { findCapturesPlace } from '../../config/captures.ts';
import { HooksError } from '../../errors.ts';
import { writeEventText } from '../../events/catalog/event-text.ts';
import { wholeFact } from '../../report/facts/capture.ts';
import type { Context } from '../context.ts';
import { describeUnknownTypes, noteDamage } from '../notes.ts';
import type { ClearFlags, ListFlags, SaveFlags, ShowFlags } from './flags.ts';
import { Listing } from './listing.ts';

/** Lists captures, newest first, each with its latest Outcome; or follows what arrives. */
export async function list(given: ListFlags, context: Context): Promise<number> {
  const { io, report } = context;
  const filter = filterOf(given);
  for (const note of describeUnknownTypes(filter.patterns, io)) report.note(note);
  const place = findCapturesPlace(io, given);
  if (given.follow) return (await import('./follow.ts')).followList(place, { ...given, filter }, context);
  return withStore(place, async (store) => {
    for (const note of await store.notes()) report.warn(note);
    const reader = await store.openReader();
    const listing = new Listing({ ...given, filter, limit: given.limit ?? USUAL_LIMIT }, context);
    for await (const batch of reader.newestFirst()) if (!batch.every((entry) => listing.add(entry))) break;
    if (listing.printed === 0)
      report.note(listing.isEmpty ? `no captures in ${place.name}` : 'no capture matches the filters');
    return noteDamage(reader.damage, report);
  });
}

const USUAL_LIMIT = 20;

/** Prints one Capture with its Outcomes, or the bytes of its body with --raw. */
export async function show(given: ShowFlags, context: Context): Promise<number> {
  return withStore(findCapturesPlace(context.io, given), (store) => showOf(store, given, context));
}

async function showOf(store: CaptureStore, given: ShowFlags, { io, report }: Context): Promise<number> {
  const reader = await store.openReader();
  const { findNoted } = await import('../find-noted.ts');
  const search = { reader, place: store.name };
  const [found] = await findNoted([given.id], search, report).catch(async (error) => {
    throw (await import('../mistaken-id.ts')).mistakenId(error, [given.id], 'captures');
  });
  const { capture } = found!;
  if (given.raw) {
    if (io.stdout.isTerminal && !isPlainText(capture.body)) {
      throw new HooksError('raw_to_terminal', { id: capture.id });
    }
    io.stdout.write(capture.body);
    return 0;
  }
  const outcomes: CaptureOutcome[] = [];
  for await (const batch of reader.outcomes())
    outcomes.push(...batch.filter((outcome) => outcome.capture === capture.id));
  outcomes.sort((a, b) => a.time - b.time);
  await report.indentBodies();
  report.print(wholeFact(capture, outcomes));
  return 0;
}

/** Whether the body is safe to print: valid UTF-8 without control characters. */
function isPlainText(body: Uint8Array): boolean {
  return !/[^\P{C}\n\t]|\ufffd/u.test(Buffer.from(body).toString());
}

/** Saves a Capture as an event file that `send` accepts like a fixture. */
export async function save(given: SaveFlags, { io, report }: Context): Promise<number> {
  const { id, file, scrub, force } = given;
  (await import('./file-argument.ts')).rejectIdAsFile(file, 'captures save last user.created.json');
  const { findNoted } = await import('../find-noted.ts');
  const [found] = await withStore(findCapturesPlace(io, given), async (store) =>
    findNoted([id], { reader: await store.openReader(), place: store.name }, report),
  );
  const { capture } = found!;
  if (!capture.verified) report.note(`${capture.id} was rejected when it was received (${capture.reason})`);
  if (capture.truncated)
    throw new HooksError('truncated_capture', { id: capture.id, bytes: capture.bodyBytes ?? 0 });
  const { fixtureOf } = await import('../../events/files/save.ts');
  const { text, scrubbed } = fixtureOf(capture.body, capture.id, scrub);
  writeEventText(resolve(io.cwd, file), text, { isReplaced: force });
  report.print({ kind: 'saved', capture: capture.id, event_type: capture.eventType, path: file, scrubbed });
  return 0;
}

/** Removes captures; without --yes, only counts them. */
export async function clear(given: ClearFlags, { io, report }: Context): Promise<number> {
  const folder = findCapturesPlace(io, given);
  // Without a time, also what the clock of another machine, or a wrong one, dated in the future.
  const before = given.before ?? Number.POSITIVE_INFINITY;
  const { captures, bytes } = await withStore(folder, (store) => store.clear(before, given.yes));
  report.print({ kind: 'cleared', folder: folder.name, captures, bytes, done: given.yes });
  return 0;
}
