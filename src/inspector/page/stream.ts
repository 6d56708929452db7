import type { EventMessage } from '../protocol.ts';
import { Denied, eachLine, request } from './access.ts';

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
      await eachLine<EventMessage>(response, (message) => this.#push(message));
    } catch (error) {
      if (!signal.aborted && error instanceof Denied) {
        this.#handlers.report({ state: 'denied' });
        return;
      }
    }
    if (!signal.aborted) this.#retry();
  }

  #retry(): void {
    const wait = delays[Math.min(this.#failures++, delays.length - 1)]!;
    this.#lostSince ||= Date.now();
    this.#handlers.report({ state: 'lost', since: this.#lostSince, next: Date.now() + wait });
    this.#timer = setTimeout(() => this.connect(), wait);
  }

  #push(message: EventMessage): void {
    if ('cursor' in message && message.cursor !== undefined) this.#cursor = message.cursor;
    this.#queue.push(message);
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
