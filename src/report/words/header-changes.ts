import { sdkSigns, show, shownBlank, type WordsOf } from './change-form.ts';

const seconds =
  'webhook-timestamp is whole seconds since 1970: Math.floor(Date.now() / 1000), in the header and in the signed text';
const interceptorFix =
  'it is the request of an interceptor: verify it by verifyInterceptorPayload, with the secret of the interceptor';
const whatIsBetween =
  'look at what stands between the sender and here: it must hand headers and body on as they came';

/** The words of changes: headers and times. */
export const headerWords = {
  other_header_names: ({ prefix, header }) => ({
    message: `the signed values are in ${show(header)}, not in webhook-*`,
    fix:
      prefix === 'interceptor-'
        ? interceptorFix
        : 'Scalekit sends webhook-id, webhook-timestamp and webhook-signature (interceptor-* for interceptors), and its SDKs read no other names',
  }),
  header_repeated: ({ header }) => ({
    message: `${show(header)} came more than once; one of them was signed`,
    fix: whatIsBetween,
  }),
  header_joined: ({ header }) => ({
    message: `${show(header)} holds more than the value that was signed, joined by a comma or semicolon`,
    fix: 'a proxy that joins headers of the same name does this: let it replace the header, or pass it on once',
  }),
  header_quoted: ({ header }) => ({
    message: `the value of ${show(header)} has quotation marks around it, which were not signed`,
    fix: 'write the value without quotation marks',
  }),
  event_id_for_webhook_id: () => ({
    message: "the event's own id (evt_…) was signed in place of the webhook-id header",
    fix: 'sign the value of the webhook-id header: it is the id of the message, not of the event',
  }),
  part_not_set: ({ part, text }) => ({
    message: `"${show(text)}" was signed in place of the ${show(part)}: it was not set`,
    fix: 'sign the same id and timestamp that are sent in the headers',
  }),
  timestamp_milliseconds: ({ text }) => ({
    message: `the time was signed or sent in milliseconds (${show(text)})`,
    fix: seconds,
  }),
  timestamp_finer: ({ text }) => ({
    message: `webhook-timestamp is finer than seconds (${show(text)})`,
    fix: seconds,
  }),
  timestamp_fraction: ({ text }) => ({
    message: `webhook-timestamp is no whole number (${show(text)})`,
    fix: seconds,
  }),
  timestamp_date: ({ text }) => ({
    message: `the time was signed or sent as a date (${show(text)})`,
    fix: seconds,
  }),
  timestamp_padded: ({ text }) => ({
    message: `webhook-timestamp has blanks around it, or a sign or zeros before it (${show(text)})`,
    fix: seconds,
  }),
} satisfies WordsOf;

const base64Signature = 'write v1, and standard padded base64 of the bytes: hmac.digest("base64")';

/** The words of changes: how a signature is made and written. */
export const signatureWords = {
  signature_without_version: () => ({
    message: 'the signature stands without v1, before it',
    fix: base64Signature,
  }),
  signature_label: ({ label }) => ({
    message: `${show(label)} stands before the signature, where v1, belongs`,
    fix: base64Signature,
  }),
  signature_separator: ({ separator }) => ({
    message: `${shownBlank(separator)} stands between two signatures, where only a space may`,
    fix: 'signatures are separated by one space; a proxy that joins two headers writes a comma, and no SDK reads that',
  }),
  signature_tail: ({ tail }) => ({
    message: `${show(tail)} stands right after the signature`,
    fix: 'signatures are separated by one space, and nothing else follows',
  }),
  signature_hex: () => ({ message: 'the signature is written in hexadecimal digits', fix: base64Signature }),
  signature_base64url: () => ({
    message: 'the signature is written in base64url (- and _ in place of + and /)',
    fix: base64Signature,
  }),
  signature_unpadded: () => ({
    message: 'the padding (=) of the signature is missing',
    fix: base64Signature,
  }),
  signature_hex_in_base64: () => ({
    message: "the signature is base64 of the digest's hexadecimal digits, not of its bytes",
    fix: base64Signature,
  }),
  signature_plus_lost: () => ({
    message: 'a + of the signature became a space',
    fix: 'something decoded the header as if it were part of a URL: hand headers on as they come',
  }),
  signature_percent_encoded: () => ({
    message: 'the signature is percent-encoded, as in a URL',
    fix: 'hand the header on as it comes: it is no part of a URL',
  }),
  signature_lower_case: () => ({
    message: 'the signature lost its capitals',
    fix: 'only names of headers may be put into lower case, never their values',
  }),
  signature_truncated: ({ length }) => ({
    message: `only the first ${length} of the signature's 44 characters are there`,
    fix: 'look for what cuts it: a column, a variable or a log line that is too short',
  }),
  other_hash: ({ hash }) => ({
    message: `the signature is an HMAC with ${show(hash)}`,
    fix: 'use SHA-256: createHmac("sha256", key)',
  }),
  parts_omitted: ({ parts }) => ({ message: `left out of what was signed: ${show(parts)}`, fix: sdkSigns }),
  parts_reordered: ({ order }) => ({
    message: `the parts were signed in the order ${show(order)}`,
    fix: sdkSigns,
  }),
  parts_joined_differently: ({ joiner }) => ({
    message: `the signed parts were joined by ${joiner === '' ? 'nothing' : shownBlank(joiner)}, not by a dot`,
    fix: sdkSigns,
  }),
} satisfies WordsOf;
