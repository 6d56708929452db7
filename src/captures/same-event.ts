import type { Message } from '../message.ts';
import type { CaptureReader, Entry } from './store.ts';

/** What identifies an event and its delivery; null where a message has none. */
export interface EventNames {
  readonly webhookId: string | null;
  readonly eventId: string | null;
}

/** The newest Captures that are read: a change to an event is noticed soon after it. */
const MAX_READ = 10_000;
/** More Captures of one event are deliveries of the same bytes. */
const MAX_FOUND = 20;

/** The verified messages with the same webhook-id or event id, newest first. */
export async function capturesOfEvent(
  reader: CaptureReader,
  { webhookId, eventId }: EventNames,
): Promise<Message[]> {
  if (reader.find) return indexedCaptures(reader.find.bind(reader), [webhookId, eventId]);
  const found: Message[] = [];
  let count = 0;
  const look = (entry: Entry): boolean => {
    if (entry.kind !== 'capture') return false;
    count += 1;
    const { head } = entry;
    const isSame =
      (webhookId !== null && head.webhookId === webhookId) || (eventId !== null && head.eventId === eventId);
    const capture = isSame && head.verified ? entry.load() : undefined;
    if (capture) found.push(capture);
    return count >= MAX_READ || found.length >= MAX_FOUND;
  };
  for await (const batch of reader.newestFirst()) if (batch.some(look)) break;
  return found;
}

/** Only the newest of each id. */
async function indexedCaptures(
  find: NonNullable<CaptureReader['find']>,
  ids: readonly (string | null)[],
): Promise<Message[]> {
  const known = ids.filter((id) => id !== null);
  if (known.length === 0) return [];
  return (await find(known)).flatMap((each) => (each?.entry.head.verified && each.entry.load()) || []);
}
