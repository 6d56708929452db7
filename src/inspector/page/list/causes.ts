import { signal } from '@preact/signals';
import type { CaptureDetail, EventRow, ShortCause } from '../../protocol.ts';
import { getJson, Unanswered } from '../access.ts';
import { connection } from '../state.ts';

const known = new Map<string, string>();
const version = signal(0);

/** Why an event was rejected, in a few words: the cause if it is known, else the reason. */
export function reasonOf({ id, reason }: Pick<EventRow, 'id' | 'reason'>): string | null {
  void version.value;
  return known.get(id) || reason;
}

function setCause(id: string, cause: string): void {
  known.set(id, cause);
  version.value++;
}

export function takeCause({ row, verdict }: CaptureDetail): void {
  if (verdict.shortCause !== null) setCause(row.id, verdict.shortCause);
}

/** Between two searches, in ms: the listener searches, and has more urgent work. */
const restMs = 100;

let wanted: readonly EventRow[] = [];
let isAsking = false;

/** Asks for the causes of the rows that are drawn, one after the other. Those that scroll away are not asked for. */
export function wantCauses(drawn: readonly EventRow[]): void {
  wanted = drawn.filter(({ id, hasCause }) => hasCause && !known.has(id));
  if (wanted.length > 0 && !isAsking && connection.peek().state === 'live') void askForAll();
}

async function askForAll(): Promise<void> {
  isAsking = true;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, restMs));
    const next = wanted.find(({ id }) => !known.has(id));
    if (!next || !(await ask(next.id))) break;
  }
  isAsking = false;
}

/** Returns whether there was an answer. A capture that was removed has no cause. */
async function ask(id: string): Promise<boolean> {
  try {
    const { cause } = await getJson<ShortCause>(`/api/causes/${encodeURIComponent(id)}`);
    setCause(id, cause);
    return true;
  } catch (error) {
    if (error instanceof Unanswered) setCause(id, '');
    return error instanceof Unanswered;
  }
}
