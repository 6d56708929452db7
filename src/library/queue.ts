import { realTimers } from '../real-timers.ts';

/** Buffers received messages, and callers that wait for the next one. After `end`, callers get what is left. */
export class Queue<T extends object> {
  readonly #received: T[] = [];
  readonly #waiting: ((received: T | undefined) => void)[] = [];
  #hasEnded = false;
  readonly #onWaiting: (isWaiting: boolean) => void;

  /** `onWaiting` is called when somebody begins to wait, and when nobody waits any more. */
  constructor(onWaiting: (isWaiting: boolean) => void) {
    this.#onWaiting = onWaiting;
  }

  add(received: T): void {
    const first = this.#waiting.shift();
    if (first) {
      if (this.#waiting.length === 0) this.#onWaiting(false);
      first(received);
    } else this.#received.push(received);
  }

  end(): void {
    this.#hasEnded = true;
    for (const wait of this.#waiting.splice(0)) wait(undefined);
  }

  /** Not a generator: `return` must withdraw pending requests, or they would consume messages that nothing reads. */
  iterator(): AsyncIterator<T, undefined> {
    const pending = new Set<(received: T | undefined) => void>();
    let hasReturned = false;
    const result = (received: T | undefined) =>
      received ? { value: received, done: false as const } : { value: undefined, done: true as const };
    return {
      next: () =>
        new Promise((resolve) => {
          if (hasReturned) return resolve(result(undefined));
          const answer = (received: T | undefined) => {
            pending.delete(answer);
            resolve(result(received));
          };
          pending.add(answer);
          this.#ask(answer);
        }),
      return: async () => {
        hasReturned = true;
        for (const answer of pending) {
          this.#withdraw(answer);
          answer(undefined);
        }
        return result(undefined) as IteratorReturnResult<undefined>;
      },
    };
  }

  /** The next message. Rejects if none arrives within `timeout` ms, or if the queue has ended and none is left. */
  within(timeout: number): Promise<T> {
    return new Promise((resolve, reject) => {
      const answer = (received: T | undefined) => {
        realTimers.clearTimeout(timer);
        if (received) resolve(received);
        else reject(new Error('the listener closed before a message arrived'));
      };
      const timer = realTimers.setTimeout(() => {
        this.#withdraw(answer);
        reject(new Error(`no message arrived within ${timeout} ms`));
      }, timeout);
      this.#ask(answer);
    });
  }

  #withdraw(answer: (received: T | undefined) => void): void {
    const index = this.#waiting.indexOf(answer);
    if (index !== -1) this.#waiting.splice(index, 1);
    if (this.#waiting.length === 0) this.#onWaiting(false);
  }

  #ask(answer: (received: T | undefined) => void): void {
    const first = this.#received.shift();
    if (first || this.#hasEnded) answer(first);
    else {
      this.#waiting.push(answer);
      this.#onWaiting(true);
    }
  }
}
