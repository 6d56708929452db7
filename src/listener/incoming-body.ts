import { createHash, type Hash } from 'node:crypto';
import type { Verdict } from '../signature/verdict.ts';
import type { Verification } from '../signature/verify.ts';

/** A rejected body is kept whole up to this size, in bytes; of a longer one, only the beginning is kept. */
export const REJECTED_LIMIT = 256 * 1024;
const BEGINNING_BYTES = 64 * 1024;

/** What is known of a body of which only the beginning was kept. */
export interface Truncation {
  readonly bytes: number;
  /** SHA-256 of the whole body, in hex. */
  readonly sha256: string;
}

/** A body that was read, whole or its beginning. */
export interface ReadBody {
  readonly body: Uint8Array;
  readonly truncation?: Truncation;
}

/** Shorter chunks are copied into blocks of this size: each takes hundreds of bytes of memory beside its content. */
const BLOCK_BYTES = 4096;

/**
 * A body that comes in chunks. Its signature is judged as they come, so that nothing has to be done with all of its
 * bytes at once unless they verify.
 */
export class IncomingBody {
  readonly #verification: Verification;
  readonly #isKeptWhole: boolean;
  #pieces: Uint8Array[] = [];
  /** Short chunks, until the block is full. */
  #block: Buffer | undefined;
  #blockBytes = 0;
  #bytes = 0;
  /** Of all pieces. */
  #heldBytes = 0;
  /** Of bodies that exceed REJECTED_LIMIT. */
  #hash: Hash | undefined;
  /** Whether only the beginning is held, because the headers alone reject it. */
  #isBeginning = false;

  /** `isKeptWhole`: also if it does not verify. */
  constructor(verification: Verification, isKeptWhole: boolean) {
    this.#verification = verification;
    this.#isKeptWhole = isKeptWhole;
  }

  /** The bytes received so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The bytes in memory. */
  get heldBytes(): number {
    return this.#heldBytes + (this.#block ? BLOCK_BYTES : 0);
  }

  add(chunk: Uint8Array): void {
    // Most bodies are a single chunk, which is not copied.
    const isFirst = this.#bytes === 0;
    this.#bytes += chunk.length;
    const rest = this.#block ? this.#fill(this.#block, chunk) : chunk;
    if (isFirst || rest.length >= BLOCK_BYTES) this.#take(rest);
    else if (rest.length > 0) this.#fill(this.#beginBlock(), rest);
  }

  /** Judges the signature; `now` is in ms since 1970. Call it once, after the last chunk. */
  conclude(now: number): Verdict {
    this.#endBlock();
    return this.#verification.conclude(now);
  }

  /** The body of a message that is accepted, or else as much of it as is kept. Call it last. */
  read(isAccepted: boolean): ReadBody {
    this.#endBlock();
    if (isAccepted || !this.#hash) return { body: this.#joined() };
    this.#holdBeginning();
    return {
      body: this.#joined(),
      truncation: { bytes: this.#bytes, sha256: this.#hash.digest('hex') },
    };
  }

  #beginBlock(): Buffer {
    this.#block = Buffer.allocUnsafe(BLOCK_BYTES);
    this.#blockBytes = 0;
    return this.#block;
  }

  /** Returns the part of a chunk for which the block has no room. */
  #fill(block: Buffer, chunk: Uint8Array): Uint8Array {
    const fitting = chunk.subarray(0, BLOCK_BYTES - this.#blockBytes);
    block.set(fitting, this.#blockBytes);
    this.#blockBytes += fitting.length;
    if (this.#blockBytes === BLOCK_BYTES) this.#endBlock();
    return chunk.subarray(fitting.length);
  }

  #endBlock(): void {
    const block = this.#block;
    this.#block = undefined;
    if (block) this.#take(block.subarray(0, this.#blockBytes));
  }

  #take(piece: Uint8Array): void {
    this.#verification.update(piece);
    this.#hash?.update(piece);
    if (this.#isBeginning) return;
    this.#pieces.push(piece);
    this.#heldBytes += piece.length;
    if (this.#isKeptWhole || this.#heldBytes <= REJECTED_LIMIT) return;
    this.#hash ??= this.#pieces.reduce((hash, each) => hash.update(each), createHash('sha256'));
    // The headers alone reject it: no more of it can be needed.
    if (this.#verification.isHopeless) this.#holdBeginning();
  }

  #joined(): Uint8Array {
    const [only, ...others] = this.#pieces;
    if (only && others.length === 0) return only;
    const joined = Buffer.concat(this.#pieces, this.#heldBytes);
    this.#pieces = [joined];
    return joined;
  }

  /** Copies the beginning, so that the memory of the rest is free. */
  #holdBeginning(): void {
    if (this.#isBeginning) return;
    this.#isBeginning = true;
    this.#pieces = [Buffer.concat(this.#pieces, Math.min(this.#heldBytes, BEGINNING_BYTES))];
    this.#heldBytes = this.#pieces[0]!.length;
  }
}
