import type { CapturesServer } from '../../config/captures.ts';
import type { CaptureStore, Retention } from '../store.ts';
import { RedisConnection } from './connection.ts';
import { entryIn } from './entries.ts';
import { describeDurability, readServerInfo } from './server-info.ts';
import { recordsOf, StoreKeys } from './streams.ts';

/** A listener has to notice a lost connection before a sender gives up, in ms. */
const WRITER_SILENCE_MS = 6000;
const WEEK: Retention = { kind: 'time', ms: 7 * 24 * 60 * 60 * 1000 };

/** Captures on a Redis or Valkey server. Nothing is connected before it is asked for. */
export function redisStore(server: CapturesServer): CaptureStore {
  const connections: RedisConnection[] = [];
  const connect = (options?: { readonly silenceMs: number }) => {
    const connection = new RedisConnection(server, options);
    connections.push(connection);
    return connection;
  };
  const keys = new StoreKeys(server.namespace);
  const shared = connect();
  return {
    name: server.name,
    isTrusted: true,
    notes: async () => describeConnection(server),
    async openWriter({ retention = WEEK }) {
      const { RedisWriter } = await import('./writer.ts');
      const connection = connect({ silenceMs: WRITER_SILENCE_MS });
      const info = await readServerInfo(connection, server.name);
      const { evicts } = info;
      const writer = new RedisWriter(connection, keys, { ...info, retention });
      return {
        writer,
        notes: evicts
          ? [
              `the server drops keys when its memory is full (maxmemory-policy ${evicts}), captures too. Set it to noeviction`,
            ]
          : [],
        promise: describeDurability(info),
      };
    },
    async openReader() {
      const { openStreams } = await import('./reader.ts');
      return openStreams(shared, keys);
    },
    async *follow(after, stop) {
      const { followStreams } = await import('./follow.ts');
      const connection = connect();
      try {
        yield* followStreams(connection, keys, after, stop);
      } finally {
        connection.close();
      }
    },
    // Whether a listener on another machine is running is not known.
    async idleSince() {
      const [last] = recordsOf(await shared.send('XREVRANGE', keys.listeners, '+', '-', 'COUNT', '1'));
      const entry = last && entryIn(keys.listeners, last, keys, () => {});
      return entry?.kind === 'listener' && entry.change.state === 'stopped' ? entry.change.time : null;
    },
    async clear(before, isMeant) {
      const { clearStreams } = await import('./clear.ts');
      return clearStreams(shared, keys, before, isMeant);
    },
    async close() {
      for (const connection of connections) connection.close();
    },
  };
}

function describeConnection({ url, name }: CapturesServer): string[] {
  const isLocal = /^(?:127\.[\d.]+|\[::1\]|localhost)$/.test(url.hostname);
  // A name without a dot is a service in the same container network.
  if (url.protocol === 'rediss:' || isLocal || !/[.:]/.test(url.hostname)) return [];
  return [`the connection to ${name} is not encrypted. Captures hold personal data: use rediss://`];
}
