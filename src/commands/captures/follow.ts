import { type Filter, isPicked } from '../../captures/filter.ts';
import { openStore } from '../../captures/open.ts';
import type { Entry } from '../../captures/store.ts';
import type { CapturesPlace } from '../../config/captures.ts';
import { openFollowerState } from '../../config/followers/state.ts';
import { gapBefore, listedFact } from '../../report/facts/capture.ts';
import type { Context } from '../context.ts';
import { noteBatch } from '../notes.ts';
import { exitIfBlocked, isPrinted, listenForStop } from '../stop.ts';
import { hasVerdict } from './listing.ts';

interface ListFollowing {
  readonly filter: Filter;
  readonly verdict: string | undefined;
  readonly limit: number | undefined;
  /** With a name, it goes on after a restart where it stopped. */
  readonly name: string | undefined;
}

/** Prints captures as they arrive, and returns the exit code. Throws HooksError. */
export async function followList(
  place: CapturesPlace,
  { filter, verdict, limit, name }: ListFollowing,
  context: Context,
): Promise<number> {
  const { io, report } = context;
  const state =
    name === undefined
      ? undefined
      : openFollowerState({ command: 'captures', name, store: place.path, target: '' }, io);
  const store = await openStore(place);
  const stop = listenForStop(context);
  io.stdout.onClosed(stop.ask);
  if (!io.stdout.isTerminal) io.stdout.neverBlock();
  const isSince = Number.isFinite(filter.since);
  let [printed, isFollowing] = [0, false];
  /** Of the captures of the batch that are printed. */
  let ids: string[] = [];
  const print = (entry: Entry): void => {
    if (printed === limit) return;
    const gap = entry.kind === 'listener' ? gapBefore(entry.change) : undefined;
    if (gap) report.print(gap);
    if (entry.kind !== 'capture' || !isPicked(entry.head, filter) || !hasVerdict(entry.head, verdict)) return;
    if (state?.isDone(entry.head.id)) return;
    printed += 1;
    ids.push(entry.head.id);
    report.print(listedFact(entry.head, []));
  };
  try {
    for await (const batch of store.follow(isSince ? '' : state?.cursor, stop.asked)) {
      noteBatch(batch, place.name, report);
      if (batch.link === 'lost') continue;
      // The first batch says that nothing is missed from here on.
      if (!isFollowing) report.note(`following ${place.name}, press Ctrl-C to stop`);
      isFollowing = true;
      ids = [];
      for (const entry of batch.entries) print(entry);
      // What nobody has read is for the next run.
      if (!(await isPrinted(io.stdout, stop.asked))) break;
      if (printed < (limit ?? Number.POSITIVE_INFINITY)) state?.moveTo(batch.cursor);
      else {
        // The rest of the batch is for the next run.
        for (const id of ids) state?.done(id);
        return 0;
      }
    }
  } finally {
    stop.forget();
    state?.close();
    await store.close();
  }
  const exitCode = stop.exitCode ?? 0;
  await exitIfBlocked(io, exitCode);
  return exitCode;
}
