import type { Change, ChangeCode } from '../signature/explain/reading.ts';
import { cleanLine, cut } from './clean.ts';

type Details = Readonly<Record<string, string | number>>;

/** What a change says of a message, and how to mend it; each a line. */
export interface ChangeWords {
  readonly what: string;
  readonly fix: string;
}

/** A change in words for the developer of the handler, or of what sends to it. */
export function explainChange({ code, details = {} }: Change): ChangeWords {
  return words[code](details);
}

const rawBytes =
  'sign, hand on and verify the same bytes, and parse them afterwards: express.raw({ type: "application/json" }), ' +
  'await request.text(), Flask request.get_data(), Go io.ReadAll(r.Body)';
const decodeSecret =
  'the key is what follows whsec_, decoded from base64: Buffer.from(secret.slice(6), "base64"), or leave it to the SDK';
const sdkSigns = 'let standardwebhooks or svix sign in place of code of your own, or sign id.timestamp.body';
const base64Signature = 'write v1, and standard padded base64 of the bytes: hmac.digest("base64")';
const seconds =
  'webhook-timestamp is whole seconds since 1970: Math.floor(Date.now() / 1000), in the header and in the signed text';
const interceptorFix =
  'it is the request of an interceptor: verify it by verifyInterceptorPayload, with the secret of the interceptor';
const whatIsBetween =
  'look at what stands between the sender and here: it must hand headers and body on as they came';

