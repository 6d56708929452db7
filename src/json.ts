import { asBuffer } from './message.ts';

/** Parses JSON (RFC 8259); undefined if invalid, which no JSON value equals. */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof json === 'string' ? json : asBuffer(json).toString());
  } catch {
    return undefined;
  }
}

export function isJson(text: string): boolean {
  return parseJson(text) !== undefined;
}
