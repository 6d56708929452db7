import { type Details, sdkSigns, show, type WordsOf } from './change-form.ts';

const rawBytes =
  'sign, forward and verify the same raw bytes, and parse them afterwards: express.raw({ type: "application/json" }), ' +
  'await request.text(), Flask request.get_data(), Go io.ReadAll(r.Body)';

/** Changes to a body. */
export const bodyWords = {
  body_reserialized: (details) => ({
    message: `the body was re-serialized: ${describeRewrite(details)}`,
    fix: rawBytes,
  }),
  newline_added: () => ({
    message: 'a trailing newline was added to the body after signing',
    fix: 'send the body without the newline that an editor or echo adds: use printf %s or curl --data-binary, and save the file without a trailing newline',
  }),
  newline_lost: () => ({
    message: 'the trailing newline of the signed body is missing',
    fix: 'send the body untrimmed: $(cat file) and curl -d @file remove the newline, curl --data-binary @file keeps it',
  }),
  newlines_removed: () => ({
    message: 'the newlines of the signed body were removed; its other spaces are still there',
    fix: 'send the body with curl --data-binary @file instead of -d @file, and read it as bytes instead of by lines',
  }),
  bom_added: () => ({
    message: 'a byte order mark (BOM) was added before the body',
    fix: 'save and send the body as UTF-8 without a BOM',
  }),
  nul_added: () => ({
    message: 'the body ends with NUL bytes that were not signed: its buffer is longer than its text',
    fix: 'pass only the bytes that were read: buffer.subarray(0, length), buffer[:n]',
  }),
  bom_lost: () => ({
    message: 'the byte order mark (BOM) of the signed body is missing',
    fix: 'sign without a BOM: functions that read text remove it (response.text(), utf-8-sig)',
  }),
  newlines_to_crlf: () => ({
    message: 'the newlines of the body were converted to CRLF',
    fix: 'handle the body as bytes: Windows text tools and git with autocrlf convert newlines',
  }),
  newlines_to_lf: () => ({
    message: 'the CRLF line endings of the signed body were converted to LF',
    fix: 'handle the body as bytes: reading it as text converts line endings',
  }),
  whitespace_around_body: () => ({
    message: 'the body has whitespace around it that was not signed',
    fix: rawBytes,
  }),
  charset_encoded_twice: () => ({
    message: 'the body was decoded as latin1 (or windows-1252) and encoded as UTF-8: é became Ã©',
    fix: 'read the body as bytes, or as UTF-8: in Node.js toString("utf8"), not "latin1" or "binary"',
  }),
  charset_latin1: () => ({
    message: 'the body was signed in one charset and sent in another, UTF-8 and latin1',
    fix: 'use UTF-8 everywhere: in Java new String(bytes, StandardCharsets.UTF_8) and getBytes(StandardCharsets.UTF_8)',
  }),
  body_base64: () => ({
    message: 'the body arrived base64-encoded, but the decoded body was signed',
    fix: 'decode the body before verification: AWS API Gateway sets isBase64Encoded',
  }),
  body_in_envelope: ({ member }) => ({
    message: `the signed body is inside the received body, in its member "${show(member)}"`,
    fix: 'verify only that text, base64-decoded if isBase64Encoded is true: a platform (AWS Lambda, SNS) wrapped it in an object',
  }),
  body_compressed: ({ encoding }) => ({
    message: `the body arrived compressed (${show(encoding)}), but the decompressed body was signed`,
    fix: 'decompress the body before verification, as servers do for content-encoding',
  }),
  body_hex: () => ({
    message: 'the body arrived as hex, but the decoded body was signed',
    fix: 'decode the hex before verification, or store and forward the bytes themselves',
  }),
  body_chunk_frames: () => ({
    message: 'the sizes of the chunked transfer coding are still in the body',
    fix: 'let an HTTP library read the body, or remove the chunk sizes (RFC 9112, section 7.1)',
  }),
  body_printed: ({ as }) => ({
    message: `the body is the printed form of ${printedForms[String(as)]}, not the bytes that were signed`,
    fix: rawBytes,
  }),
  body_truncated: ({ bytes, signed }) => ({
    message: `the body was cut off at byte ${bytes} of ${signed}`,
    fix: 'read and forward the whole body. A content-length that counts characters instead of bytes cuts off a body with characters beyond ASCII',
  }),
  times_rewritten: ({ form }) => ({
    message: `the times in the body were rewritten: the signed ones were written ${show(form)}`,
    fix: rawBytes,
  }),
  times_lost_digits: ({ lost }) => ({
    message: `a time in the body lost its last ${lost} ${Number(lost) === 1 ? 'digit' : 'digits'}: it was parsed and serialized with less precision`,
    fix: rawBytes,
  }),
  empty_object_as_list: () => ({
    message:
      'an empty object in the body became an empty list: {} was signed, [] arrived, because PHP writes an empty array as []',
    fix: rawBytes,
  }),
  html_escaped: () => ({
    message: 'characters in the body were escaped for HTML: & became &amp;',
    fix: 'verify the body before a sanitizer or template escapes it',
  }),
  quotes_escaped: () => ({
    message: 'the quotation marks of the body were escaped with backslashes, as a shell or a database does',
    fix: 'store and forward the received bytes, or remove one level of escaping before verification',
  }),
  text_normalized: ({ form }) => ({
    message: `the text of the body was normalized: ${form === 'NFD' ? 'decomposed' : 'composed'} characters (${show(form)}) were signed`,
    fix: rawBytes,
  }),
  member_added: ({ member }) => ({
    message: `the member "${show(member)}" was added to the body after signing`,
    fix: 'verify the body before anything adds to it: Rails, for one, adds a copy of the parameters under the name of the controller',
  }),
  body_changed: ({ members, count }) => ({
    message:
      members === ''
        ? 'the body was changed after signing'
        : `${show(members)}${Number(count) > 4 ? ` and ${Number(count) - 4} more` : ''} ${Number(count) === 1 ? 'was' : 'were'} changed after signing`,
    fix: 'find out what changes the event between the sender and the verifier. If nothing should, treat the message as forged',
  }),
  body_as_byte_list: () => ({
    message: 'the body arrived as a list of byte values, as JSON.stringify writes a Buffer',
    fix: 'send the bytes themselves, not JSON of them',
  }),
  body_urlencoded: () => ({
    message: 'the body arrived percent-encoded, as a form, but the decoded body was signed',
    fix: 'send it with content-type application/json: with curl, use --data-binary, not --data-urlencode',
  }),
  charset_utf16: () => ({
    message: 'the body was signed as UTF-8 and sent as UTF-16',
    fix: 'use UTF-8 everywhere: in PowerShell [Text.Encoding]::UTF8.GetBytes, and -Encoding utf8 for files',
  }),
  body_lost_when_signed: ({ text }) => ({
    message: text === '' ? 'an empty body was signed' : `"${show(text)}" was signed instead of the body`,
    fix: 'sign the text or bytes that are sent, not a parsed object or a stream that was already read',
  }),
  body_stringified_when_signed: () => ({
    message: 'JSON.stringify of the body was signed, although the body is already a string',
    fix: 'sign the string that is sent, unchanged',
  }),
  body_digest_signed: ({ form }) => ({
    message: `the body was signed in an encoded form instead of as raw bytes: ${show(form)}`,
    fix: sdkSigns,
  }),
  body_repr_signed: () => ({
    message: "Python's b'…' was signed: bytes were formatted into a string",
    fix: 'decode first with body.decode(), or join bytes with bytes',
  }),
  body_in_string: () => ({
    message: 'the body arrived inside a JSON string: it was stringified twice',
    fix: 'send the JSON text unchanged, not JSON.stringify of it',
  }),
} satisfies WordsOf;

