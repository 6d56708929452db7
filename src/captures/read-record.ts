import * as z from 'zod/mini';
import type { RefusalReason } from '../signature/verdict.ts';
import { type Capture, type CaptureHead, type CaptureOutcome, RECORD_VERSION } from './record.ts';

/**
 * What a line of a journal holds. `newer` is a record of a later version of this program, `other` a fact of `--json`
 * that is no message, `damaged` what is none of ours, or half of one.
 */
export type ReadRecord =
  | { readonly kind: 'capture'; readonly head: CaptureHead }
  | { readonly kind: 'outcome'; readonly outcome: CaptureOutcome }
  | { readonly kind: 'newer'; readonly version: number }
  | { readonly kind: 'other' }
  | { readonly kind: 'damaged' };

const damaged: ReadRecord = { kind: 'damaged' };
const [closingBrace, headers] = ['}'.charCodeAt(0), Buffer.from(',"headers":')];

/**
 * Reads what is searched by, without parsing headers and body. Inside a JSON text every quotation mark is escaped, so
 * what looks like the member `headers` is that.
 */
export function readRecord(line: Buffer): ReadRecord {
  if (line[line.length - 1] !== closingBrace) return damaged;
  const at = line.indexOf(headers);
  const record = parse(at === -1 ? line.toString() : `${line.toString('utf8', 0, at)}}`);
  if (record === undefined) return damaged;
  const version = versionOf(record);
  if (version !== undefined && version > RECORD_VERSION) return { kind: 'newer', version };
  if (isOtherFact(record)) return { kind: 'other' };
  if (at !== -1) {
    const capture = headSchema().safeParse(record);
    return capture.success ? { kind: 'capture', head: toHead(capture.data) } : damaged;
  }
  const outcome = outcomeSchema().safeParse(record);
  return outcome.success ? { kind: 'outcome', outcome: toOutcome(outcome.data) } : damaged;
}

/**
 * Reads the Capture of a line, members in any order, or the `received` fact of `listen --json`, which has the same;
 * undefined when it is neither.
 */
export function readCapture(line: Buffer): Capture | undefined {
  const record = parse(line.toString());
  const head = headSchema().safeParse(record);
  const message = messageSchema().safeParse(record);
  if (!head.success || !message.success) return undefined;
  const { headers, body, body_base64 } = message.data;
  const bytes = body === null ? Buffer.from(body_base64 ?? '', 'base64') : Buffer.from(body);
  return { ...toHead(head.data), headers, body: bytes };
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function versionOf(record: unknown): number | undefined {
  const version = typeof record === 'object' && record !== null && 'v' in record && record.v;
  return typeof version === 'number' ? version : undefined;
}

function isOtherFact(record: unknown): boolean {
  const fact = typeof record === 'object' && record !== null && 'fact' in record && record.fact;
  return typeof fact === 'string' && fact !== 'received' && fact !== 'capture_whole';
}

const text = () => z.nullable(z.string());

/** Schemas are made when first needed, since making them takes longer than most commands have. */
const headSchema = once(() =>
  z.object({
    // Null in a fact of a listener that kept nothing.
    capture: text(),
    time: z.iso.datetime({ precision: 3 }),
    event_type: text(),
    event_id: text(),
    webhook_id: text(),
    verified: z.boolean(),
    reason: text(),
    reason_headers: z._default(z.array(z.string()), []),
    age: z.nullable(z.number()),
    status: z.nullable(z.number()),
    forward_to: z._default(text(), null),
    method: z.string(),
    path: z.string(),
  }),
);

const messageSchema = once(() =>
  z.object({
    headers: z.array(z.tuple([z.string(), z.string()])),
    body: z._default(text(), null),
    body_base64: z._default(text(), null),
  }),
);

const outcomeSchema = once(() =>
  z.object({
    record: z.literal('outcome'),
    capture: z.string(),
    time: z.iso.datetime({ precision: 3 }),
    webhook_id: text(),
    via: z.enum(['forward', 'replay']),
    url: z.string(),
    status: z.nullable(z.number()),
    failure: text(),
    duration_ms: z.number(),
  }),
);

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function toHead(record: z.infer<ReturnType<typeof headSchema>>): CaptureHead {
  return {
    id: record.capture ?? '',
    time: Date.parse(record.time),
    eventType: record.event_type,
    eventId: record.event_id,
    webhookId: record.webhook_id,
    verified: record.verified,
    reason: record.reason as RefusalReason | null,
    reasonHeaders: record.reason_headers,
    age: record.age,
    status: record.status,
    forwardTo: record.forward_to,
    method: record.method,
    path: record.path,
  };
}

function toOutcome(record: z.infer<ReturnType<typeof outcomeSchema>>): CaptureOutcome {
  return {
    capture: record.capture,
    webhookId: record.webhook_id,
    time: Date.parse(record.time),
    via: record.via,
    url: record.url,
    status: record.status,
    failure: record.failure,
    milliseconds: record.duration_ms,
  };
}
