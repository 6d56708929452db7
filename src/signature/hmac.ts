import { createHmac, createSecretKey, type Hmac, hash, type KeyObject } from 'node:crypto';

/** Bytes of a block of SHA-256, and of its digest. */
const [BLOCK, DIGEST] = [64, 32];

/** The longest input that is hashed at once, with the key's block before it; longer input is hardly faster at once. */
const scratch = Buffer.allocUnsafe(16 * 1024);
const outer = Buffer.alloc(BLOCK + DIGEST);

/**
 * HMAC-SHA256 (RFC 2104, section 2). Short input, such as nearly every message, is hashed by two calls of `hash`: a stream
 * of node:crypto takes half as long again.
 */
export class HmacSha256 {
  readonly #key: HmacKey;
  /** What came so far, unless it is in the stream. */
  #pieces: (string | Uint8Array)[] = [];
  #end = BLOCK;
  #stream: Hmac | undefined;

  constructor(key: Uint8Array) {
    this.#key = keyOf(key);
  }

  /** Text has one character per byte (latin1). Bytes must not change before the digest. */
  update(piece: string | Uint8Array): this {
    if (this.#stream) {
      feed(this.#stream, piece);
      return this;
    }
    this.#pieces.push(piece);
    this.#end += piece.length;
    if (this.#end > scratch.length) this.#beginStream();
    return this;
  }

  /** Call it once. */
  digest(encoding: 'base64' | 'binary'): string {
    if (this.#stream) return this.#stream.digest(encoding);
    scratch.set(this.#key.innerBlock);
    let at = BLOCK;
    for (const piece of this.#pieces) {
      if (typeof piece === 'string') scratch.write(piece, at, 'latin1');
      else scratch.set(piece, at);
      at += piece.length;
    }
    outer.set(this.#key.outerBlock);
    outer.write(hash('sha256', scratch.subarray(0, at), 'binary'), BLOCK, 'latin1');
    return hash('sha256', outer, encoding);
  }

  #beginStream(): void {
    this.#stream = createHmac('sha256', this.#key.object);
    for (const piece of this.#pieces) feed(this.#stream, piece);
    this.#pieces = [];
  }
}

function feed(stream: Hmac, piece: string | Uint8Array): void {
  if (typeof piece === 'string') stream.update(piece, 'latin1');
  else stream.update(piece);
}

interface HmacKey {
  /** The key, combined with the constants of the RFC, as the block before the message and before its digest. */
  readonly innerBlock: Uint8Array;
  readonly outerBlock: Uint8Array;
  /** On Node 24, an Hmac with raw bytes takes five times as long as one with a key object. */
  readonly object: KeyObject;
}

/** A cache by the bytes of a Secret, which are the same object for every message. */
const keys = new WeakMap<Uint8Array, HmacKey>();

function keyOf(bytes: Uint8Array): HmacKey {
  const known = keys.get(bytes);
  if (known) return known;
  const short = bytes.length > BLOCK ? hash('sha256', bytes, 'buffer') : bytes;
  const block = new Uint8Array(BLOCK);
  block.set(short);
  const key = {
    innerBlock: block.map((byte) => byte ^ 0x36),
    outerBlock: block.map((byte) => byte ^ 0x5c),
    object: createSecretKey(bytes),
  };
  keys.set(bytes, key);
  return key;
}
