/** A difference that would make a signature match, with a stable code and the `details` to describe it. */
export interface Change {
  readonly code: ChangeCode;
  readonly details?: Readonly<Record<string, string | number>>;
}

/** One reading of a part of a message or secret, with the changes that it assumes; none for the correct reading. */
export interface Reading<T> {
  readonly value: T;
  readonly changes: readonly Change[];
}

/** Every mistake that the search covers. */
export type ChangeCode =
  // The headers
  | 'other_header_names'
  | 'header_repeated'
  | 'header_joined'
  | 'header_quoted'
  | 'header_listed'
  | 'event_id_for_webhook_id'
  | 'part_not_set'
  // The timestamp
  | 'timestamp_milliseconds'
  | 'timestamp_off'
  | 'timestamp_finer'
  | 'timestamp_fraction'
  | 'timestamp_date'
  | 'timestamp_padded'
  // The format of the signature
  | 'signature_without_version'
  | 'signature_label'
  | 'signature_separator'
  | 'signature_tail'
  | 'signature_hex'
  | 'signature_base64url'
  | 'signature_unpadded'
  | 'signature_hex_in_base64'
  | 'signature_plus_lost'
  | 'signature_percent_encoded'
  | 'signature_lower_case'
  | 'signature_truncated'
  // The computation of the signature
  | 'other_hash'
  | 'parts_omitted'
  | 'parts_reordered'
  | 'parts_joined_differently'
  // The secret
  | 'secret_as_text'
  | 'secret_with_prefix'
  | 'secret_quoted'
  | 'secret_with_whitespace'
  | 'secret_prefix_decoded'
  | 'secret_base64url'
  | 'secret_decoding_failed'
  | 'secret_with_more_text'
  | 'secret_cut_at_underscore'
  | 'secret_whole_remainder'
  | 'secret_cut'
  | 'secret_hex'
  | 'secret_empty_key'
  | 'secret_not_set'
  | 'secret_decoded_to_text'
  // The body
  | 'body_reserialized'
  | 'newline_added'
  | 'newline_lost'
  | 'newlines_removed'
  | 'bom_added'
  | 'nul_added'
  | 'bom_lost'
  | 'newlines_to_crlf'
  | 'newlines_to_lf'
  | 'whitespace_around_body'
  | 'charset_encoded_twice'
  | 'charset_latin1'
  | 'body_base64'
  | 'body_in_string'
  | 'body_in_envelope'
  | 'body_compressed'
  | 'body_hex'
  | 'body_chunk_frames'
  | 'body_printed'
  | 'body_truncated'
  | 'times_rewritten'
  | 'times_lost_digits'
  | 'empty_object_as_list'
  | 'html_escaped'
  | 'quotes_escaped'
  | 'text_normalized'
  | 'member_added'
  | 'body_as_byte_list'
  | 'body_urlencoded'
  | 'charset_utf16'
  // Signed instead of the body
  | 'body_lost_when_signed'
  | 'body_stringified_when_signed'
  | 'body_digest_signed'
  | 'body_repr_signed'
  // Compared with a verified message
  | 'body_changed'
  | 'id_changed'
  | 'timestamp_changed'
  | 'signature_changed';

/** A reading that takes the value as it was received. */
export function unchanged<T>(value: T): Reading<T> {
  return { value, changes: [] };
}

/** A reading that supposes one mistake. */
export function changed<T>(value: T, code: ChangeCode, details?: Change['details']): Reading<T> {
  return { value, changes: [details ? { code, details } : { code }] };
}

/** Rare mistakes, tried only without other changes to limit the number of combinations. */
const rare: ReadonlySet<ChangeCode> = new Set([
  'part_not_set',
  'secret_not_set',
  'secret_decoded_to_text',
  'secret_hex',
  'body_truncated',
  'times_lost_digits',
  'member_added',
  'body_lost_when_signed',
  'body_stringified_when_signed',
  'body_digest_signed',
  'body_repr_signed',
]);

/** Whether a reading has a rare change, which is tried only without other changes. */
export function isRare({ changes }: Reading<unknown>): boolean {
  return changes.some(({ code }) => rare.has(code));
}
