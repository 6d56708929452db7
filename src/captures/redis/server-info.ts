import { HooksError } from '../../errors.ts';
import { itemsOf, type RedisConnection, textOf } from './connection.ts';

/** What a server promises, as far as this user may know. */
interface ServerInfo {
  /** `appendfsync`; null without an append-only file, undefined if it is not visible. */
  readonly sync: 'always' | 'everysec' | 'no' | null | undefined;
  /** Whether WAITAOF (Redis 7.2, Valkey) is needed to know that a write is on its disk, and allowed. */
  readonly confirmsSync: boolean;
  /** The policy by which it drops keys when its memory is full; undefined if it drops none. */
  readonly evicts: string | undefined;
}

/** Throws HooksError, also for a server that is too old. */
export async function readServerInfo(connection: RedisConnection, name: string): Promise<ServerInfo> {
  const info = parseInfo(textOf(await connection.send('INFO')));
  const [major = 0] = (info.get('redis_version') ?? '').split('.').map(Number);
  if (major < 7) throw new HooksError('old_store', { name, version: info.get('redis_version') ?? 'unknown' });
  const hasAof = info.get('aof_enabled') === '1';
  const policy = info.get('maxmemory_policy');
  const isLimited = info.get('maxmemory') !== '0';
  const sync = hasAof ? await readSync(connection) : null;
  return {
    sync,
    confirmsSync: hasAof && sync !== 'always' && (await hasWaitAof(connection)),
    evicts: isLimited && policy !== 'noeviction' ? policy : undefined,
  };
}

/** How far the server's clock is ahead of this one, in ms. */
export async function clockLeadOf(connection: RedisConnection): Promise<number> {
  const asked = Date.now();
  const [seconds, microseconds] = itemsOf(await connection.send('TIME')).map((part) => Number(textOf(part)));
  const serverMs = (seconds ?? 0) * 1000 + (microseconds ?? 0) / 1000;
  return Math.round(serverMs - (asked + Date.now()) / 2);
}

/** Many hosts do not allow CONFIG. */
async function readSync(connection: RedisConnection): Promise<ServerInfo['sync']> {
  try {
    const [, value] = itemsOf(await connection.send('CONFIG', 'GET', 'appendfsync'));
    const sync = textOf(value);
    return sync === 'always' || sync === 'everysec' || sync === 'no' ? sync : undefined;
  } catch {
    return undefined;
  }
}

/** Redis 7.0 does not know it, and the ACL of a user may lack it. */
async function hasWaitAof(connection: RedisConnection): Promise<boolean> {
  return connection.send('WAITAOF', '0', '0', '1').then(
    () => true,
    () => false,
  );
}

function parseInfo(text: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]));
}

/** One sentence on what survives a crash of the server. */
export function describeDurability({ sync, confirmsSync }: ServerInfo): string {
  if (sync === null)
    return 'the server keeps captures in memory: those since its last snapshot are lost if it crashes or restarts';
  if (sync === 'always')
    return 'each capture is on the disk of the server before it is acknowledged (appendfsync always)';
  if (confirmsSync)
    return 'each capture is on the disk of the server before it is acknowledged, which can take a second (WAITAOF)';
  if (sync === undefined)
    return 'the server has an append-only file; whether it syncs each write is not visible to this user';
  const lost = sync === 'everysec' ? 'the last second' : 'the last seconds';
  return `a crash of the machine of the server can lose ${lost} of captures (appendfsync ${sync})`;
}
