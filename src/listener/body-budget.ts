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
  /** Its index among all; -1 once its memory is free. */
  place: number;
}

/**
 * Limits the memory of bodies: beyond the budget, the slowest large body is dropped first, then the slowest of all. Real
 * events have a few kilobytes, so bodies up to 256 kB have a reserve.
 */
export class BodyBudget {
  /** Not a Set: each time that one grows or shrinks, V8 keeps all that was in it until a full collection. */
  readonly #holdings: Holding[] = [];
  #total = 0;
  #large = 0;

  /** `drop` is called if the body has to be given up. */
  hold(body: IncomingBody, drop: () => void): HeldBody {
    const place = this.#holdings.length;
    const holding: Holding = { body, startedAt: performance.now(), drop, bytes: 0, place };
    this.#holdings.push(holding);
    return {
      grown: () => {
        this.#count(holding, body.heldBytes);
        while (this.#total > TOTAL_BYTES || this.#large > TOTAL_BYTES - RESERVE_BYTES) {
          const slowest = this.#slowest();
          if (!slowest) return;
          this.#remove(slowest);
          slowest.drop?.();
        }
      },
      complete: () => {
        holding.drop = undefined;
      },
      release: () => this.#remove(holding),
    };
  }

  #count(holding: Holding, bytes: number): void {
    if (holding.place === -1) return;
    this.#total += bytes - holding.bytes;
    this.#large += (isLarge(bytes) ? bytes : 0) - (isLarge(holding.bytes) ? holding.bytes : 0);
    holding.bytes = bytes;
  }

  /** The last one takes its place. */
  #remove(holding: Holding): void {
    if (holding.place === -1) return;
    this.#count(holding, 0);
    const last = this.#holdings.pop()!;
    if (last !== holding) {
      this.#holdings[holding.place] = last;
      last.place = holding.place;
    }
    holding.place = -1;
  }

  #slowest(): Holding | undefined {
    const waiting = this.#holdings.filter(({ drop }) => drop !== undefined);
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
