import { HooksError } from '../errors.ts';
import { toHeaderBytes } from '../message.ts';
import { isVisible, parseAge, parseTimestamp } from './values.ts';

/** The flags that say which id and time a message carries. */
export interface StampFlags {
  readonly webhookId?: string;
  readonly timestamp?: string;
  readonly age?: string;
}

/** The id and time of messages, where they are not simply new. */
export interface StampSetting {
  /** The id of every message, as header bytes; undefined for a new one each. */
  readonly webhookId: string | undefined;
  /** The timestamp of a message that is signed at `now` (milliseconds), in whole seconds. */
  timestampAt(now: number): number;
}

/** Reads the flags of the stamp. Throws HooksError. */
export function readStamp({ webhookId, timestamp, age }: StampFlags): StampSetting {
  if (timestamp !== undefined && age !== undefined) {
    throw new HooksError('conflicting_flags', {
      first: '--timestamp',
      second: '--age',
      why: 'both say what time the message carries',
      example: '--age 10m for ten minutes ago',
    });
  }
  const fixed = timestamp === undefined ? undefined : parseTimestamp('--timestamp', timestamp);
  const back = age === undefined ? 0 : parseAge('--age', age);
  return {
    webhookId: webhookId === undefined ? undefined : readWebhookId(webhookId),
    timestampAt: (now) => fixed ?? Math.max(0, Math.floor((now - back) / 1000)),
  };
}

/** A header value: what it signs must be what arrives, so nothing that a server would trim or refuse. */
function readWebhookId(text: string): string {
  if (/^\S+$/.test(text) && isVisible(text)) return toHeaderBytes(text);
  throw new HooksError('invalid_value', {
    flag: '--webhook-id',
    value: text,
    expected: 'text without blanks and control characters',
    example: '--webhook-id msg_2o3NaedIm6pL62OQ544VzM1cIYo',
  });
}
