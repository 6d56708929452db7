import type { EventMessage } from '../protocol.ts';
import { Denied, eachGroup, request } from './access.ts';

export type Connection =
  | { readonly state: 'connecting' | 'live' | 'denied' }
  /** Times in ms since 1970. */
  | { readonly state: 'lost'; readonly since: number; readonly next: number };

export interface StreamHandlers {
  /** Once per frame at most. */
  readonly take: (messages: readonly EventMessage[]) => void;
  readonly report: (connection: Connection) => void;
}

const delays = [1000, 2000, 4000, 8000, 15_000];
const hiddenLimit = 10_000;
/** While events arrive all the time, drawing them takes a quarter of the time at most, so that the page stays responsive. */
const restPerDrawing = 3;
const longestRestMs = 500;

/** Resolves when what was drawn is painted. A hidden page has no frames. */
function painted(): Promise<void> {
  if (document.hidden) return Promise.resolve();
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

/**
 * The stream of events, for as long as the page is open. A hidden page gives its connection up after a while, because a
 * browser has six connections per server, and the seventh page would not load.
 */
export class EventStream {
  readonly #handlers: StreamHandlers;
  #cursor: string | null = null;
  #failures = 0;
  #lostSince = 0;
  #abort: AbortController | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #queue: EventMessage[] = [];
  #isScheduled = false;
  /** When the next messages may be drawn, on the clock of the page. */
  #drawAt = 0;
  #isDropped = false;
  #hasBegun = false;
  #resolveBegun = () => {};
  /** Resolves when the first events were taken, or it is known that none come now. */
  readonly begun = new Promise<void>((resolve) => {
    this.#resolveBegun = resolve;
  });

  constructor(handlers: StreamHandlers) {
    this.#handlers = handlers;
  }

  start(): void {
    let timer: ReturnType<typeof setTimeout> | undefined;
    document.addEventListener('visibilitychange', () => {
      clearTimeout(timer);
      if (document.hidden) timer = setTimeout(() => this.#drop(), hiddenLimit);
      else if (this.#isDropped) this.connect();
    });
    this.connect();
  }

  /** Connects now, whatever the wait was. */
  connect(): void {
    clearTimeout(this.#timer);
    this.#abort?.abort();
    this.#abort = new AbortController();
    this.#isDropped = false;
    void this.#run(this.#abort.signal);
  }

  #drop(): void {
    this.#isDropped = true;
    clearTimeout(this.#timer);
    this.#abort?.abort();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const after = this.#cursor === null ? '' : `?after=${encodeURIComponent(this.#cursor)}`;
    try {
      const response = await request(`/api/events${after}`, { signal });
      this.#failures = 0;
      this.#lostSince = 0;
      this.#handlers.report({ state: 'live' });
      await eachGroup<EventMessage>(response, (messages) => this.#push(messages));
    } catch (error) {
      if (!signal.aborted && error instanceof Denied) {
        this.#handlers.report({ state: 'denied' });
        this.#begin();
        return;
      }
    }
    if (!signal.aborted) this.#retry();
  }

  #retry(): void {
    const wait = delays[Math.min(this.#failures++, delays.length - 1)]!;
    this.#lostSince ||= Date.now();
    this.#handlers.report({ state: 'lost', since: this.#lostSince, next: Date.now() + wait });
    this.#begin();
    this.#timer = setTimeout(() => this.connect(), wait);
  }

  /** Resolves when more may be read: at first, when the first events are painted. */
  #push(messages: readonly EventMessage[]): Promise<void> | undefined {
    for (const message of messages)
      if ('cursor' in message && message.cursor !== undefined) this.#cursor = message.cursor;
    this.#queue.push(...messages);
    if (this.#hasBegun) {
      this.#schedule();
      return undefined;
    }
    this.#flush();
    if (!messages.some(({ kind }) => kind === 'rows' || kind === 'loaded')) return undefined;
    this.#begin();
    return painted();
  }

  #begin(): void {
    this.#hasBegun = true;
    this.#resolveBegun();
  }

  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    const wait = this.#drawAt - performance.now();
    // A hidden page has no frames.
    if (document.hidden) setTimeout(() => this.#flush(), 250);
    else if (wait > 0) setTimeout(() => this.#flushInFrame(), wait);
    else this.#flushInFrame();
  }

  #flushInFrame(): void {
    requestAnimationFrame(() => {
      const started = performance.now();
      this.#flush();
      // The timer runs after the frame is drawn.
      setTimeout(() => {
        const ended = performance.now();
        this.#drawAt = ended + Math.min(longestRestMs, (ended - started) * restPerDrawing);
      });
    });
  }

  #flush(): void {
    this.#isScheduled = false;
    const messages = this.#queue;
    this.#queue = [];
    this.#handlers.take(messages);
  }
}