/** Every change, from its code to its words. */
const words: Record<ChangeCode, (details: Details) => ChangeWords> = {
  other_header_names: ({ prefix, header }) => ({
    what: `the signed values are in ${show(header)}, not in webhook-*`,
    fix:
      prefix === 'interceptor-'
        ? interceptorFix
        : 'Scalekit sends webhook-id, webhook-timestamp and webhook-signature (interceptor-* for interceptors), and its SDKs read no other names',
  }),
  header_repeated: ({ header }) => ({
    what: `${show(header)} came more than once; one of them was signed`,
    fix: whatIsBetween,
  }),
  header_joined: ({ header }) => ({
    what: `${show(header)} holds more than the value that was signed, joined by a comma or semicolon`,
    fix: 'a proxy that joins headers of the same name does this: let it replace the header, or pass it on once',
  }),
  header_quoted: ({ header }) => ({
    what: `the value of ${show(header)} has quotation marks around it, which were not signed`,
    fix: 'write the value without quotation marks',
  }),
  event_id_for_webhook_id: () => ({
    what: "the event's own id (evt_…) was signed in place of the webhook-id header",
    fix: 'sign the value of the webhook-id header: it is the id of the message, not of the event',
  }),
  part_not_set: ({ part, text }) => ({
    what: `"${show(text)}" was signed in place of the ${show(part)}: it was not set`,
    fix: 'sign the same id and timestamp that are sent in the headers',
  }),
  timestamp_milliseconds: ({ text }) => ({
    what: `the time was signed or sent in milliseconds (${show(text)})`,
    fix: seconds,
  }),
  timestamp_finer: ({ text }) => ({
    what: `webhook-timestamp is finer than seconds (${show(text)})`,
    fix: seconds,
  }),
  timestamp_fraction: ({ text }) => ({
    what: `webhook-timestamp is no whole number (${show(text)})`,
    fix: seconds,
  }),
  timestamp_date: ({ text }) => ({
    what: `the time was signed or sent as a date (${show(text)})`,
    fix: seconds,
  }),
  timestamp_padded: ({ text }) => ({
    what: `webhook-timestamp has blanks around it, or a sign or zeros before it (${show(text)})`,
    fix: seconds,
  }),
  signature_without_version: () => ({
    what: 'the signature stands without v1, before it',
    fix: base64Signature,
  }),
  signature_label: ({ label }) => ({
    what: `${show(label)} stands before the signature, where v1, belongs`,
    fix: base64Signature,
  }),
  signature_separator: ({ separator }) => ({
    what: `${shownBlank(separator)} stands between two signatures, where only a space may`,
    fix: 'signatures are separated by one space; a proxy that joins two headers writes a comma, and no SDK reads that',
  }),
  signature_tail: ({ tail }) => ({
    what: `${show(tail)} stands right after the signature`,
    fix: 'signatures are separated by one space, and nothing else follows',
  }),
  signature_hex: () => ({ what: 'the signature is written in hexadecimal digits', fix: base64Signature }),
  signature_base64url: () => ({
    what: 'the signature is written in base64url (- and _ in place of + and /)',
    fix: base64Signature,
  }),
  signature_unpadded: () => ({
    what: 'the padding (=) of the signature is missing',
    fix: base64Signature,
  }),
  signature_hex_in_base64: () => ({
    what: "the signature is base64 of the digest's hexadecimal digits, not of its bytes",
    fix: base64Signature,
  }),
  signature_plus_lost: () => ({
    what: 'a + of the signature became a space',
    fix: 'something decoded the header as if it were part of a URL: hand headers on as they come',
  }),
  signature_percent_encoded: () => ({
    what: 'the signature is percent-encoded, as in a URL',
    fix: 'hand the header on as it comes: it is no part of a URL',
  }),
  signature_lower_case: () => ({
    what: 'the signature lost its capitals',
    fix: 'only names of headers may be put into lower case, never their values',
  }),
  signature_cut: ({ length }) => ({
    what: `only the first ${length} of the signature's 44 characters are there`,
    fix: 'look for what cuts it: a column, a variable or a log line that is too short',
  }),
  other_hash: ({ hash }) => ({
    what: `the signature is an HMAC with ${show(hash)}`,
    fix: 'use SHA-256: createHmac("sha256", key)',
  }),
  parts_left_out: ({ parts }) => ({ what: `left out of what was signed: ${show(parts)}`, fix: sdkSigns }),
  parts_in_other_order: ({ order }) => ({
    what: `the parts were signed in the order ${show(order)}`,
    fix: sdkSigns,
  }),
  parts_joined_otherwise: ({ joiner }) => ({
    what: `the signed parts were joined by ${joiner === '' ? 'nothing' : shownBlank(joiner)}, not by a dot`,
    fix: sdkSigns,
  }),
  secret_as_text: () => ({
    what: 'what follows whsec_ was used as a text: its base64 was not decoded',
    fix: decodeSecret,
  }),
  secret_with_prefix: () => ({
    what: 'the whole secret, whsec_ and all, was used as a text: neither was the prefix cut off nor the base64 decoded',
    fix: decodeSecret,
  }),
  secret_quoted: () => ({
    what: 'the secret was used with quotation marks around it',
    fix: 'take the quotation marks out of where the secret is set: docker --env-file and some hosts keep them',
  }),
  secret_with_blanks: () => ({
    what: 'the secret was used as a text with a blank or line end around it',
    fix: 'trim it where it is read: a file that was written by echo ends in a line end',
  }),
  secret_prefix_decoded: () => ({
    what: 'whsec_ was decoded together with the base64 that follows it',
    fix: decodeSecret,
  }),
  secret_base64url: () => ({
    what: 'the secret was decoded with the other base64 alphabet, which drops some of its characters',
    fix: 'Scalekit uses standard base64 (+ and /), not base64url (- and _)',
  }),
  secret_cut_at_underscore: ({ kept }) => ({
    what: `only the ${kept} characters between the first two underscores of the secret were used, as the Scalekit SDKs do`,
    fix: 'use a secret with one underscore: whsec_ and standard base64',
  }),
  secret_whole_remainder: () => ({
    what: 'what follows the second underscore of the secret was used too; the Scalekit SDKs use only the part before it',
    fix: 'use a secret with one underscore: whsec_ and standard base64',
  }),
  secret_hex: () => ({
    what: 'the secret was read as hexadecimal digits',
    fix: decodeSecret,
  }),
  secret_empty_key: () => ({
    what: 'it was signed with an empty key, as anybody can',
    fix: 'the secret of the sender is not set: check its environment variable',
  }),
  secret_not_set: ({ text }) => ({
    what: `it was signed with the text "${show(text)}" as key, since the secret was not set`,
    fix: 'set SCALEKIT_WEBHOOK_SECRET where it is signed: check the spelling, and that the .env file is read',
  }),
  secret_decoded_to_text: () => ({
    what: 'the secret was decoded, and then made into a text again: bytes are not a text',
    fix: decodeSecret,
  }),
  body_rewritten: (details) => ({ what: `the body was written again: ${rewritten(details)}`, fix: rawBytes }),
  newline_added: () => ({
    what: 'a line end was added to the body after it was signed',
    fix: 'an editor or echo adds one: use printf %s, or --data-binary with curl, and save without a final line end',
  }),
  newline_lost: () => ({
    what: 'the line end with which the signed body ended is missing',
    fix: 'something trimmed the body: $(cat file) does, and curl -d @file; curl --data-binary @file does not',
  }),
  bom_added: () => ({
    what: 'a byte order mark (BOM) was put before the body',
    fix: 'save and send as UTF-8 without BOM',
  }),
  bom_lost: () => ({
    what: 'the byte order mark (BOM) with which the signed body began is missing',
    fix: 'sign without BOM: readers of text take it away (response.text(), utf-8-sig)',
  }),
  line_ends_to_crlf: () => ({
    what: 'the line ends of the body became CRLF',
    fix: 'a tool for text on Windows, or git with autocrlf, does this: handle the body as bytes',
  }),
  line_ends_to_lf: () => ({
    what: 'the CRLF line ends of the signed body became single line feeds',
    fix: 'something read the body as text: handle it as bytes',
  }),
  blanks_around_body: () => ({
    what: 'there are blanks or line ends around the body that were not signed',
    fix: rawBytes,
  }),
  charset_doubled: () => ({
    what: 'the body was read as latin1 (or windows-1252) and written as UTF-8 again: é became Ã©',
    fix: 'read the body as bytes, or as UTF-8: in Node.js toString("utf8"), not "latin1" or "binary"',
  }),
  charset_latin1: () => ({
    what: 'the body was signed in one charset and sent in another, UTF-8 and latin1',
    fix: 'use UTF-8 throughout: on Java new String(bytes, StandardCharsets.UTF_8) and getBytes(StandardCharsets.UTF_8)',
  }),
  body_base64: () => ({
    what: 'the body arrived in base64; what it decodes to was signed',
    fix: 'decode it before verifying: AWS API Gateway says so by isBase64Encoded',
  }),
  body_in_envelope: ({ member }) => ({
    what: `what was signed stands inside the body, in its member "${show(member)}"`,
    fix: 'verify that text alone, decoded where isBase64Encoded says so: a platform (AWS Lambda, SNS) put it into an object of its own',
  }),
  body_as_byte_list: () => ({
    what: 'the body arrived as a list of byte values, as JSON.stringify writes a Buffer',
    fix: 'send the bytes themselves, not JSON of them',
  }),
  body_urlencoded: () => ({
    what: 'the body arrived percent-encoded, as a form; what it decodes to was signed',
    fix: 'send it with content-type application/json: with curl --data-binary, not --data-urlencode',
  }),
  charset_utf16: () => ({
    what: 'the body was signed as UTF-8 and sent as UTF-16',
    fix: 'use UTF-8 throughout: in PowerShell [Text.Encoding]::UTF8.GetBytes, and -Encoding utf8 for files',
  }),
  body_lost_when_signed: ({ text }) => ({
    what: text === '' ? 'an empty body was signed' : `"${show(text)}" was signed in place of the body`,
    fix: 'the body was not at hand when it was signed: sign the text or bytes that are sent, not a parsed object or a read stream',
  }),
  body_stringified_when_signed: () => ({
    what: 'JSON.stringify of the body was signed, though the body is a text already',
    fix: 'sign the text that is sent, as it is',
  }),
  body_digest_signed: ({ form }) => ({
    what: `not the body was signed, but it in another form: ${show(form)}`,
    fix: sdkSigns,
  }),
  body_repr_signed: () => ({
    what: "Python's b'…' was signed: bytes were put into a text",
    fix: 'decode first: body.decode(), or join bytes with bytes',
  }),
  body_in_string: () => ({
    what: 'the body arrived inside a JSON text: it was stringified twice',
    fix: 'send the text as it is, not JSON.stringify of it',
  }),
};

