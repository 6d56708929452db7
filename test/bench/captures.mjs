/** Writes captures of 1 KB in the format of the listener, signed, because replay verifies them again. */
import { createHmac } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { secret } from './table.mjs';

export function writeCaptures(folder, total) {
  const file = openSync(join(folder, 'bench.jsonl'), 'w');
  let text = '';
  for (let index = 0; index < total; index += 1) {
    text += `${JSON.stringify(captureOf(index))}\n`;
    if (text.length > 1e6 || index === total - 1) {
      writeSync(file, text);
      text = '';
    }
  }
  closeSync(file);
}

const note = 'x'.repeat(550);
const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
const timestamp = '1795360000';

export function captureOf(index) {
  const number = String(index).padStart(12, '0');
  const body = JSON.stringify({ data: { note }, id: `evt_${number}`, type: 'user.created' });
  const signature = createHmac('sha256', key).update(`msg_${number}.${timestamp}.${body}`).digest('base64');
  return {
    v: 1,
    record: 'capture',
    capture: `cap_${number}`,
    time: new Date(1795360000000 + index).toISOString(),
    event_type: 'user.created',
    event_id: `evt_${number}`,
    webhook_id: `msg_${number}`,
    verified: true,
    reason: null,
    reason_headers: [],
    age_seconds: 0,
    status: 201,
    forward_to: null,
    method: 'POST',
    path: '/webhook',
    headers: [
      ['content-type', 'application/json'],
      ['webhook-id', `msg_${number}`],
      ['webhook-timestamp', timestamp],
      ['webhook-signature', `v1,${signature}`],
    ],
    body,
  };
}
