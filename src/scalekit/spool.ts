import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HooksError } from '../errors.ts';
import { whyUnusable } from '../system-errors.ts';
import type { LoggedEvent } from './client.ts';
import { bodyOf } from './logged-message.ts';

/** An event with the body that it is delivered with. */
export interface SpooledEvent {
  readonly id: string;
  readonly type: string;
  readonly organizationId: string | null;
  readonly body: Buffer;
}

/** Where the body is in the file. */
interface BodyPlace extends Omit<SpooledEvent, 'body'> {
  readonly offset: number;
  readonly length: number;
}

/** In bytes. */
const MOVED_AT_ONCE = 256 * 1024;

/**
 * Events in a private temporary file: pages come newest first and are delivered oldest first. Each id is held once, since
 * a log that grows while it is read repeats events on the next page.
 */
export class EventSpool {
  /** Opened when it is needed: most polls of a follower find nothing. */
  #fd: number | undefined;
  readonly #places: BodyPlace[] = [];
  readonly #ids = new Set<string>();
  #size = 0;
  #unwritten: Buffer[] = [];
  #unwrittenBytes = 0;
  /** The part of the file that was read last, and where it begins. */
  #read = { bytes: Buffer.alloc(0), start: Number.POSITIVE_INFINITY };

  get count(): number {
    return this.#places.length;
  }

  /** Ignores an event that it has. Throws HooksError, as takeOldest does. */
  add(event: LoggedEvent): void {
    const { id, type, organization_id: organization } = event;
    if (this.#ids.has(id)) return;
    this.#ids.add(id);
    const bytes = bodyOf(event);
    const organizationId = typeof organization === 'string' ? organization : null;
    this.#places.push({ id, type, organizationId, offset: this.#size, length: bytes.length });
    this.#size += bytes.length;
    this.#unwritten.push(bytes);
    this.#unwrittenBytes += bytes.length;
    if (this.#unwrittenBytes > MOVED_AT_ONCE) this.#write();
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
    this.#read.start = Number.POSITIVE_INFINITY;
  }

  /** The last one that was added, which is removed; undefined when it is empty. */
  takeOldest(): SpooledEvent | undefined {
    const place = this.#places.pop();
    if (!place) return undefined;
    if (this.#unwrittenBytes > 0) this.#write();
    const { offset, length, ...event } = place;
    const end = offset + length;
    if (offset < this.#read.start) this.#readBefore(end, Math.max(length, MOVED_AT_ONCE));
    return { ...event, body: this.#read.bytes.subarray(offset - this.#read.start, end - this.#read.start) };
  }

  #readBefore(end: number, most: number): void {
    const start = Math.max(0, end - most);
    const bytes = Buffer.allocUnsafe(end - start);
    orUnusable(() => readSync(this.#fd!, bytes, 0, bytes.length, start));
    this.#read = { bytes, start };
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
