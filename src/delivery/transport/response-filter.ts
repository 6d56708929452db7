import type { Socket } from 'node:net';
import type { Oddity } from '../outcome.ts';
import { readHead } from './response-head.ts';

/** For a response; the default of Node.js. */
export const MAX_HEADER_BYTES = 16 * 1024;

const [lineFeed, carriageReturn] = [0x0a, 0x0d];
const nothing: Buffer = Buffer.alloc(0);

/**
 * Stands between a socket and undici's parser, which ends the connection at an interim 100 response that it did not
 * request, fails an assertion at a status below 100, and is stricter than curl and Node.js about some heads.
 */
export class ResponseFilter {
  readonly #onInvalid: (detail: string) => void;
  /** `head` before the head of a response is complete; `rest` is passed as it is. */
  #state: 'head' | 'rest' | 'dropped' = 'head';
  #held = nothing;
  #oddities: readonly Oddity[] = [];
  #hasLeftovers = false;

  /** Filters what undici reads from the socket. `onInvalid` gets the reason for a response that no client accepts. */
  constructor(socket: Socket, onInvalid: (detail: string) => void) {
    this.#onInvalid = onInvalid;
    const read = socket.read.bind(socket);
    socket.read = (size?: number) => {
      for (;;) {
        const chunk: Buffer | null = read(size);
        if (chunk === null || this.#state === 'rest') return chunk;
        const passed = this.#pass(chunk);
        if (passed.length > 0) return passed;
      }
    };
  }

  /** Call it before each further request: the next bytes are the head of its response. */
  begin(): void {
    this.#state = 'head';
    this.#held = nothing;
    this.#oddities = [];
    this.#hasLeftovers = false;
  }

  /** Of the last response. */
  get oddities(): readonly Oddity[] {
    return this.#oddities;
  }

  /** Whether bytes of the last response were not read, so that the connection cannot be used again. */
  get hasLeftovers(): boolean {
    return this.#hasLeftovers;
  }

  #pass(chunk: Buffer): Buffer {
    if (this.#state === 'dropped') return nothing;
    let passed = nothing;
    let rest = join(this.#held, chunk);
    while (this.#state === 'head') {
      const end = isHttp(rest) ? endOfHead(rest) : 0;
      if ((end === -1 ? rest.length : end) > MAX_HEADER_BYTES) {
        this.#reject('headers of more than 16 kB');
      } else if (end === -1) {
        this.#held = rest;
        return passed;
      } else if (end === 0) {
        this.#state = 'rest';
      } else {
        passed = join(passed, this.#read(rest.subarray(0, end), rest.length > end));
        rest = rest.subarray(end);
      }
    }
    this.#held = nothing;
    return this.#state === 'rest' ? join(passed, rest) : passed;
  }

  /** Returns what undici gets in place of a head. */
  #read(bytes: Buffer, hasMore: boolean): Buffer {
    const read = readHead(bytes);
    if (read.kind === 'invalid') {
      this.#reject(read.detail);
      return nothing;
    }
    if (read.kind === 'interim') return read.isContinue ? nothing : bytes;
    const hasBody = read.isBodiless && (hasMore || read.oddities.includes('unexpected_body'));
    this.#state = hasBody ? 'dropped' : 'rest';
    this.#hasLeftovers = hasBody;
    this.#oddities = hasBody ? [...new Set<Oddity>([...read.oddities, 'unexpected_body'])] : read.oddities;
    return read.head;
  }

  #reject(detail: string): void {
    this.#state = 'dropped';
    this.#onInvalid(detail);
  }
}

function join(first: Buffer, second: Buffer): Buffer {
  if (first.length === 0) return second;
  return second.length === 0 ? first : Buffer.concat([first, second]);
}

/** Whether bytes are, or may become, a status line. Anything else is left to the parser, which rejects it at once. */
function isHttp(bytes: Buffer): boolean {
  const start = bytes.toString('latin1', 0, 5).toUpperCase();
  return 'HTTP/'.startsWith(start);
}

/** The offset after the empty line; -1 if it has not arrived. Lines may end in LF alone. */
function endOfHead(bytes: Buffer): number {
  for (let at = bytes.indexOf(lineFeed); at !== -1; at = bytes.indexOf(lineFeed, at + 1)) {
    const next = bytes[at + 1];
    if (next === lineFeed) return at + 2;
    if (next === carriageReturn && bytes[at + 2] === lineFeed) return at + 3;
  }
  return -1;
}
