import { lstatSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { HooksError } from '../../errors.ts';
import { writeEventText } from '../../events/catalog/event-text.ts';
import { fixtureOf } from '../../events/files/save.ts';
import { makeFolder } from '../../private-folder.ts';
import type { EventSpool, SpooledEvent } from '../../scalekit/spool.ts';
import { whyUnwritable } from '../../system-errors.ts';
import type { Context } from '../context.ts';

/** Where to, and whether personal data is replaced. */
interface Saving {
  readonly save: string;
  readonly isScrubbed: boolean;
}

interface EventFile {
  readonly event: SpooledEvent;
  readonly name: string;
  readonly text: string;
  readonly scrubbed: number;
}

/**
 * Writes the newest event of each type as an event file, and returns the exit code. Replaces nothing: if one of the files
 * exists, none is written. Throws HooksError.
 */
export function saveEvents(spool: EventSpool, { save, isScrubbed }: Saving, { io, report }: Context): number {
  const newest = newestByFile(spool);
  const files = [...newest].flatMap(([name, event]) => fileOf(name, event, isScrubbed, report) ?? []);
  const folder = resolve(io.cwd, save);
  createFolder(folder);
  const existing = files.map(({ name }) => name).filter((name) => isThere(join(folder, name)));
  if (existing.length > 0) throw new HooksError('event_files_exist', { folder: save, names: existing });
  for (const { event, name, text, scrubbed } of files) {
    writeEventText(join(folder, name), text, { isReplaced: false });
    report.print({
      kind: 'saved',
      capture: event.id,
      event_type: event.type,
      path: join(save, name),
      scrubbed,
    });
  }
  return files.length < newest.size ? 1 : 0;
}

function newestByFile(spool: EventSpool): ReadonlyMap<string, SpooledEvent> {
  const newest = new Map<string, SpooledEvent>();
  for (let event = spool.takeOldest(); event; event = spool.takeOldest())
    newest.set(`${event.type.replace(/[^\w.-]/g, '_')}.json`, event);
  return newest;
}

/** Undefined, with a warning, for an event that no event file can hold, such as one without data. */
function fileOf(
  name: string,
  event: SpooledEvent,
  isScrubbed: boolean,
  report: Context['report'],
): EventFile | undefined {
  try {
    return { event, name, ...fixtureOf(event.body, event.id, isScrubbed) };
  } catch (error) {
    if (!(error instanceof HooksError)) throw error;
    report.warn(`skipped ${event.type}: ${error.sentences.message}`);
    return undefined;
  }
}

/** Also true for a link to nothing, which an exclusive creation rejects too. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function createFolder(folder: string): void {
  try {
    makeFolder(folder);
  } catch (error) {
    throw new HooksError('unwritable_file', { path: folder, reason: whyUnwritable(error), isThere: false });
  }
}
