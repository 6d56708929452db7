import { signal } from '@preact/signals';
import type { CaptureDetail, EventRow, ShortCause } from '../../protocol.ts';
import { getJson, Unanswered } from '../access.ts';
import { connection } from '../state.ts';
import { events } from './shown-events.ts';

const known = new Map<string, string>();
/** How many events like it were verified when the cause was asked for, of those that are not certain. */
const uncertain = new Map<string, number>();
const version = signal(0);

/** Why an event was rejected, in a few words: the cause if it is known, else the reason. */
export function reasonOf({ id, reason }: Pick<EventRow, 'id' | 'reason'>): string | null {
  void version.value;
  return known.get(id) || reason;
}

function setCause(id: string, cause: string): void {
  known.set(id, cause);
  uncertain.delete(id);
  version.value++;
}

/** Takes the cause from a detail that was loaded, so that the list need not ask for it. */
export function takeCause({ row, verdict }: CaptureDetail): void {
  if (verdict.shortCause === null) return;
  setCause(row.id, verdict.shortCause);
  if (!verdict.causes.some(({ certain }) => certain)) uncertain.set(row.id, events.verifiedLike(row));
}

/** Whether there is no cause, or something new can explain it. */
function isWanted(row: EventRow): boolean {
  const { id, hasCause } = row;
  if (!hasCause) return false;
  return !known.has(id) || events.verifiedLike(row) > (uncertain.get(id) ?? Number.POSITIVE_INFINITY);
}

/** Between two searches, in ms: the listener searches, and has more urgent work. */
const restMs = 100;

let wanted: readonly EventRow[] = [];
let isAsking = false;

/** Asks for the causes of the rows that are drawn, one after the other. Those that scroll away are not asked for. */
export function wantCauses(drawn: readonly EventRow[]): void {
  wanted = drawn.filter(isWanted);
  if (wanted.length > 0 && !isAsking && connection.peek().state === 'live') void askForAll();
}

async function askForAll(): Promise<void> {
  isAsking = true;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, restMs));
    const next = wanted.find(isWanted);
    if (!next || !(await ask(next))) break;
  }
  isAsking = false;
}

/** Returns whether there was an answer. A capture that was removed has no cause. */
async function ask(row: EventRow): Promise<boolean> {
  const { id } = row;
  const verified = events.verifiedLike(row);
  try {
    const { cause, isCertain } = await getJson<ShortCause>(`/api/causes/${encodeURIComponent(id)}`);
    setCause(id, cause);
    if (!isCertain) uncertain.set(id, verified);
    return true;
  } catch (error) {
    if (error instanceof Unanswered) setCause(id, '');
    return error instanceof Unanswered;
  }
}
