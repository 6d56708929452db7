import { sdkSigns, show, showSeparator, type WordsOf } from './change-form.ts';

const wholeSeconds =
  'use whole seconds since 1970 for webhook-timestamp, in the header and in the signed text: Math.floor(Date.now() / 1000)';
const interceptorFix =
  'verify it as an interceptor request: verifyInterceptorPayload with the secret of the interceptor';
const checkProxies =
  'check every proxy between the sender and the handler: it must forward headers and body unchanged';

/** Changes to headers and timestamps. */
export const headerWords = {
  other_header_names: ({ prefix, header }) => ({
    message: `the signed values are in ${show(header)}, not in webhook-*`,
    fix:
      prefix === 'interceptor-'
        ? interceptorFix
        : 'use webhook-id, webhook-timestamp and webhook-signature (interceptor-* for interceptors): Scalekit sends these, and its SDKs read no other names',
  }),
  header_repeated: ({ header }) => ({
    message: `${show(header)} arrived more than once, and only one of the values was signed`,
    fix: checkProxies,
  }),
  header_joined: ({ header }) => ({
    message: `${show(header)} contains more than the signed value, joined by a comma or semicolon`,
    fix: 'configure the proxy that joins headers of the same name: it must replace the header, or forward it once',
  }),
  header_quoted: ({ header }) => ({
    message: `the value of ${show(header)} is wrapped in quotation marks that were not signed`,
    fix: 'send the value without quotation marks',
  }),
  header_listed: ({ header }) => ({
    message: `${show(header)} was written as a list, and its brackets were not signed`,
    fix: 'use the first value of the header, not the list of its values: in Go, r.Header.Get(name)',
  }),
  event_id_for_webhook_id: () => ({
    message: 'the id of the event (evt_…) was signed instead of the webhook-id header',
    fix: 'sign the value of the webhook-id header, which identifies the message, not the event',
  }),
  part_not_set: ({ part, text }) => ({
    message: `"${show(text)}" was signed instead of the ${show(part)}, which was not set`,
    fix: 'sign the same id and timestamp that are sent in the headers',
  }),
  timestamp_off: ({ seconds }) => ({
    message: `the signed timestamp is ${Math.abs(Number(seconds))} s ${Number(seconds) > 0 ? 'later' : 'earlier'} than webhook-timestamp`,
    fix: 'read the clock once in the sender, and use that value for the signature and the header',
  }),
  id_changed: () => ({
    message: 'webhook-id was changed after signing',
    fix: 'forward webhook-id unchanged: the signature covers it',
  }),
  timestamp_changed: () => ({
    message: 'webhook-timestamp was changed after signing',
    fix: 'forward webhook-timestamp unchanged: the signature covers it',
  }),
  signature_changed: () => ({
    message: 'webhook-signature was changed after signing',
    fix: 'forward webhook-signature unchanged',
  }),
  timestamp_milliseconds: ({ text }) => ({
    message: `the timestamp was signed or sent in milliseconds (${show(text)})`,
    fix: wholeSeconds,
  }),
  timestamp_finer: ({ text }) => ({
    message: `webhook-timestamp is finer than seconds (${show(text)})`,
    fix: wholeSeconds,
  }),
  timestamp_fraction: ({ text }) => ({
    message: `webhook-timestamp is not a whole number (${show(text)})`,
    fix: wholeSeconds,
  }),
  timestamp_date: ({ text }) => ({
    message: `the timestamp was signed or sent as a date (${show(text)})`,
    fix: wholeSeconds,
  }),
  timestamp_padded: ({ text }) => ({
    message: `webhook-timestamp has whitespace around it, a sign or leading zeros (${show(text)})`,
    fix: wholeSeconds,
  }),
} satisfies WordsOf;

const base64Signature =
  'send v1, followed by the signature bytes in padded standard base64: hmac.digest("base64")';

/** Changes to how a signature is computed and encoded. */
export const signatureWords = {
  signature_without_version: () => ({
    message: 'the signature lacks the v1, prefix',
    fix: base64Signature,
  }),
  signature_label: ({ label }) => ({
    message: `the signature has the prefix ${show(label)} instead of v1,`,
    fix: base64Signature,
  }),
  signature_separator: ({ separator }) => ({
    message: `two signatures are separated by ${showSeparator(separator)} instead of one space`,
    fix: 'separate signatures with one space. A proxy that joins two headers adds a comma, which no SDK reads',
  }),
  signature_tail: ({ tail }) => ({
    message: `the signature is followed by ${show(tail)}`,
    fix: 'separate signatures with one space, and add nothing else after them',
  }),
  signature_hex: () => ({ message: 'the signature is hex-encoded', fix: base64Signature }),
  signature_base64url: () => ({
    message: 'the signature is base64url-encoded (- and _ instead of + and /)',
    fix: base64Signature,
  }),
  signature_unpadded: () => ({
    message: 'the signature lacks its base64 padding (=)',
    fix: base64Signature,
  }),
  signature_hex_in_base64: () => ({
    message: 'the signature is the base64 of the hex digest, not of the digest bytes',
    fix: base64Signature,
  }),
  signature_plus_lost: () => ({
    message: 'a + in the signature became a space',
    fix: 'forward headers unchanged: this header was decoded like a part of a URL',
  }),
  signature_percent_encoded: () => ({
    message: 'the signature is percent-encoded, as in a URL',
    fix: 'forward the header unchanged, without URL encoding',
  }),
  signature_lower_case: () => ({
    message: 'the signature was converted to lower case',
    fix: 'convert only header names to lower case, never header values',
  }),
  signature_truncated: ({ length }) => ({
    message: `the signature is truncated to the first ${length} of its 44 characters`,
    fix: 'find the database column, variable or log line that is too short for it',
  }),
  other_hash: ({ hash }) => ({
    message: `the signature is an HMAC with ${show(hash)} instead of SHA-256`,
    fix: 'use SHA-256: createHmac("sha256", key)',
  }),
  parts_omitted: ({ parts }) => ({ message: `the signed text lacks the ${show(parts)}`, fix: sdkSigns }),
  parts_reordered: ({ order }) => ({
    message: `the parts were signed in the wrong order: ${show(order)}`,
    fix: sdkSigns,
  }),
  parts_joined_differently: ({ joiner }) => ({
    message: `the signed parts were joined by ${joiner === '' ? 'nothing' : showSeparator(joiner)} instead of a dot`,
    fix: sdkSigns,
  }),
} satisfies WordsOf;
