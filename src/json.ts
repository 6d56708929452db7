import { asBuffer } from './message.ts';

/** Parses JSON (RFC 8259); undefined if invalid, which no JSON value equals. */
export function parseJson(json: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof json === 'string' ? json : asBuffer(json).toString());
  } catch {
    return undefined;
  }
}

/** Whether a text is JSON of any kind. */
export function isJson(text: string): boolean {
  return parseJson(text) !== undefined;
}

/** Whether a value of JSON is an object: neither null nor a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