/** What a value was before it was printed, by the names of the explainer. */
export const printedForms: Record<string, string> = {
  bytes: 'a Java byte array',
  Buffer: 'a Node.js Buffer',
  dict: 'a Python dict',
  hash: 'a Ruby hash',
  array: 'a PHP array',
  map: 'a Java map',
  object: 'a JavaScript object',
  quoted: 'JSON with single quotation marks',
  pythonBytes: "Python bytes (b'…')",
};

const layouts: Record<string, string> = {
  compact: 'compact',
  spaced: "written with a space after each , and : (Python's json.dumps)",
  indent2: 'indented with 2 spaces',
  indent4: 'indented with 4 spaces',
  tabs: 'indented with tabs',
  indent3: 'indented with 3 spaces',
  indent2_crlf: 'indented with 2 spaces and CRLF line endings',
  indent4_crlf: 'indented with 4 spaces and CRLF line endings',
  padded: 'written with a space inside brackets and after each , and :',
  colon_spaced: 'written with a space after each :',
  jackson: 'indented with a space before each : (Jackson)',
  own: 'not formatted in a common way',
};

const escapes: Record<string, string> = {
  minimal: 'had no unnecessary escapes (JSON.stringify)',
  ascii: "had \\u escapes for all non-ASCII characters (Python's json.dumps)",
  ascii_upper: 'had upper-case \\u escapes for all non-ASCII characters',
  go: "had <, > and & escaped and \\u0008 for \\b (Go's encoding/json before 1.22)",
  html: "had <, > and & escaped as \\u003c, \\u003e and \\u0026 (Go's encoding/json)",
  slashes: 'had each / escaped as \\/',
  slashes_ascii: "had each / escaped as \\/ and \\u escapes for all non-ASCII characters (PHP's json_encode)",
  gson: "had <, >, &, = and ' escaped (Gson)",
  dotnet: 'had upper-case escapes for HTML and non-ASCII characters (System.Text.Json)',
};

function describeRewrite({ received, layout, escapes: escaping, order, end }: Details): string {
  const signed = [
    layout !== undefined && `was ${layouts[layout]}`,
    escaping !== undefined && escapes[escaping],
    order !== undefined && 'had its keys in alphabetical order',
    end !== undefined && 'ended with a newline',
  ].filter((part) => typeof part === 'string');
  const arrived = layout === undefined ? '' : `; the received JSON is ${layouts[String(received)]}`;
  const last = signed.pop();
  return `the signed JSON ${signed.length > 0 ? `${signed.join(', ')} and ` : ''}${last}${arrived}`;
}
