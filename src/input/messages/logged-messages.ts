import { parseJson } from '../../json.ts';
import { type Headers, type Message, toHeaderBytes } from '../../message.ts';
import { dumpedRequests } from './dumped-requests.ts';
import { headersInText } from './header-lines.ts';
import { parseHttpRequests } from './http-request.ts';
import { isWhole, printedJson, printedValues } from './printed-values.ts';

/** A message as a program logged it. */
export interface LoggedMessage {
  readonly message: Message;
  /** Whether the log has only the parsed body, which was serialized again here. */
  readonly isParsed: boolean;
}

/** A message whose bytes are known. */
export function received(message: Message): LoggedMessage {
  return { message, isParsed: false };
}

/** The levels of a JSON value that are searched; deeper ones do not occur in logs. */
const MAX_DEPTH = 8;

/**
 * Finds the messages in a JSON value: requests as servers, platforms and loggers write them (Lambda events, pino, HAR
 * and others), alone, in lists or inside other objects.
 */
export function messagesInJson(value: unknown): LoggedMessage[] {
  const found: LoggedMessage[] = [];
  collect(value, { body: undefined, depth: 0 }, found);
  return found;
}

/**
 * The message of headers and a body that were logged one after the other; undefined without the headers of a signed one.
 * `body` is asked for only with these.
 */
export function messageOf(headers: unknown, body: () => unknown): LoggedMessage | undefined {
  const signed = headersIn({ headers });
  const own = signed && bodyIn({ body: body() });
  return own && { message: { headers: signed, body: own.bytes }, isParsed: own.isParsed };
}

interface Outer {
  /** The body beside the object, for loggers that write request and body next to each other. */
  readonly body: LoggedBody | undefined;
  readonly depth: number;
}

function collect(given: unknown, { body, depth }: Outer, found: LoggedMessage[]): void {
  const requests = typeof given === 'string' ? dumpedRequests(Buffer.from(given)) : [];
  if (requests.length > 0) {
    found.push(...requests.map(received));
    return;
  }
  const value = depth > MAX_DEPTH ? undefined : parsedText(given);
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const item of value) collect(item, { body, depth: depth + 1 }, found);
    return;
  }
  const members = withLowerCaseNames(value);
  const own = bodyIn(members) ?? body;
  // The outermost object is a message even if its signature is missing: that may be what is wrong with it.
  const headers =
    headersIn(members) ?? (depth === 0 && members.headers ? toHeaders(members.headers) : undefined);
  if (headers && own) {
    found.push({ message: { headers, body: own.bytes }, isParsed: own.isParsed });
    return;
  }
  // What contains headers is not the body beside them.
  for (const member of Object.values(members))
    collect(member, { body: own?.source === member ? body : own, depth: depth + 1 }, found);
}

const headerMembers = [
  'headers',
  'multivalueheaders',
  'rawheaders',
  'requestheaders',
  'request_headers',
  'header',
];

/** The headers of a request, if they can be those of a signed message. */
function headersIn(members: Record<string, unknown>): Headers | undefined {
  for (const name of headerMembers) {
    const headers = toHeaders(members[name]);
    if (
      headers.some(([header]) => /signature/i.test(header) || /^(?:webhook|interceptor|svix)-/i.test(header))
    )
      return headers;
  }
  return flatHeaders(members);
}

/** The signed headers as members of a record, as in the row of a database. */
function flatHeaders(members: Record<string, unknown>): Headers | undefined {
  const headers = ['id', 'timestamp', 'signature'].flatMap((part): Headers => {
    const value =
      members[`webhook-${part}`] ??
      members[`webhook_${part}`] ??
      members[`webhook${part}`] ??
      members[`http_webhook_${part}`];
    return value === undefined ? [] : [[`webhook-${part}`, toHeaderBytes(String(value))]];
  });
  return headers.length === 3 ? headers : undefined;
}

/** Headers from an object, from pairs, from a flat list, from a list of names and values, or from text. */
function toHeaders(value: unknown): Headers {
  if (typeof value === 'string') return headersInText(value);
  if (typeof value !== 'object' || value === null) return [];
  if (!Array.isArray(value)) {
    return Object.entries(value).flatMap(([name, texts]) =>
      [texts].flat().map((text) => [withoutCgi(name), toHeaderBytes(String(text))] as const),
    );
  }
  const isFlat = value.every((item) => typeof item === 'string');
  if (isFlat && value.length % 2 === 0) {
    return Array.from({ length: value.length / 2 }, (_, index) => [
      value[2 * index] as string,
      toHeaderBytes(value[2 * index + 1] as string),
    ]);
  }
  return value.flatMap((item): Headers => {
    const pair = Array.isArray(item) ? item : [nameOf(item), (item as { value?: unknown } | null)?.value];
    return typeof pair[0] === 'string' && pair[1] !== undefined
      ? [[pair[0], toHeaderBytes(String(pair[1]))]]
      : [];
  });
}

