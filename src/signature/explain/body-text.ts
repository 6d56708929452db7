import { isUtf8 } from 'node:buffer';
import { asBuffer } from '../../message.ts';

/** One character per byte. */
export function binary(body: Uint8Array): string {
  return asBuffer(body).toString('latin1');
}

/** The text of a body; undefined if it is not UTF-8. */
export function textOf(body: Uint8Array): string | undefined {
  return isUtf8(body) ? asBuffer(body).toString() : undefined;
}
