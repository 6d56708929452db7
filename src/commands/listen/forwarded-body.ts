import type { Kept } from '../../captures/store.ts';
import type { ReceivedRequest } from '../../listener/receive.ts';
import type { Headers } from '../../message.ts';

/**
 * The body of a forwarded message. After the first attempt it is not held in memory if it was stored, because thousands
 * of messages may wait for a retry.
 */
export class ForwardedBody {
  readonly headers: Headers;
  readonly #kept: Kept | undefined;
  #bytes: Uint8Array | undefined;

  /** `kept` is undefined if the message was not stored. */
  constructor({ headers, body }: Pick<ReceivedRequest, 'headers' | 'body'>, kept: Kept | undefined) {
    this.headers = headers;
    this.#bytes = body;
    this.#kept = kept;
  }

  /** Hands the bytes over, for the first attempt. */
  take(): Uint8Array | undefined {
    const bytes = this.#bytes;
    if (this.#kept) this.#bytes = undefined;
    return bytes;
  }

  /** For another attempt; undefined if it was cleared meanwhile. */
  async read(): Promise<Uint8Array | undefined> {
    return this.#bytes ?? (await this.#kept?.load())?.body;
  }
}
