import { stripVTControlCharacters } from 'node:util';
import { HooksError } from '../../errors.ts';
import { isJson, isObject, parseJson } from '../../json.ts';
import { asBuffer, type Message } from '../../message.ts';
import { withoutBom } from '../bytes.ts';
import { messagesInCurl } from './curl-command.ts';
import { dumpBegins, dumpedRequests } from './dumped-requests.ts';
import { parseHttpRequests, type RequestRead } from './http-request.ts';
import { labelledHeaders } from './labelled-headers.ts';
import { type LoggedMessage, messageOf, messagesInJson, received } from './logged-messages.ts';
import { type PrintedValue, printedValues } from './printed-values.ts';
import { toHttpText } from './shown-request.ts';

/** The messages of a text, and notes about how they were read. */
export interface TextMessages {
  readonly messages: readonly LoggedMessage[];
  readonly notes: readonly string[];
}

/**
 * Reads text that is not JSON: HTTP requests, also as a terminal or a browser shows them or as a program dumped them into
 * a log, a curl command, or a log with headers and bodies, as JSON, as programs print them, or beside their names. Throws
 * HooksError `not_a_message`; `source` names the input in that error.
 */
export function messagesInText(bytes: Uint8Array, source: string): TextMessages {
  const notMessage = (reason: string) => new HooksError('not_a_message', { source, reason });
  if (bytes[0] === 0xff && bytes[1] === 0xfe)
    throw notMessage('it is UTF-16, which PowerShell writes with >. Save it as UTF-8');
  const whole = withoutBom(asBuffer(bytes));
  const dumped = dumpedRequests(whole).map(received);
  // Text before a request line may read like a header.
  if (dumped.length > 0 && dumpBegins(whole)) return { messages: dumped, notes: [] };
  const text = whole.toString();
  const requests = readRequests(whole, source);
  const isRead = Array.isArray(requests);
  if (isRead && /^> /m.test(text) && requests.every(({ message }) => message.body.length === 0))
    throw notMessage('curl -v does not print the body of the request. Add the body after an empty line');
  const isSigned = isRead && requests.some(({ message }) => hasSignature(message));
  if (isSigned && !requests.some(({ message }) => hasLabelledBody(message))) return inRequests(requests);
  const messages = dumped.length > 0 ? dumped : messagesInside(text);
  if (messages.length > 0) return { messages, notes: [] };
  if (!isRead) throw notMessage(whyNoMessage(text, requests.detail));
  if (!isSigned && /webhook-signature/i.test(text))
    throw notMessage(
      whyNoMessage(text, 'it mentions webhook-signature, but not as a header of a request that can be read'),
    );
  return inRequests(requests);
}

/** Those of curl commands, or of what a program printed. */
function messagesInside(text: string): LoggedMessage[] {
  const commands = messagesInCurl(text);
  return commands.length > 0 ? commands.map(received) : messagesInPrint(text);
}

/**
 * The messages in objects that a program printed, between other text or not. The body may be printed after its headers.
 */
export function messagesInPrint(log: string): LoggedMessage[] {
  if (!/signature/i.test(log)) return [];
  const text = withoutCsv(stripVTControlCharacters(log));
  const printed = printedValues(text);
  const found = printed.flatMap((each, index) => {
    if (!/signature/i.test(text.slice(each.start, each.end))) return [];
    const inValue = messagesInJson([each.value]);
    if (inValue.length > 0) return inValue;
    return (
      messageOf(each.value, () => bodyAmong(printed.slice(index + 1, index + 1 + MAX_BETWEEN), text)) ?? []
    );
  });
  return found.length > 0 ? found : messagesBesideNames(text, printed);
}

/** The messages whose headers were logged one by one, with the body after them, or before. */
function messagesBesideNames(text: string, printed: readonly PrintedValue[]): LoggedMessage[] {
  const found = labelledHeaders(text);
  const candidates = found.length > 0 ? printed.filter((each) => canBeBody(each, text)) : [];
  const isBodyFirst = (candidates.at(-1)?.start ?? 0) < (found.at(-1)?.start ?? 0);
  const bodies = found.map((): PrintedValue[] => []);
  let index = 0;
  for (const each of candidates) {
    while (found[index] && found[index]!.start < each.start) index += 1;
    if (isBodyFirst) bodies[index]?.unshift(each);
    else bodies[index - 1]?.push(each);
  }
  return found.flatMap(({ headers }, at) => messageOf(headers, () => bodyAmong(bodies[at]!, text)) ?? []);
}

/** Whether a value is named a body, or looks like an event or a request of an interceptor: a log has responses, too. */
function canBeBody({ value, start }: PrintedValue, text: string): boolean {
  if (/(?:body|payload)\W*$/i.test(text.slice(Math.max(0, start - 20), start))) return true;
  const event = typeof value === 'string' ? parseJson(value) : value;
  return isObject(event) && ['id', 'type', 'trigger_point'].some((name) => name in event);
}

/** CSV doubles the quotation marks inside a column. */
function withoutCsv(text: string): string {
  return /""[\w-]{1,60}""\s*:/.test(text) ? text.replaceAll('""', '"') : text;
}

/** How many values are looked at to find the body of headers. */
const MAX_BETWEEN = 11;

/** The first value, but lists are parts of a log's text, such as its [level], unless they are bytes. */
function bodyAmong(printed: readonly PrintedValue[], text: string): unknown {
  // A time in brackets reads like a member; a map of Go has brackets, too.
  const inBrackets = (start: number) => text[start] === '[' && !text.startsWith('map', start - 3);
  const next = printed
    .slice(0, MAX_BETWEEN)
    .find(({ value, start }) => (Array.isArray(value) ? typeof value[0] === 'number' : !inBrackets(start)));
  if (next === undefined || typeof next.value === 'string') return next?.value;
  const json = text.slice(next.start, next.end);
  return json.startsWith('{') && isJson(json) ? json : next.value;
}

/** Why text in which no message was found has none; `usually` for no particular reason. */
export function whyNoMessage(text: string, usually: string): string {
  const part = /\.\.\. \d+ more (?:bytes|items?)|\[(?:Object|Array)\]/.exec(text)?.[0];
  if (part === undefined && labelledHeaders(text).length > 0)
    return 'it has signed headers, but no body that looks like an event';
  return part === undefined || !/signature/i.test(text)
    ? usually
    : `the program that printed it left out a part of the request (${part}). Print the body as text, such as body.toString()`;
}

function inRequests(requests: readonly RequestRead[]): TextMessages {
  return {
    messages: requests.map(({ message }) => received(message)),
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

const bodyName = '(?:raw[-_ ]?|request[-_ ]?)?(?:body|payload)';
const bodyHeader = new RegExp(`^${bodyName}$`, 'i');
const labelledBody = new RegExp(`^\\s*${bodyName}[ \\t]*[:=]`, 'i');

/** Whether the body is beside its name, as in a log, and was read as a header or together with its name. */
function hasLabelledBody({ headers, body }: Message): boolean {
  const beginning = asBuffer(body).toString('latin1', 0, 100).trimStart();
  const isBeforeBody = beginning.startsWith('{');
  return labelledBody.test(beginning) || (!isBeforeBody && headers.some(([name]) => bodyHeader.test(name)));
}

function hasSignature({ headers }: Message): boolean {
  return headers.some(([name]) => /signature$/i.test(name));
}
