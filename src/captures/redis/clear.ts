import type { Cleared } from '../store.ts';
import type { RedisConnection } from './connection.ts';
import { PageSize, recordsOf, type StoreKeys, streamsIn } from './streams.ts';

/**
 * Removes the records that the server added before a time, in ms since 1970; only counts them unless `isMeant`. Throws
 * HooksError.
 */
export async function clearStreams(
  connection: RedisConnection,
  keys: StoreKeys,
  before: number,
  isMeant: boolean,
): Promise<Cleared> {
  const cleared = { captures: 0, bytes: 0 };
  for (const key of await streamsIn(connection, keys)) {
    const end = await endOf(connection, key, before);
    if (end === undefined) continue;
    const { count, bytes } = await measure(connection, key, end);
    // Exactly, because with ~ the server removes only a part. The record after the last one stays.
    const removed = isMeant ? Number(await connection.send('XTRIM', key, 'MINID', '=', after(end))) : count;
    if (keys.kindIn(key) === 'capture') cleared.captures += removed;
    cleared.bytes += bytes;
  }
  return cleared;
}

/** The id of the last record before a time; undefined if there is none. */
async function endOf(connection: RedisConnection, key: string, before: number): Promise<string | undefined> {
  const bound = Number.isFinite(before) ? `(${Math.max(0, Math.floor(before))}-0` : '+';
  const [end] = recordsOf(await connection.send('XREVRANGE', key, bound, '-', 'COUNT', '1'));
  return end?.id;
}

async function measure(
  connection: RedisConnection,
  key: string,
  end: string,
): Promise<{ count: number; bytes: number }> {
  const size = new PageSize();
  const measured = { count: 0, bytes: 0 };
  for (let from = '-'; ; ) {
    const asked = size.count;
    const page = recordsOf(await connection.send('XRANGE', key, from, end, 'COUNT', String(asked)));
    size.adapt(page);
    measured.count += page.length;
    measured.bytes += page.reduce((sum, { line }) => sum + line.length, 0);
    const last = page.at(-1);
    if (!last || page.length < asked) return measured;
    from = `(${last.id}`;
  }
}

/** The smallest id after another. */
function after(id: string): string {
  const [ms, sequence] = id.split('-');
  return `${ms}-${BigInt(sequence ?? 0) + 1n}`;
}
