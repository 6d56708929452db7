import { resolve } from 'node:path';
import { type Filter, isPicked } from '../../captures/filter.ts';
import { withStore } from '../../captures/open.ts';
import type { Capture } from '../../captures/record.ts';
import type { CaptureReader } from '../../captures/store.ts';
import { filterOf } from '../../cli/flag-sets.ts';
import { findCapturesPlace } from '../../config/captures.ts';
import { HooksError } from '../../errors.ts';
import { writeEventText } from '../../events/catalog/event-text.ts';
import { fixtureOf } from '../../events/files/save.ts';
import { scenarioOf } from '../../events/scenarios/record.ts';
import type { Report } from '../../report/index.ts';
import type { Context } from '../context.ts';
import { findNoted } from '../find-noted.ts';
import { noteUnread } from '../notes.ts';
import { rejectIdAsFile } from './file-argument.ts';
import type { ExportFlags } from './flags.ts';

/** The longest flow that is written. Each event is held in memory. */
const MAX_STEPS = 1000;

/** Writes captured events as the steps of a scenario, in the order of their arrival. Throws HooksError. */
export async function exportScenario(given: ExportFlags, { io, report }: Context): Promise<number> {
  rejectIdAsFile(given.file, 'captures export flow.json last:10');
  const place = findCapturesPlace(io, given);
  let exitCode = 0;
  const captures = await withStore(place, async (store) => {
    const reader = await store.openReader();
    const newest = newestOf(given.ids);
    return newest === undefined
      ? byIds(given.ids, { reader, place: place.name }, report)
      : byFilter(filterOf(given), newest, reader, place.name).finally(() => {
          exitCode = noteUnread(reader.damage, report);
        });
  });
  for (const { id, verified, reason } of captures)
    if (!verified) report.note(`${id} was rejected when it was received (${reason})`);
  const events = captures.map(({ body, id }) => fixtureOf(body, id, given.scrub));
  const texts = events.map(({ text }) => text);
  writeEventText(resolve(io.cwd, given.file), scenarioOf(texts), { isReplaced: given.force });
  const scrubbed = events.reduce((sum, event) => sum + event.scrubbed, 0);
  report.print({ kind: 'exported', path: given.file, steps: events.length, scrubbed });
  return exitCode;
}

/** How many of the newest captures are selected: N for `last:N`, all without ids; undefined for ids. */
function newestOf(ids: readonly string[]): number | undefined {
  if (ids.length === 0) return Number.POSITIVE_INFINITY;
  const last = ids.find((id) => /^last:[1-9][0-9]{0,8}$/.test(id));
  if (last === undefined) return undefined;
  if (ids.length > 1) throw new HooksError('conflicting_ids', { id: last });
  return Number(last.slice('last:'.length));
}

async function byIds(
  ids: readonly string[],
  from: { readonly reader: CaptureReader; readonly place: string },
  report: Report,
): Promise<Capture[]> {
  const found = await findNoted(ids, from, report);
  const captures = [...new Map(found.map((each) => [each.newer, each.capture]))]
    .sort(([a], [b]) => b - a)
    .map(([, capture]) => capture);
  for (const { id, truncated, bodyBytes } of captures)
    if (truncated) throw new HooksError('truncated_capture', { id, bytes: bodyBytes ?? 0 });
  return captures;
}

/** The newest verified captures of a filter, oldest first. A retry is the same step, so its first delivery counts. */
async function byFilter(
  filter: Filter,
  newest: number,
  reader: CaptureReader,
  place: string,
): Promise<Capture[]> {
  const found = new Map<string, Capture>();
  let [rejected, isEmpty] = [0, true];
  for await (const batch of reader.newestFirst()) {
    for (const entry of batch) {
      if (entry.kind !== 'capture') continue;
      isEmpty = false;
      if (!isPicked(entry.head, filter)) continue;
      const { id, webhookId, verified } = entry.head;
      if (!verified) rejected += 1;
      const key = webhookId ?? id;
      if (!verified || (found.size >= newest && !found.has(key))) continue;
      const capture = entry.load();
      if (!capture) throw new HooksError('damaged_capture', { id });
      found.delete(key);
      found.set(key, capture);
      if (found.size > MAX_STEPS) throw new HooksError('too_many_steps', { max: MAX_STEPS });
    }
    if (found.size >= newest) break;
  }
  if (isEmpty) throw new HooksError('no_captures', { folder: place });
  if (found.size === 0) throw new HooksError('nothing_to_export', { place, rejected });
  return [...found.values()].reverse();
}
