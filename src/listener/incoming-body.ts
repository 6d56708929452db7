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

/**
 * A body that comes in chunks. Its signature is judged as they come, so that nothing has to be done with all of its
 * bytes at once unless they verify.
 */
export class IncomingBody {
  readonly #verification: Verification;
  readonly #isKeptWhole: boolean;
  #chunks: Uint8Array[] = [];
  #bytes = 0;
  #heldBytes = 0;
  /** Of bodies that exceed REJECTED_LIMIT. */
  #hash: Hash | undefined;

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
    return this.#heldBytes;
  }

  add(chunk: Uint8Array): void {
    this.#verification.update(chunk);
    this.#bytes += chunk.length;
    this.#chunks.push(chunk);
    this.#heldBytes += chunk.length;
    if (this.#isKeptWhole || this.#bytes <= REJECTED_LIMIT) return;
    if (this.#hash) this.#hash.update(chunk);
    else this.#hash = this.#chunks.reduce((hash, each) => hash.update(each), createHash('sha256'));
    // The headers alone reject it: no more of it can be needed.
    if (this.#verification.isHopeless) this.#holdBeginning();
  }

  /** Judges the signature; `now` is in ms since 1970. Call it once, after the last chunk. */
  conclude(now: number): Verdict {
    return this.#verification.conclude(now);
  }

  /** The body of a message that is accepted, or else as much of it as is kept. */
  read(isAccepted: boolean): ReadBody {
    if (isAccepted || !this.#hash) return { body: this.#joined() };
    this.#holdBeginning();
    return {
      body: this.#joined(),
      truncation: { bytes: this.#bytes, sha256: this.#hash.digest('hex') },
    };
  }

  #joined(): Uint8Array {
    const [only, ...others] = this.#chunks;
    if (only && others.length === 0) return only;
    const joined = Buffer.concat(this.#chunks, this.#heldBytes);
    this.#chunks = [joined];
    return joined;
  }

  /** Copies the beginning, so that the memory of the rest is free. */
  #holdBeginning(): void {
    this.#chunks = [Buffer.concat(this.#chunks, Math.min(this.#heldBytes, BEGINNING_BYTES))];
    this.#heldBytes = this.#chunks[0]!.length;
  }
}
