import { resolve } from 'node:path';
import { type Filter, findCaptures, isPicked } from '../../captures/find.ts';
import { clearCaptures } from '../../captures/journal/clear.ts';
import { openJournals } from '../../captures/journal/reader.ts';
import type { CaptureHead, CaptureOutcome } from '../../captures/record.ts';
import type { CapturesFolder } from '../../config/captures.ts';
import { HooksError } from '../../errors.ts';
import { writeEventText } from '../../events/catalog/fixtures.ts';
import { listedFact, wholeFact } from '../../report/facts/capture.ts';
import type { Context } from '../context.ts';
import { describeUnknownTypes, sayDamage } from '../notes.ts';

interface ListOptions {
  readonly folder: CapturesFolder;
  readonly filter: Filter;
  /** `verified`, `refused`, or a refusal's code; undefined for any. */
  readonly verdict: string | undefined;
  readonly limit: number;
}

/** Lists captures, newest first, each with the latest that an app did with it. */
export async function list(options: ListOptions, { io, report }: Context): Promise<number> {
  const { folder, filter, verdict, limit } = options;
  for (const note of describeUnknownTypes(filter.patterns, io)) report.note(note);
  const reader = openJournals(folder.path);
  /** Outcomes of captures that are still to come: an Outcome is written after its Capture. */
  const latest = new Map<string, CaptureOutcome>();
  let [told, isEmpty] = [0, true];
  for (const entry of reader.newestFirst()) {
    if (entry.kind === 'outcome') {
      if (!latest.has(entry.outcome.capture)) latest.set(entry.outcome.capture, entry.outcome);
      continue;
    }
    const { head } = entry;
    isEmpty = false;
    if (head.time < filter.since || io.stdout.isClosed) break;
    const outcome = latest.get(head.id);
    latest.delete(head.id);
    if (!isPicked(head, filter) || !hasVerdict(head, verdict)) continue;
    if (told === limit) {
      report.note(`these are the newest ${limit}; --limit lists more`);
      break;
    }
    told += 1;
    report.tell(listedFact(head, outcome ? [outcome] : []));
  }
  if (told === 0) report.note(isEmpty ? `there are no captures in ${folder.name}` : 'none of them fits');
  sayDamage(reader.damage, report);
  return 0;
}

function hasVerdict({ verified, reason }: CaptureHead, verdict: string | undefined): boolean {
  if (verdict === undefined) return true;
  return verdict === 'verified' || verdict === 'refused'
    ? verified === (verdict === 'verified')
    : reason === verdict;
}

interface ShowOptions {
  readonly id: string;
  readonly folder: CapturesFolder;
  /** The bytes of the body, and nothing else. */
  readonly isRaw: boolean;
}

export async function show({ id, folder, isRaw }: ShowOptions, { io, report }: Context): Promise<number> {
  const reader = openJournals(folder.path);
  const [found] = findCaptures([id], reader, folder.name);
  const { capture } = found!;
  if (isRaw) {
    if (io.stdout.isTerminal && !isPlainText(capture.body)) {
      throw new HooksError('raw_to_terminal', { id: capture.id });
    }
    io.stdout.write(capture.body);
    return 0;
  }
  const outcomes: CaptureOutcome[] = [];
  for (const outcome of reader.outcomes()) if (outcome.capture === capture.id) outcomes.push(outcome);
  outcomes.sort((a, b) => a.time - b.time);
  await report.layOutBodies();
  report.tell(wholeFact(capture, outcomes));
  return 0;
}

/** Whether bytes do nothing to a terminal but show. */
function isPlainText(body: Uint8Array): boolean {
  return !/[^\P{C}\n\t]|\ufffd/u.test(Buffer.from(body).toString());
}

interface SaveOptions {
  readonly id: string;
  readonly file: string;
  readonly folder: CapturesFolder;
  readonly isScrubbed: boolean;
  /** Replaces a file that is there. */
  readonly isForced: boolean;
}

/** Makes an event file of a Capture, which `send` takes as it takes a fixture. */
export async function save(options: SaveOptions, { io, report }: Context): Promise<number> {
  const { id, file, folder, isScrubbed, isForced } = options;
  const [found] = findCaptures([id], openJournals(folder.path), folder.name);
  const { capture } = found!;
  if (!capture.verified) report.note(`${capture.id} was refused when it came (${capture.reason})`);
  const { fixtureOf } = await import('../../events/files/save.ts');
  const { text, scrubbed } = fixtureOf(capture.body, capture.id, isScrubbed);
  writeEventText(resolve(io.cwd, file), text, { isReplaced: isForced });
  report.tell({ fact: 'saved', capture: capture.id, event_type: capture.eventType, path: file, scrubbed });
  return 0;
}

interface ClearOptions {
  readonly folder: CapturesFolder;
  /** In milliseconds since 1970. */
  readonly before: number;
  readonly isMeant: boolean;
}

export async function clear({ folder, before, isMeant }: ClearOptions, { report }: Context): Promise<number> {
  const { captures, bytes } = clearCaptures(folder.path, before, isMeant);
  report.tell({ fact: 'cleared', folder: folder.name, captures, bytes, done: isMeant });
  return 0;
}
