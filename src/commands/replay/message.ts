import type { Capture } from '../../captures/record.ts';
import { forwardedHeaders } from '../../delivery/carried-headers.ts';
import { newEventId, newWebhookId } from '../../events/build.ts';
import { applyEdit, type Edit } from '../../events/edit.ts';
import { editBody } from '../../events/edit-events.ts';
import { identifyEvent } from '../../events/identify.ts';
import { isJson } from '../../json.ts';
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
} from '../../message.ts';
import { resign } from '../../signature/resign.ts';
import type { Secret } from '../../signature/secret.ts';

/** `resigned` is a real retry, `new` another event, `exact` the same bytes and headers once more. */
export type ReplayMode = 'resigned' | 'new' | 'exact';

export interface ReplayForm {
  readonly mode: ReplayMode;
  readonly edits: readonly Edit[];
  readonly secrets: readonly Secret[];
  /** Added to each message, or in place of its own of that name. */
  readonly headers: Headers;
}

/** A Capture made ready: what stays the same over attempts is chosen, `messageAt` signs at a time in milliseconds. */
export interface Replayed {
  /** What the body that is delivered says of itself. */
  readonly event: { readonly type: string | null; readonly id: string | null };
  /** Headers that are not delivered again, and why. */
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
  messageAt(now: number): Message;
}

/** Makes a Capture ready to be delivered again. */
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
    event: edits.length > 0 ? identifyEvent(body) : { ...event, id: renewed?.id ?? event.id },
    leftOut,
    messageAt: (now) =>
      withExtra(resign({ headers: kept, body }, { id, timestamp: Math.floor(now / 1000) }, secrets)),
  };
}

/** Why a header of a Capture is not delivered again; undefined for one that is. */
function whyLeftOut(name: string, value: string): string | undefined {
  if (value === MASKED && isCredential(name)) return 'its value was not kept';
  return isHeader(name, value) ? undefined : 'it cannot have been on the wire';
}

/** The body with another event id, all else as it was; undefined for one that has none. */
function withNewEventId(body: Uint8Array): { readonly body: Uint8Array; readonly id: string } | undefined {
  const { body: text } = bodyMembers(body);
  if (text === null || !isJson(text)) return undefined;
  const id = newEventId();
  try {
    const edited = applyEdit(text, { kind: 'set', path: ['id'], json: JSON.stringify(id) });
    return typeof edited === 'string' ? { body: Buffer.from(edited), id } : undefined;
  } catch (error) {
    // Nested so deeply that the stack does not suffice for its tree.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
