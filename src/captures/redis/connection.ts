import { createClient, RESP_TYPES } from '@redis/client';
import type { CapturesServer } from '../../config/captures.ts';
import { HooksError } from '../../errors.ts';
import { whyUnconnected } from '../../network-errors.ts';
import { realTimers } from '../../real-timers.ts';

export type Argument = string | Buffer;
export type Reply = Buffer | string | number | null | readonly Reply[];

type Client = ReturnType<typeof newClient>;

/** Without a reply to the connection attempt, the server counts as unreachable. In ms. */
const CONNECT_TIMEOUT_MS = 3000;
/** A connection over which no byte comes for this long counts as lost, in ms. A reply can be large, and the line slow. */
const SILENCE_MS = 15_000;

/**
 * One connection to a server, opened by the first command and again after it was lost. While it is idle it does not
 * keep the process alive. No command is sent twice, or queued while the connection is down.
 */
export class RedisConnection {
  readonly #server: CapturesServer;
  readonly #silenceMs: number;
  #client: Client | undefined;
  #opening: Promise<Client> | undefined;
  #pending = 0;
  #isClosed = false;

  /** `silenceMs`: after how long without a byte a command counts as lost. */
  constructor(server: CapturesServer, { silenceMs = SILENCE_MS }: { readonly silenceMs?: number } = {}) {
    this.#server = server;
    this.#silenceMs = silenceMs;
  }

  /**
   * Sends one command. Rejects with HooksError if the server cannot be reached, denies the command or has a key of
   * another type; with an error of code ENOSPC if it has no memory left; else with the server's error.
   */
  async send(...command: readonly Argument[]): Promise<Reply> {
    this.#pending += 1;
    try {
      const client = await this.#open();
      client.ref();
      return await client.sendCommand<Reply>(command as Argument[]);
    } catch (error) {
      throw explained(error, this.#server.name, keyOf(command));
    } finally {
      this.#pending -= 1;
      if (this.#pending === 0) this.#client?.unref();
    }
  }

  /** Ends the connection at once; commands in flight are rejected. The next command opens another. */
  drop(): void {
    const client = this.#client;
    this.#client = undefined;
    if (client?.isOpen) client.destroy();
  }

  /** Ends the connection for good. */
  close(): void {
    this.#isClosed = true;
    this.drop();
  }

  #open(): Promise<Client> | Client {
    if (this.#client?.isReady) return this.#client;
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #connect(): Promise<Client> {
    this.drop();
    const client = newClient(this.#server.url, this.#silenceMs);
    // Every command in flight is rejected with it.
    client.on('error', () => {});
    this.#client = client;
    const tooLate = realTimers.setTimeout(() => client.isReady || client.destroy(), CONNECT_TIMEOUT_MS);
    try {
      await client.connect();
    } finally {
      realTimers.clearTimeout(tooLate);
    }
    if (this.#isClosed) client.destroy();
    return client;
  }
}

function newClient(url: URL, socketTimeout: number) {
  return createClient({
    url: url.href,
    // RESP 2 needs no handshake that an old proxy does not know.
    RESP: 2,
    disableClientInfo: true,
    disableOfflineQueue: true,
    commandOptions: { typeMapping: { [RESP_TYPES.BLOB_STRING]: Buffer } },
    socket: { connectTimeout: CONNECT_TIMEOUT_MS, reconnectStrategy: false, socketTimeout },
  });
}

const denials = /^(?:WRONGPASS|NOAUTH|NOPERM|ERR (?:invalid password|AUTH |Client sent AUTH|DB index))/;
/** What callers expect, and handle. */
const expected = /^(?:NOSCRIPT|LATE|ERR no such key)/;

/** Errors of the client that have no code of the system. */
const socketErrors: Readonly<Record<string, string>> = {
  // Also after a reply that makes no sense, such as that of a web server.
  SocketTimeoutError: 'it did not answer as a Redis server does',
  SocketClosedUnexpectedlyError: 'the server closed the connection; it may not be Redis',
};

/** The server's errors begin with a code in capitals. */
function explained(error: unknown, name: string, key: string): Error {
  if (error instanceof HooksError) return error;
  const { message } = error as Error;
  // Of an error in a script, without the id of the script.
  const reason = message.replace(/ script: [0-9a-f]{40},.*$/, '');
  if (denials.test(message)) return new HooksError('store_denied', { name, reason });
  if (message.startsWith('WRONGTYPE'))
    return new HooksError('store_key_in_use', {
      name,
      key: /^WRONGTYPE key (\S+)/.exec(message)?.[1] ?? key,
    });
  if (message.startsWith('OOM'))
    return Object.assign(new Error('the server has reached its maxmemory'), { code: 'ENOSPC' });
  if (expected.test(message)) return new Error(message);
  if (/^[A-Z]{3,}\b/.test(message)) return new HooksError('store_unavailable', { name, reason });
  // A mistake in this program.
  if (error instanceof TypeError || error instanceof RangeError) return error;
  const reasonOfClient = socketErrors[(error as Error).constructor.name];
  return new HooksError('store_unreachable', { name, reason: reasonOfClient ?? whyUnconnected(error) });
}

/** Where the commands have their key that do not begin with it. */
const keyPlaces: Readonly<Record<string, number>> = { EVAL: 3, EVALSHA: 3, XINFO: 2, MEMORY: 2 };

/** The key that a command is about, for messages. */
function keyOf(command: readonly Argument[]): string {
  return String(command[keyPlaces[String(command[0])] ?? 1] ?? '');
}

/** The text of a reply. */
export function textOf(reply: Reply | undefined): string {
  return Buffer.isBuffer(reply) ? reply.toString() : String(reply ?? '');
}

/** The items of a reply; none if it is null. */
export function itemsOf(reply: Reply | undefined): readonly Reply[] {
  return Array.isArray(reply) ? reply : [];
}

/** Alternating names and values, as INFO-like commands reply. */
export function membersOf(reply: Reply): ReadonlyMap<string, Reply> {
  const items = itemsOf(reply);
  const pairs = items.flatMap((item, index): [string, Reply][] =>
    index % 2 === 0 ? [[textOf(item), items[index + 1] ?? null]] : [],
  );
  return new Map(pairs);
}
