import { writeFileSync } from 'node:fs';
import { readBoundedFile } from '../../bounded-file.ts';
import { HooksError } from '../../errors.ts';
import { hasCode, whyUnreadable, whyUnwritable } from '../../system-errors.ts';
import { inlinedText } from './inlined.ts';

/** Real events have a few kilobytes. */
const MAX_FILE_BYTES = 64 * 1024 * 1024;

const fileFix = 'use a JSON file in UTF-8: {"type": …, "data": {…}}';

/** Reads a fixture or event file. Throws HooksError if it is unreadable or not UTF-8 text. */
export function readEventText(path: string): string {
  const inlined = inlinedText(path);
  if (inlined !== undefined) return inlined;
  const unreadable = (reason: string) => new HooksError('unreadable_file', { path, reason, fix: fileFix });
  const bytes = readBytes(path);
  const text = bytes.toString('utf8');
  if (text.startsWith('\ufeff'))
    throw unreadable('it starts with a byte order mark (BOM). Save it as UTF-8 without BOM');
  if (text.trim() === '') throw unreadable('it is empty');
  if (!Buffer.from(text).equals(bytes)) throw unreadable('it is not UTF-8 text');
  return text;
}

/** Writes an event file. Throws HooksError if it is unwritable, or exists and `isReplaced` is false. */
export function writeEventText(path: string, text: string, { isReplaced }: { isReplaced: boolean }): void {
  try {
    writeFileSync(path, text, { flag: isReplaced ? 'w' : 'wx' });
  } catch (error) {
    const isThere = hasCode(error, 'EEXIST');
    throw new HooksError('unwritable_file', { path, reason: whyUnwritable(error), isThere });
  }
}

function readBytes(path: string): Buffer {
  try {
    return readBoundedFile(path, MAX_FILE_BYTES);
  } catch (error) {
    throw new HooksError('unreadable_file', { path, reason: whyUnreadable(error) });
  }
}
