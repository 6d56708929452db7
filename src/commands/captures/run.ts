import { resolve } from 'node:path';
import { findCaptures, isPicked } from '../../captures/find.ts';
import { clearCaptures } from '../../captures/journal/clear.ts';
import { openJournals } from '../../captures/journal/reader.ts';
import type { CaptureHead, CaptureOutcome } from '../../captures/record.ts';
import { patternsOf } from '../../cli/flag-sets.ts';
import { findCapturesFolder } from '../../config/captures.ts';
import { HooksError } from '../../errors.ts';
import { writeEventText } from '../../events/catalog/fixtures.ts';
import { nearestNames } from '../../names.ts';
import { listedFact, wholeFact } from '../../report/facts/capture.ts';
import type { Context } from '../context.ts';
import { describeUnknownTypes, noteDamage } from '../notes.ts';
import type { ClearFlags, ListFlags, SaveFlags, ShowFlags } from './flags.ts';

/** Lists captures, newest first, each with its latest Outcome. */
export async function list(given: ListFlags, { io, report }: Context): Promise<number> {
  if (given.word !== undefined) throw unknownSubcommand(given.word);
  const { verdict, limit, since } = given;
  const folder = findCapturesFolder(io, given);
  const filter = { patterns: patternsOf(given.type), since };
  for (const note of describeUnknownTypes(filter.patterns, io)) report.note(note);
  const reader = openJournals(folder.path);
  /** By capture id. An Outcome is written after its Capture, so newest first it is read before it. */
  const latest = new Map<string, CaptureOutcome>();
  let [printed, isEmpty] = [0, true];
  for (const entry of reader.newestFirst()) {
    if (entry.kind === 'outcome') {
      if (!latest.has(entry.outcome.capture)) latest.set(entry.outcome.capture, entry.outcome);
      continue;
    }
    const { head } = entry;
    isEmpty = false;
    if (head.time < since || io.stdout.isClosed) break;
    const outcome = latest.get(head.id);
    latest.delete(head.id);
    if (!isPicked(head, filter) || !hasVerdict(head, verdict)) continue;
    if (printed === limit) {
      report.note(`only the newest ${limit} are listed. Use --limit to list more`);
      break;
    }
    printed += 1;
    report.print(listedFact(head, outcome ? [outcome] : []));
  }
  if (printed === 0)
    report.note(isEmpty ? `no captures in ${folder.name}` : 'no capture matches the filters');
  noteDamage(reader.damage, report);
  return 0;
}

function hasVerdict({ verified, reason }: CaptureHead, verdict: string | undefined): boolean {
  if (verdict === undefined) return true;
  return verdict === 'verified' || verdict === 'rejected'
    ? verified === (verdict === 'verified')
    : reason === verdict;
}

export async function show(given: ShowFlags, { io, report }: Context): Promise<number> {
  const folder = findCapturesFolder(io, given);
  const reader = openJournals(folder.path);
  const [found] = findCaptures([given.id], reader, folder.name);
  const { capture } = found!;
  if (given.raw) {
    if (io.stdout.isTerminal && !isPlainText(capture.body)) {
      throw new HooksError('raw_to_terminal', { id: capture.id });
    }
    io.stdout.write(capture.body);
    return 0;
  }
  const outcomes: CaptureOutcome[] = [];
  for (const outcome of reader.outcomes()) if (outcome.capture === capture.id) outcomes.push(outcome);
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
  const folder = findCapturesFolder(io, given);
  const [found] = findCaptures([id], openJournals(folder.path), folder.name);
  const { capture } = found!;
  if (!capture.verified) report.note(`${capture.id} was rejected when it was received (${capture.reason})`);
  const { fixtureOf } = await import('../../events/files/save.ts');
  const { text, scrubbed } = fixtureOf(capture.body, capture.id, scrub);
  writeEventText(resolve(io.cwd, file), text, { isReplaced: force });
  report.print({ kind: 'saved', capture: capture.id, event_type: capture.eventType, path: file, scrubbed });
  return 0;
}

export async function clear(given: ClearFlags, { io, report }: Context): Promise<number> {
  const folder = findCapturesFolder(io, given);
  const { captures, bytes } = clearCaptures(folder.path, given.before ?? io.now(), given.yes);
  report.print({ kind: 'cleared', folder: folder.name, captures, bytes, done: given.yes });
  return 0;
}

function unknownSubcommand(word: string): HooksError {
  const known = ['list', 'show', 'save', 'clear'];
  const isId = /^(cap|evt|msg)_|^last/.test(word);
  const nearest = isId ? ['show'] : nearestNames(word, known);
  return new HooksError('unknown_subcommand', { word, isId, known, nearest });
}
