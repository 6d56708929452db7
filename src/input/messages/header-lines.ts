import { type Headers, toHeaderBytes } from '../../message.ts';

/** The lines of a text that are headers (RFC 9110, 5.1 and 5.5), with values as bytes; others are left out. */
export function headersInText(text: string): Headers {
  return text.split(/\r?\n/).flatMap((line): Headers => {
    const [, name, value] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*:\s*(.*)$/.exec(line) ?? [];
    return name === undefined ? [] : [[name, toHeaderBytes(value!.trim())]];
  });
}
