import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HooksError } from '../errors.ts';
import { whyUnusable } from '../system-errors.ts';
import type { LoggedEvent } from './client.ts';

/** In bytes. */
const WRITTEN_AT_ONCE = 256 * 1024;

/**
 * Events in a private temporary file: pages come newest first and are delivered oldest first. Each id is held once, since
 * a log that grows while it is read repeats events on the next page.
 */
export class EventSpool {
  /** Opened when it is needed: most polls of a follower find nothing. */
  #fd: number | undefined;
  readonly #places: { readonly offset: number; readonly length: number }[] = [];
  readonly #ids = new Set<string>();
  #size = 0;
  #unwritten: Buffer[] = [];
  #unwrittenBytes = 0;

  get count(): number {
    return this.#places.length;
  }

  /** Ignores an event that it has. Throws HooksError, as takeOldest does. */
  add(event: LoggedEvent): void {
    if (this.#ids.has(event.id)) return;
    this.#ids.add(event.id);
    const bytes = Buffer.from(JSON.stringify(event));
    this.#places.push({ offset: this.#size, length: bytes.length });
    this.#size += bytes.length;
    this.#unwritten.push(bytes);
    this.#unwrittenBytes += bytes.length;
    if (this.#unwrittenBytes > WRITTEN_AT_ONCE) this.#write();
  }

  #write(): void {
    const bytes = Buffer.concat(this.#unwritten);
    this.#unwritten = [];
    this.#unwrittenBytes = 0;
    orUnusable(() => {
      this.#fd ??= openUnnamedFile();
      // Unlike writeSync, it goes on after a short write.
      writeFileSync(this.#fd, bytes);
    });
  }

  /** The last one that was added, which is removed; undefined when it is empty. */
  takeOldest(): LoggedEvent | undefined {
    const place = this.#places.pop();
    if (!place) return undefined;
    if (this.#unwrittenBytes > 0) this.#write();
    const bytes = Buffer.allocUnsafe(place.length);
    orUnusable(() => readSync(this.#fd!, bytes, 0, place.length, place.offset));
    return JSON.parse(bytes.toString());
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }
}

/** Has no name once it is open, so that nothing is left behind, even by a process that is killed. */
function openUnnamedFile(): number {
  const folder = mkdtempSync(join(tmpdir(), 'scalekit-hooks-'));
  try {
    return openSync(join(folder, 'events'), 'wx+', 0o600);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function orUnusable<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new HooksError('unusable_temporary_folder', { folder: tmpdir(), reason: whyUnusable(error) });
  }
}
