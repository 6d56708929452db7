import type { CaptureHead } from '../../captures/record.ts';
import type { EventNames } from '../../captures/same-event.ts';
import type { SignatureExplanation } from '../../signature/explain/explain.ts';
import type { ObservationCode } from '../../signature/explain/observations.ts';
import type { Change, ChangeCode } from '../../signature/explain/reading.ts';
import type { RejectionReason } from '../../signature/verdict.ts';
import type { EventMessage, EventRow, ShortCause } from '../protocol.ts';

const reasons: Readonly<Record<RejectionReason, string>> = {
  missing_header: 'no signature',
  repeated_header: 'header repeated',
  malformed_timestamp: 'malformed timestamp',
  malformed_signature: 'malformed signature',
  unknown_signature_version: 'no v1 signature',
  signature_mismatch: 'signature mismatch',
  too_old: 'too old',
  too_new: 'too new',
};

/** The reason of a rejection in a few words, without a search for its cause. */
export function reasonInShort({ reason, age }: Pick<CaptureHead, 'reason' | 'age'>): string | null {
  if (reason === 'too_old' && age !== null)
    return `${age < 3600 ? `${Math.floor(age / 60)} min` : `${Math.floor(age / 3600)} h`} old`;
  return reason && (reasons[reason] ?? reason);
}

const changes: Readonly<Partial<Record<ChangeCode, string>>> = {
  other_header_names: 'headers renamed',
  header_repeated: 'header repeated',
  header_joined: 'headers joined',
  header_quoted: 'header quoted',
  header_listed: 'header as a list',
  event_id_for_webhook_id: 'event id signed',
  other_hash: 'another hash',
  body_reserialized: 're-serialized',
  newline_added: 'newline added',
  newline_lost: 'newline removed',
  newlines_removed: 'newlines removed',
  bom_added: 'BOM added',
  nul_added: 'NUL bytes added',
  bom_lost: 'BOM removed',
  newlines_to_crlf: 'CRLF line endings',
  newlines_to_lf: 'LF line endings',
  whitespace_around_body: 'whitespace around the body',
  charset_encoded_twice: 'encoded twice',
  charset_latin1: 'Latin-1',
  charset_utf16: 'UTF-16',
  body_base64: 'base64',
  body_in_string: 'body in a string',
  body_in_envelope: 'body in an envelope',
  body_compressed: 'compressed',
  body_hex: 'hex',
  body_printed: 'printed object',
  body_truncated: 'truncated',
  body_urlencoded: 'form-encoded',
  body_as_byte_list: 'list of bytes',
  times_rewritten: 'times rewritten',
  times_lost_digits: 'times shortened',
  html_escaped: 'HTML-escaped',
  quotes_escaped: 'quotes escaped',
  text_normalized: 'Unicode normalized',
  member_added: 'field added',
  id_changed: 'webhook-id changed',
  timestamp_changed: 'timestamp changed',
  signature_changed: 'signature changed',
};

/** For the codes that have no words in `changes`, by how they begin. */
const kinds: readonly (readonly [beginning: string, words: string])[] = [
  ['timestamp_', 'timestamp rewritten'],
  ['signature_', 'signature rewritten'],
  ['secret_', 'another form of the secret'],
  ['body_', 'body changed'],
];

function changeInShort({ code, details }: Change): string {
  if (code === 'body_changed' && details?.members) return `${details.members} changed`;
  const [, words] = kinds.find(([beginning]) => code.startsWith(beginning)) ?? [];
  return changes[code] ?? words ?? 'signed differently';
}

/** What the received body shows, if no change makes a signature match. */
const observations: Readonly<Partial<Record<ObservationCode, string>>> = {
  body_empty: 'empty body',
  body_object_text: 'printed object',
  body_compressed: 'compressed',
  body_printed: 'printed object',
  body_truncated: 'truncated',
  body_not_json: 'body is not JSON',
};

/** The cause of a rejection in a few words. */
export function causeInShort(explanation: SignatureExplanation): string {
  const { verdict, findings } = explanation;
  if (verdict.verified) return 'verifies now';
  const found = [...new Set(findings[0]?.changes.map(changeInShort))];
  if (found.length > 0) return found.join(', ');
  if (verdict.reason !== 'signature_mismatch')
    return reasonInShort({ reason: verdict.reason, age: verdict.age ?? null })!;
  const [seen] = explanation.observations.flatMap(({ code, isLikely }) =>
    isLikely ? [] : (observations[code] ?? []),
  );
  return seen ?? 'unknown cause';
}

/** What a search found, and which event it was about. */
export interface SearchedCause extends ShortCause {
  readonly names: EventNames;
}

/** How many causes are remembered. */
const MAX_KNOWN = 2000;

/**
 * The causes that the lists of pages show. Each is searched for once, one after the other, because a search takes as long
 * as many requests to the listener. One that is not certain is searched for again when its event was verified since.
 */
export class ShortCauses {
  readonly #known = new Map<string, Promise<ShortCause>>();
  /** Of those that are not certain: the ids of the event, and when the search began, in ms since 1970. */
  readonly #uncertain = new Map<string, { readonly names: readonly string[]; readonly searched: number }>();
  #latest: Promise<unknown> = Promise.resolve();

  of(id: string, search: () => Promise<SearchedCause>): Promise<ShortCause> {
    const known = this.#known.get(id);
    if (known) return known;
    const found = this.#latest.then(() => this.#search(id, search));
    this.#known.set(id, found);
    this.#latest = found.catch(() => this.#known.delete(id));
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_KNOWN && oldest !== undefined) this.#forget(oldest);
    return found;
  }

  /** Takes what pages are sent. What just arrived is new, whatever its time. */
  take(messages: readonly EventMessage[]): void {
    if (this.#uncertain.size === 0) return;
    const verified = new Map<string, number>();
    const add = (row: EventRow, time: number) => {
      for (const name of row.verified ? namesOf(row) : [])
        verified.set(name, Math.max(time, verified.get(name) ?? 0));
    };
    for (const message of messages) {
      if (message.kind === 'row') add(message.row, Number.POSITIVE_INFINITY);
      if (message.kind === 'rows') for (const row of message.rows) add(row, row.time);
    }
    for (const [id, { names, searched }] of this.#uncertain)
      if (names.some((name) => (verified.get(name) ?? 0) > searched)) this.#forget(id);
  }

  async #search(id: string, search: () => Promise<SearchedCause>): Promise<ShortCause> {
    const searched = Date.now();
    const { cause, isCertain, names } = await search();
    if (!isCertain) this.#uncertain.set(id, { names: namesOf(names), searched });
    return { cause, isCertain };
  }

  #forget(id: string): void {
    this.#known.delete(id);
    this.#uncertain.delete(id);
  }
}

const namesOf = ({ webhookId, eventId }: EventNames): string[] =>
  [webhookId, eventId].filter((name) => name !== null);
