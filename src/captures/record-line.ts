import { isUtf8 } from 'node:buffer';
import { LONGEST_ESCAPE, writeJsonText } from './json-bytes.ts';
import { captureHead, outcomeLine } from './record.ts';
import type { Kept } from './store.ts';

/** A record as one line: text, and perhaps bytes that are to be written as a JSON text. */
export interface RecordLine {
  readonly start: string;
  readonly body?: Uint8Array;
  readonly end: string;
}

/** Puts a record into a line. */
export function lineOf(record: Kept): RecordLine {
  if (record.kind === 'outcome') return { start: outcomeLine(record.outcome), end: '\n' };
  const { body } = record.capture;
  const head = captureHead(record.capture);
  if (isUtf8(body)) return { start: `${head},"body":"`, body, end: '"}\n' };
  return { start: `${head},"body_base64":"${Buffer.from(body).toString('base64')}`, end: '"}\n' };
}

/** What a line takes at most, in bytes. */
export function longestForm({ start, body, end }: RecordLine): number {
  return (start.length + end.length) * 3 + (body?.length ?? 0) * LONGEST_ESCAPE;
}

/** Writes a line, and returns where it ends. There must be room for its longest form. */
export function writeLine({ start, body, end }: RecordLine, into: Buffer, at: number): number {
  let used = at + into.write(start, at);
  if (body) used = writeJsonText(body, into, used);
  return used + into.write(end, used);
}
