import { type FSWatcher, watch } from 'node:fs';

/** How long a change may stay unnoticed where the file system does not notify, in ms. */
const POLL_MS = 500;

/** Rings when a folder changes, or else now and then: notification is not reliable on every file system. */
export class Bell {
  readonly #folder: string;
  #watcher: FSWatcher | undefined;
  #ring = () => {};
  #hasRung = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Call it before reading, so that a change during the reading is noticed. */
  arm(): void {
    this.#hasRung = false;
    if (this.#watcher) return;
    try {
      this.#watcher = watch(this.#folder, { persistent: false }, () => {
        this.#hasRung = true;
        this.#ring();
      });
      // The folder was removed, or watching is not possible: the next call tries again.
      this.#watcher.on('error', () => this.close());
    } catch {
      // The folder does not exist yet.
    }
  }

  rung(stop: AbortSignal): Promise<void> {
    if (this.#hasRung || stop.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        clearTimeout(timer);
        stop.removeEventListener('abort', end);
        this.#ring = () => {};
        resolve();
      };
      const timer = setTimeout(end, POLL_MS);
      stop.addEventListener('abort', end);
      this.#ring = end;
    });
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}
