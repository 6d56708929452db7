import { HooksError } from '../../errors.ts';
import { parseJson } from '../../json.ts';
import { asBuffer, type Message } from '../../message.ts';
import { withoutBom } from '../bytes.ts';
import { parseHttpRequests, type RequestRead } from '../http-request.ts';
import { type LoggedMessage, messagesInJson } from '../logged-messages.ts';
import { messageInCurl } from './curl-command.ts';
import { toHttpText } from './shown-request.ts';

/** The messages of a text, and notes about how they were read. */
export interface TextMessages {
  readonly messages: readonly LoggedMessage[];
  readonly notes: readonly string[];
}

/** Forms of text that show a message without being an HTTP request; the first one with a message counts. */
const forms: readonly ((text: string) => readonly LoggedMessage[])[] = [
  inFetchCall,
  inCurlCommand,
  inLogLine,
];

/**
 * Reads text that is not JSON: a call of fetch, a curl command, a line of a log, or HTTP requests, also as a terminal or
 * a browser shows them. Throws HooksError `not_a_message`; `source` names the input in that error.
 */
export function messagesInText(bytes: Uint8Array, source: string): TextMessages {
  const notMessage = (reason: string) => new HooksError('not_a_message', { source, reason });
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    throw notMessage('it is UTF-16, which PowerShell writes with >. Save it as UTF-8');
  const whole = withoutBom(asBuffer(bytes));
  const text = whole.toString();
  for (const read of forms) {
    const messages = read(text);
    if (messages.length > 0) return { messages, notes: [] };
  }
  const requests = readRequests(whole, source);
  if (/^> /m.test(text) && requests.every(({ message }) => message.body.length === 0))
    throw notMessage('curl -v does not print the body of the request. Add the body after an empty line');
  if (requests.every(({ message }) => !isSigned(message)) && /webhook-signature/i.test(text))
    throw notMessage('it mentions webhook-signature, but not as a header of a request that can be read');
  return {
    messages: requests.map(({ message }) => ({ message, isParsed: false })),
    notes: requests.flatMap(({ notes }) => notes),
  };
}

/** A request that a browser copies as a call of fetch: its second argument is JSON. */
function inFetchCall(text: string): LoggedMessage[] {
  const call = /\bfetch\(\s*["'][^"'\n]{0,2000}["']\s*,\s*(\{[\s\S]*\})\s*\)\s*;?\s*$/.exec(text)?.[1];
  return call === undefined ? [] : messagesInJson(parseJson(call));
}

function inCurlCommand(text: string): LoggedMessage[] {
  const message = messageInCurl(text);
  return message ? [{ message, isParsed: false }] : [];
}

/** A line of a log, with a JSON value after other text. */
function inLogLine(text: string): LoggedMessage[] {
  const start = text.search(/\[?\{/);
  return start > 0 ? messagesInJson(parseJson(text.slice(start))) : [];
}

function readRequests(bytes: Uint8Array, source: string): RequestRead[] {
  try {
    return [...parseHttpRequests(bytes, source)];
  } catch (error) {
    try {
      const requests = [...parseHttpRequests(toHttpText(bytes), source)];
      if (requests.some(({ message }) => message.headers.length > 1)) return requests;
    } catch {
      // The first error names the line of the input as it is.
    }
    throw error;
  }
}

function isSigned({ headers }: Message): boolean {
  return headers.some(([name]) => /signature$/i.test(name));
}