/** The name of a header in the environment of a CGI program (RFC 3875, section 4.1.18), which Rack, WSGI and PHP also use. */
function withoutCgi(name: string): string {
  return /^HTTP_[A-Z0-9_]+$/.test(name) ? name.slice(5).toLowerCase().replaceAll('_', '-') : name;
}

function nameOf(item: unknown): unknown {
  const { name, key } = (item ?? {}) as { name?: unknown; key?: unknown };
  return name ?? key;
}

interface LoggedBody {
  readonly bytes: Uint8Array;
  readonly isParsed: boolean;
  /** The member that it is read from. */
  readonly source?: unknown;
}

/** Members that may hold a body, the one most like the received bytes first. */
const bodyMembers = [
  'rawbody',
  'raw_body',
  'bodybase64',
  'body_base64',
  'body',
  'postdata',
  'payload',
  'requestbody',
  'request_body',
  'content',
  'data',
  'text',
  'message',
  'event',
];

/** The received bytes where they are logged, and a parsed value only without them. */
function bodyIn(members: Record<string, unknown>): LoggedBody | undefined {
  const isBase64 = members.isbase64encoded === true || members.encoding === 'base64';
  const bodies = [
    bodyOfRequest(members.raw),
    ...bodyMembers.map((name) => {
      const body = toBody(members[name], isBase64 || name.endsWith('base64'));
      return body && { ...body, source: members[name] };
    }),
  ].filter((body) => body !== undefined);
  return bodies.find(({ isParsed }) => !isParsed) ?? bodies[0];
}

/** The inspector of ngrok gives whole HTTP requests, in base64. */
function bodyOfRequest(value: unknown): LoggedBody | undefined {
  const bytes = Buffer.from(typeof value === 'string' ? value : '', 'base64');
  if (!/^[A-Z]+ \S+ HTTP\/1/.test(bytes.toString('latin1', 0, 2000))) return undefined;
  try {
    const [request] = parseHttpRequests(bytes, 'raw');
    return request && { bytes: request.message.body, isParsed: false };
  } catch {
    return undefined;
  }
}

/** A body from text, base64, a list of bytes, a printed Buffer, or a parsed value. */
function toBody(value: unknown, isBase64: boolean): LoggedBody | undefined {
  if (typeof value === 'string') {
    return { bytes: Buffer.from(value, isBase64 ? 'base64' : 'utf8'), isParsed: false };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const bytes = bytesOf(value) ?? bytesOf((value as { data?: unknown }).data);
  if (bytes) return { bytes, isParsed: false };
  const members = withLowerCaseNames(value);
  // An event has an id and data; anything else around a text describes that text.
  const inner = 'data' in members && 'id' in members ? [] : innerTexts.map((name) => members[name]);
  const text = inner.find((each) => typeof each === 'string');
  if (text !== undefined) return toBody(text, members.encoding === 'base64');
  const json = Object.keys(value).length === 0 ? undefined : serialized(value);
  return json === undefined ? undefined : { bytes: Buffer.from(json), isParsed: true };
}

/** Undefined for a value that lacks a part, or is too deeply nested for the stack. */
function serialized(value: object): string | undefined {
  try {
    return isWhole(value) ? (printedJson(value) ?? JSON.stringify(value)) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

const innerTexts = ['text', 'content', 'raw', 'string', 'value'];

/** The members under lower-case names: platforms disagree about the case. */
function withLowerCaseNames(value: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name.toLowerCase(), member]));
}

/** The values inside a text, as log collectors write lines; texts without any stay as they are. */
function parsedText(value: unknown): unknown {
  if (typeof value !== 'string' || !/signature/i.test(value)) return value;
  const start = value.search(/\[?\{/);
  if (start === -1) return value;
  const json = parseJson(value.slice(start).trim());
  const printed = json === undefined ? printedValues(value, 2 * value.length) : [];
  return printed.length > 0 ? printed.map((each) => each.value) : (json ?? value);
}

function bytesOf(value: unknown): Uint8Array | undefined {
  const isBytes =
    Array.isArray(value) &&
    value.length > 0 &&
    value.every((byte) => Number.isInteger(byte) && byte >= 0 && byte < 256);
  return isBytes ? Buffer.from(value as number[]) : undefined;
}