const layouts: Record<string, string> = {
  compact: 'without blanks',
  spaced: "with a blank after each , and :, as Python's json.dumps writes",
  indent2: 'laid out with 2 blanks',
  indent4: 'laid out with 4 blanks',
  tabs: 'laid out with tabs',
  indent3: 'laid out with 3 blanks',
  indent2_crlf: 'laid out with 2 blanks and CRLF line ends',
  indent4_crlf: 'laid out with 4 blanks and CRLF line ends',
  padded: 'with a blank inside its brackets and after each , and :',
  colon_spaced: 'with a blank after each :',
  jackson: 'laid out as Jackson does, with a blank before each colon',
  own: 'laid out in a way of its own',
};

const escapes: Record<string, string> = {
  minimal: 'with its characters unescaped, as JSON.stringify writes them',
  ascii: "with \\u escapes for all that is not ASCII, as Python's json.dumps writes",
  ascii_upper: 'with \\u escapes in capitals for all that is not ASCII',
  go: "with <, > and & escaped and \\u0008 for \\b, as Go's encoding/json wrote before 1.22",
  html: "with <, > and & escaped as \\u003c, \\u003e and \\u0026, as Go's encoding/json writes",
  slashes: 'with each / escaped as \\/',
  slashes_ascii:
    "with each / escaped as \\/ and \\u escapes for all that is not ASCII, as PHP's json_encode writes",
  gson: "with <, >, &, = and ' escaped, as Gson writes",
  dotnet: 'with all that is special in HTML or not ASCII escaped in capitals, as System.Text.Json writes',
};

function rewritten({ received, layout, escapes: escaping, order, end }: Details): string {
  const signed = [
    layout !== undefined && layouts[layout],
    escaping !== undefined && escapes[escaping],
    order !== undefined && 'with its keys in alphabetical order',
    end !== undefined && 'with a line end',
  ].filter((part) => typeof part === 'string');
  const arrived = layout === undefined ? '' : `; what arrived is ${layouts[String(received)]}`;
  return `what was signed is the same JSON ${signed.join(', ')}${arrived}`;
}

function show(text: string | number | undefined): string {
  return cleanLine(cut(String(text ?? ''), 80));
}

function shownBlank(text: string | number | undefined): string {
  return `"${show(text)}"`;
}
