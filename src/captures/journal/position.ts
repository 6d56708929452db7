import { createHash } from 'node:crypto';
import { fstatSync, lstatSync, readSync, type Stats } from 'node:fs';
import { parseJson } from '../../json.ts';
import { LINE_FEED } from '../lines.ts';
import { endOfLines, linesForward, reading } from './file-lines.ts';

/** How far a journal has been read. */
export interface Position {
  readonly inode: number;
  /** In bytes; always at the start of a line. */
  readonly offset: number;
  /** The line before the offset, in case the journal is rewritten; undefined before the first, or if it is not known. */
  readonly last: LastLine | undefined;
  /** The file when it was last looked at; undefined in a cursor. */
  readonly seen?: SeenFile;
}

interface LastLine {
  readonly id: string;
  /** From its start to the offset after it, in bytes; undefined in cursors of earlier versions. */
  readonly span: number | undefined;
}

interface SeenFile {
  /** In bytes. */
  readonly size: number;
  /** In ms since 1970. */
  readonly changed: number;
  /** Whether nothing but a line that is still being written was left to read. */
  readonly isDrained: boolean;
}

/** The start of a journal that nobody has read. */
function beginningAt(inode: number): Position {
  return { inode, offset: 0, last: undefined };
}

/** After all that a journal has now. */
export function endPosition(fd: number): Position {
  const { ino: inode, size } = fstatSync(fd);
  const offset = endOfLines(fd, size);
  return { inode, offset, last: lastLineBefore(fd, offset) };
}

/** The same for a journal that cannot be opened: its records from before are not new once it can be. */
export function endUnread(path: string): Position | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats && { inode: stats.ino, offset: stats.size, last: undefined };
}

/** Where to go on in a journal: it may be new, truncated, or rewritten by `captures clear`. */
export function currentPosition(fd: number, known: Position | undefined): Position {
  const { ino: inode, size } = fstatSync(fd);
  if (!known) return beginningAt(inode);
  if (isAt(fd, known)) return known;
  for (const { bytes, end } of linesForward(reading(fd), endOfLines(fd, size)))
    if (bytes && idOf(bytes) === known.last?.id) return { inode, offset: end, last: known.last };
  // What was read has been removed.
  return beginningAt(inode);
}

/** Whether a file is the one of this position, whatever its name, with what was read of it. */
export function isAt(fd: number, position: Position): boolean {
  const { ino, size } = fstatSync(fd);
  return position.inode === ino && size >= position.offset && isSameContent(fd, position);
}

/** Whether a journal has not changed since everything in it was read. */
export function isUnchanged(
  { inode, seen }: Position,
  { ino, size, mtimeMs }: Pick<Stats, 'ino' | 'size' | 'mtimeMs'>,
): boolean {
  return seen?.isDrained === true && ino === inode && seen.size === size && seen.changed === mtimeMs;
}

/** Whether the line before the offset is still there: others can truncate the file, and more can be added then. */
function isSameContent(fd: number, { offset, last }: Position): boolean {
  if (!last) return true;
  if (last.span === undefined) return lastLineBefore(fd, offset)?.id === last.id;
  const line = Buffer.allocUnsafe(last.span);
  return readSync(fd, line, 0, line.length, offset - line.length) === line.length && idOf(line) === last.id;
}

/** The position after a line, which is undefined if it was too long to be read. */
export function positionAfter(
  position: Position,
  {
    offset,
    bytes,
    end,
  }: { readonly offset: number; readonly bytes: Buffer | undefined; readonly end: number },
): Position {
  return { ...position, offset: end, last: bytes && { id: idOf(bytes), span: end - offset } };
}

/** Journals are read from their end, but a line can be long. */
function lastLineBefore(fd: number, end: number): LastLine | undefined {
  let last: LastLine | undefined;
  // At most a megabyte back: of a longer line, the end.
  const from = Math.max(0, end - 1024 * 1024);
  for (const { offset, bytes } of linesForward(reading(fd), end, from))
    last = bytes && { id: idOf(bytes), span: end - offset };
  return last;
}

/** Identifies a line, with or without its newline. */
function idOf(line: Buffer): string {
  let end = line.length;
  while (line[end - 1] === LINE_FEED) end -= 1;
  return createHash('sha256').update(line.subarray(0, end)).digest('base64').slice(0, 16);
}

/** The text of positions, by the names of their journals. */
export function cursorOf(positions: ReadonlyMap<string, Position>): string {
  const files = [...positions].map(([name, { inode, offset, last }]) => [
    name,
    [inode, offset, last?.id ?? '', last?.span ?? 0],
  ]);
  return JSON.stringify({ v: 1, files: Object.fromEntries(files) });
}

/** Positions that are damaged are left out: what may not have been read is read again. */
export function readCursor(cursor: string): Map<string, Position> {
  const { files } = (parseJson(cursor) ?? {}) as { files?: unknown };
  const positions = new Map<string, Position>();
  for (const [name, position] of Object.entries(files ?? {})) {
    if (!Array.isArray(position)) continue;
    const [inode, offset, id, span] = position as unknown[];
    if (typeof inode !== 'number' || typeof id !== 'string' || !isOffset(offset)) continue;
    const isKnown = isOffset(span) && span > 0 && span <= offset;
    positions.set(name, {
      inode,
      offset,
      last: id === '' ? undefined : { id, span: isKnown ? span : undefined },
    });
  }
  return positions;
}

function isOffset(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
