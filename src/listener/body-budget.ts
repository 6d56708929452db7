import { type IncomingBody, REJECTED_LIMIT } from './incoming-body.ts';

/** Memory for the bodies of all connections, in bytes. */
const TOTAL_BYTES = 64 * 1024 * 1024;
/** The part of it that large bodies cannot use. */
const RESERVE_BYTES = 16 * 1024 * 1024;

/** A body in memory. */
export interface HeldBody {
  /** Call it after each chunk. */
  grown(): void;
  /** It has been read: from now on it is not dropped. */
  complete(): void;
  /** Its memory is free. */
  release(): void;
}

interface Holding {
  readonly body: IncomingBody;
  readonly startedAt: number;
  drop: (() => void) | undefined;
  bytes: number;
}

/**
 * Limits the memory of bodies: beyond the budget, the slowest large body is dropped first, then the slowest of all. Real
 * events have a few kilobytes, so bodies up to 256 kB have a reserve.
 */
export class BodyBudget {
  readonly #holdings = new Set<Holding>();
  #total = 0;
  #large = 0;

  /** `drop` is called if the body has to be given up. */
  hold(body: IncomingBody, drop: () => void): HeldBody {
    const holding: Holding = { body, startedAt: performance.now(), drop, bytes: 0 };
    this.#holdings.add(holding);
    return {
      grown: () => {
        this.#count(holding, body.heldBytes);
        while (this.#total > TOTAL_BYTES || this.#large > TOTAL_BYTES - RESERVE_BYTES) {
          const slowest = this.#slowest();
          if (!slowest) return;
          this.#drop(slowest);
        }
      },
      complete: () => {
        holding.drop = undefined;
      },
      release: () => {
        this.#count(holding, 0);
        this.#holdings.delete(holding);
      },
    };
  }

  #count(holding: Holding, bytes: number): void {
    if (!this.#holdings.has(holding)) return;
    this.#total += bytes - holding.bytes;
    this.#large += (isLarge(bytes) ? bytes : 0) - (isLarge(holding.bytes) ? holding.bytes : 0);
    holding.bytes = bytes;
  }

  #drop(holding: Holding): void {
    this.#count(holding, 0);
    this.#holdings.delete(holding);
    holding.drop?.();
  }

  #slowest(): Holding | undefined {
    const waiting = [...this.#holdings].filter(({ drop }) => drop !== undefined);
    const large = waiting.filter(({ bytes }) => isLarge(bytes));
    const now = performance.now();
    const speed = ({ body, startedAt }: Holding) => body.bytes / (now - startedAt + 1);
    const [first, ...others] = large.length > 0 ? large : waiting;
    return others.reduce((slowest, other) => (speed(other) < speed(slowest!) ? other : slowest), first);
  }
}

function isLarge(bytes: number): boolean {
  return bytes > REJECTED_LIMIT;
}
