import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Capture, CaptureOutcome } from '../../src/captures/record.ts';
import type { Entry, StoreRecord } from '../../src/captures/store.ts';
import { testSecret } from './memory-io.ts';

let made = 0;

/** A capture like those of the listener, with new ids. */
export function someCapture(changes: Partial<Capture> = {}): Capture {
  made += 1;
  const number = String(made).padStart(12, '0');
  const capture = unsignedCapture(number, changes);
  return changes.headers || !capture.verified ? capture : withSignature(capture);
}

/** Adds the signature headers that Scalekit would have sent: others are not re-signed without --trust. */
export function withSignature(capture: Capture): Capture {
  const id = capture.headers.find(([name]) => name.toLowerCase() === 'webhook-id')?.[1] ?? capture.webhookId;
  const timestamp = String(Math.floor(capture.time / 1000));
  const signature = createHmac('sha256', Buffer.from(testSecret.replace('whsec_', ''), 'base64'))
    .update(`${id}.${timestamp}.`)
    .update(capture.body)
    .digest('base64');
  const headers = [
    ['webhook-timestamp', timestamp],
    ['webhook-signature', `v1,${signature}`],
  ] as const;
  return { ...capture, headers: [...capture.headers, ...headers] };
}

function unsignedCapture(number: string, changes: Partial<Capture>): Capture {
  return {
    id: `cap_${number}`,
    time: 1795360000000 + made,
    source: 'listen',
    eventType: 'user.created',
    eventId: `evt_${number}`,
    organizationId: null,
    webhookId: `msg_${number}`,
    verified: true,
    reason: null,
    reasonHeaders: [],
    age: 0,
    status: 201,
    forwardTo: null,
    method: 'POST',
    path: '/webhook',
    truncated: false,
    bodyBytes: null,
    bodySha256: null,
    headers: [
      ['content-type', 'application/json'],
      ['Webhook-Id', `msg_${number}`],
      ['x-twice', 'a'],
      ['x-twice', 'b'],
    ],
    body: Buffer.from(`{"id":"evt_${number}","type":"user.created","data":{}}`),
    ...changes,
  };
}

export function someOutcome(capture: Capture, changes: Partial<CaptureOutcome> = {}): CaptureOutcome {
  return {
    capture: capture.id,
    webhookId: capture.webhookId,
    time: capture.time + 1,
    via: 'forward',
    follower: null,
    url: 'http://localhost:8080/webhook',
    status: 201,
    failure: null,
    milliseconds: 1.5,
    response: null,
    ...changes,
  };
}

export const kept = (capture: Capture): StoreRecord => ({ kind: 'capture', capture });
export const keptOutcome = (outcome: CaptureOutcome): StoreRecord => ({ kind: 'outcome', outcome });

/** Capture ids in order; an outcome is `=` and its capture id, a listener its state. */
export async function idsOf(batches: AsyncIterable<readonly Entry[]>): Promise<string[]> {
  return (await all(batches)).map((entry) => {
    if (entry.kind === 'capture') return entry.head.id;
    return entry.kind === 'outcome' ? `=${entry.outcome.capture}` : entry.change.state;
  });
}

/** The items of all batches. */
export async function all<T>(batches: AsyncIterable<readonly T[]>): Promise<T[]> {
  const items: T[] = [];
  for await (const batch of batches) items.push(...batch);
  return items;
}

const isOfRejected = (name: string) => name.includes('.rejected.');

/** The captures and outcomes of all journals in a folder, as parsed lines; those of rejected messages last. */
export function recordsIn(folder: string): Record<string, unknown>[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort((a, b) => Number(isOfRejected(a)) - Number(isOfRejected(b)) || (a < b ? -1 : 1))
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter(({ record }) => record !== 'listener');
}

/** Of a Capture whose signature did not match. */
export const rejected = { verified: false, reason: 'signature_mismatch', status: 401 } as const;
