import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Capture, CaptureOutcome } from '../../src/captures/record.ts';
import type { Entry, StoreRecord } from '../../src/captures/store.ts';

let made = 0;

/** A capture like those of the listener, with new ids. */
export function someCapture(changes: Partial<Capture> = {}): Capture {
  made += 1;
  const number = String(made).padStart(12, '0');
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
    ...changes,
  };
}

export const kept = (capture: Capture): StoreRecord => ({ kind: 'capture', capture });
export const keptOutcome = (outcome: CaptureOutcome): StoreRecord => ({ kind: 'outcome', outcome });

/** Capture ids in order; an outcome is `=` and its capture id. */
export function idsOf(entries: Iterable<Entry>): string[] {
  return Array.from(entries, (entry) =>
    entry.kind === 'capture' ? entry.head.id : `=${entry.outcome.capture}`,
  );
}

/** The parsed lines of all journals in a folder. */
export function recordsIn(folder: string): Record<string, unknown>[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .sort()
    .flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'))
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
