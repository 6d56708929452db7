import { asBuffer } from '../../message.ts';

/**
 * Converts a request as a terminal or a browser shows it to the text of an HTTP request: the output of curl -v, headers
 * as developer tools copy them, HTTP/2 pseudo headers, headers with tabs. The bytes of the body stay as they are.
 */
export function toHttpText(bytes: Uint8Array): Uint8Array {
  const text = asBuffer(bytes).toString('latin1');
  const lines = /^> /m.test(text) ? withoutMarks(text) : text.split('\n');
  const head: string[] = [];
  let index = 0;
  for (; index < lines.length; index += 1) {
    const line = lines[index]!.replace(/\r$/, '');
    if (line === '' && head.length > 0) break;
    const next = lines[index + 1]?.replace(/\r$/, '') ?? '';
    if (/^:[a-z]+(?::|\t|$)/.test(line)) {
      // A pseudo header of HTTP/2, alone or with its value on the next line.
      if (/^:[a-z]+:?$/.test(line)) index += 1;
    } else if (/^[\w-]+:$/.test(line) && !/^[\w-]+:/.test(next)) {
      head.push(`${line} ${next}`);
      index += 1;
    } else head.push(line.replace(/^([\w-]+)\t+(?=\S)/, '$1: '));
  }
  const rest = lines.slice(index + 1).join('\n');
  return Buffer.from(`${head.filter((line) => line !== '').join('\n')}\n\n${rest}`, 'latin1');
}

/**
 * The lines of curl -v that were sent, and a body that was put after them. What follows the lines of the response is the
 * body of the response.
 */
function withoutMarks(text: string): string[] {
  const lines = text.split('\n');
  const response = lines.findIndex((line) => /^< HTTP\//.test(line));
  const request = response === -1 ? lines : lines.slice(0, response);
  return request.flatMap((line) => {
    if (line.startsWith('>')) return [line.replace(/^> ?/, '')];
    return /^[*{}] /.test(line) ? [] : [line];
  });
}
