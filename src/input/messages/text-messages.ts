import { stripVTControlCharacters } from 'node:util';
import { HooksError } from '../../errors.ts';
import { isJson } from '../../json.ts';
import { asBuffer, type Message } from '../../message.ts';
import { withoutBom } from '../bytes.ts';
import { messagesInCurl } from './curl-command.ts';
import { parseHttpRequests, type RequestRead } from './http-request.ts';
import { type LoggedMessage, messageOf, messagesInJson } from './logged-messages.ts';
import { type PrintedValue, printedValues } from './printed-values.ts';
import { toHttpText } from './shown-request.ts';

/** The messages of a text, and notes about how they were read. */
export interface TextMessages {
  readonly messages: readonly LoggedMessage[];
  readonly notes: readonly string[];
}

/**
 * Reads text that is not JSON: HTTP requests, also as a terminal or a browser shows them, a curl command, or objects in
 * a log, as JSON or as programs print them. Throws HooksError `not_a_message`; `source` names the input in that error.
 */
export function messagesInText(bytes: Uint8Array, source: string): TextMessages {
  const notMessage = (reason: string) => new HooksError('not_a_message', { source, reason });
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    throw notMessage('it is UTF-16, which PowerShell writes with >. Save it as UTF-8');
  const whole = withoutBom(asBuffer(bytes));
  const requests = readRequests(whole, source);
  const isRead = Array.isArray(requests);
  const text = whole.toString();
  if (isRead && /^> /m.test(text) && requests.every(({ message }) => message.body.length === 0))
    throw notMessage('curl -v does not print the body of the request. Add the body after an empty line');
  if (isRead && requests.some(({ message }) => isSigned(message))) return inRequests(requests);
  const commands = messagesInCurl(text).map((message) => ({ message, isParsed: false }));
  const messages = commands.length > 0 ? commands : messagesInPrint(text);
  if (messages.length > 0) return { messages, notes: [] };
  if (!isRead) throw notMessage(whyNoMessage(text, requests.detail));
  if (/webhook-signature/i.test(text))
    throw notMessage('it mentions webhook-signature, but not as a header of a request that can be read');
  return inRequests(requests);
}

/**
 * The messages in objects that a program printed, between other text or not. The body may be printed after its headers.
 */
export function messagesInPrint(log: string): LoggedMessage[] {
  if (!/signature/i.test(log)) return [];
  const text = withoutCsv(stripVTControlCharacters(log));
  const printed = printedValues(text);
  return printed.flatMap((each, index) => {
    if (!/signature/i.test(text.slice(each.start, each.end))) return [];
    const found = messagesInJson([each.value]);
    if (found.length > 0) return found;
    return messageOf(each.value, () => bodyAfter(index, printed, text)) ?? [];
  });
}

/** CSV doubles the quotation marks inside a column. */
function withoutCsv(text: string): string {
  return /""[\w-]{1,60}""\s*:/.test(text) ? text.replaceAll('""', '"') : text;
}

/** How many values may be between headers and body. */
const MAX_BETWEEN = 10;

/** The next value, but lists are parts of a log's text, such as its [level], unless they are bytes. */
function bodyAfter(index: number, printed: readonly PrintedValue[], text: string): unknown {
  // A time in brackets reads like a member; a map of Go has brackets, too.
  const inBrackets = (start: number) => text[start] === '[' && !text.startsWith('map', start - 3);
  const next = printed
    .slice(index + 1, index + 2 + MAX_BETWEEN)
    .find(({ value, start }) => (Array.isArray(value) ? typeof value[0] === 'number' : !inBrackets(start)));
  if (next === undefined || typeof next.value === 'string') return next?.value;
  const json = text.slice(next.start, next.end);
  return json.startsWith('{') && isJson(json) ? json : next.value;
}

/** Why text in which no message was found has none; `usually` for no particular reason. */
export function whyNoMessage(text: string, usually: string): string {
  const part = /\.\.\. \d+ more (?:bytes|items?)|\[(?:Object|Array)\]/.exec(text)?.[0];
  return part === undefined || !/signature/i.test(text)
    ? usually
    : `the program that printed it left out a part of the request (${part}). Print the body as text, such as body.toString()`;
}

function inRequests(requests: readonly RequestRead[]): TextMessages {
  return {
    messages: requests.map(({ message }) => ({ message, isParsed: false })),
    notes: requests.flatMap(({ notes }) => notes),
  };
}

/** Returns the error for text that is no HTTP request: it may be something else. */
function readRequests(bytes: Uint8Array, source: string): RequestRead[] | HooksError {
  try {
    return [...parseHttpRequests(bytes, source)];
  } catch (error) {
    try {
      const requests = [...parseHttpRequests(toHttpText(bytes), source)];
      if (requests.some(({ message }) => message.headers.length > 1)) return requests;
    } catch {
      // The first error names the line of the input as it is.
    }
    if (error instanceof HooksError) return error;
    throw error;
  }
}

function isSigned({ headers }: Message): boolean {
  return headers.some(([name]) => /signature$/i.test(name));
}
