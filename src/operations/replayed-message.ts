import type { Capture } from '../captures/record.ts';
import { forwardedHeaders } from '../delivery/forwarded-headers.ts';
import { newEventId, newWebhookId } from '../events/build.ts';
import { applyEdit, type Edit } from '../events/edit.ts';
import { editBody } from '../events/edit-events.ts';
import { identifyEvent } from '../events/identify.ts';
import { isJson } from '../json.ts';
import {
  bodyMembers,
  type Headers,
  ID_HEADER,
  isCredential,
  isHeader,
  MASKED,
  type Message,
  replaceHeaders,
  soleHeader,
} from '../message.ts';
import { resign } from '../signature/resign.ts';
import type { Secret } from '../signature/secret.ts';

/** `resigned` is a real retry, `new` a new event, `exact` the original bytes and headers. */
export type ReplayMode = 'resigned' | 'new' | 'exact';

export interface ReplayForm {
  readonly mode: ReplayMode;
  readonly edits: readonly Edit[];
  readonly secrets: readonly Secret[];
  /** Added to each message; they replace headers of the same name. */
  readonly headers: Headers;
}

/** A Capture prepared for replay: ids and body are fixed, `messageAt` signs each attempt (`now` in ms since 1970). */
export interface Replayed {
  /** As found in the delivered body. */
  readonly event: { readonly type: string | null; readonly id: string | null };
  /** Headers that are not sent again, and why. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  messageAt(now: number): Message;
}

/** Decides what of a Capture is sent again, and how it is signed. */
export function replayed(capture: Capture, { mode, edits, secrets, headers: extra }: ReplayForm): Replayed {
  const leftOut: Replayed['leftOut'][number][] = [];
  const kept = forwardedHeaders(capture.headers).filter(([name, value]) => {
    const why = whyLeftOut(name, value);
    if (why) leftOut.push({ name, why });
    return why === undefined;
  });
  const withExtra = ({ headers, body }: Message): Message => ({
    headers: replaceHeaders(headers, extra),
    body,
  });
  const event = { type: capture.eventType, id: capture.eventId };
  if (mode === 'exact') {
    const message = withExtra({ headers: kept, body: capture.body });
    return { event, leftOut, messageAt: () => message };
  }
  const id = (mode === 'new' ? undefined : soleHeader(capture.headers, ID_HEADER)) || newWebhookId();
  const renewed = mode === 'new' ? withNewEventId(capture.body) : undefined;
  const source = renewed?.body ?? capture.body;
  const body = edits.length > 0 ? editBody(source, edits) : source;
  return {
    event: edits.length > 0 ? identifyEvent(body) : renewed ? { type: event.type, id: renewed.id } : event,
    leftOut,
    messageAt: (now) =>
      withExtra(resign({ headers: kept, body }, { id, timestamp: Math.floor(now / 1000) }, secrets)),
  };
}

/** Undefined for a header that is sent again. */
function whyLeftOut(name: string, value: string): string | undefined {
  if (value === MASKED && isCredential(name)) return 'its value is masked in the capture. Use -H to set it';
  return isHeader(name, value) ? undefined : 'it is not a valid HTTP header';
}

/** Changes nothing but the event id; undefined for a body that has none. */
function withNewEventId(body: Uint8Array): { readonly body: Uint8Array; readonly id: string } | undefined {
  const { body: text } = bodyMembers(body);
  if (text === null || !isJson(text)) return undefined;
  const id = newEventId();
  try {
    const edited = applyEdit(text, { kind: 'set', path: ['id'], json: JSON.stringify(id) });
    return typeof edited === 'string' ? { body: Buffer.from(edited), id } : undefined;
  } catch (error) {
    // Too deeply nested for the parser's stack.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
