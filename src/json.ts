import { asBuffer } from './message.ts';

/** What JSON text, or bytes, hold (RFC 8259); undefined for what is not JSON, which no JSON holds. */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof json === 'string' ? json : asBuffer(json).toString());
  } catch {
    return undefined;
  }
}

/** Whether text is JSON; the empty text is not. */
export function isJson(text: string): boolean {
  return parseJson(text) !== undefined;
}
