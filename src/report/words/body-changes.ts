import { type Details, sdkSigns, show, type WordsOf } from './change-form.ts';

const rawBytes =
  'sign, hand on and verify the same bytes, and parse them afterwards: express.raw({ type: "application/json" }), ' +
  'await request.text(), Flask request.get_data(), Go io.ReadAll(r.Body)';

/** The words of changes: what happened to a body. */
export const bodyWords = {
  body_reserialized: (details) => ({
    message: `the body was written again: ${rewritten(details)}`,
    fix: rawBytes,
  }),
  newline_added: () => ({
    message: 'a line end was added to the body after it was signed',
    fix: 'an editor or echo adds one: use printf %s, or --data-binary with curl, and save without a final line end',
  }),
  newline_lost: () => ({
    message: 'the line end with which the signed body ended is missing',
    fix: 'something trimmed the body: $(cat file) does, and curl -d @file; curl --data-binary @file does not',
  }),
  bom_added: () => ({
    message: 'a byte order mark (BOM) was put before the body',
    fix: 'save and send as UTF-8 without BOM',
  }),
  bom_lost: () => ({
    message: 'the byte order mark (BOM) with which the signed body began is missing',
    fix: 'sign without BOM: readers of text take it away (response.text(), utf-8-sig)',
  }),
  newlines_to_crlf: () => ({
    message: 'the line ends of the body became CRLF',
    fix: 'a tool for text on Windows, or git with autocrlf, does this: handle the body as bytes',
  }),
  newlines_to_lf: () => ({
    message: 'the CRLF line ends of the signed body became single line feeds',
    fix: 'something read the body as text: handle it as bytes',
  }),
  whitespace_around_body: () => ({
    message: 'there are blanks or line ends around the body that were not signed',
    fix: rawBytes,
  }),
  charset_encoded_twice: () => ({
    message: 'the body was read as latin1 (or windows-1252) and written as UTF-8 again: é became Ã©',
    fix: 'read the body as bytes, or as UTF-8: in Node.js toString("utf8"), not "latin1" or "binary"',
  }),
  charset_latin1: () => ({
    message: 'the body was signed in one charset and sent in another, UTF-8 and latin1',
    fix: 'use UTF-8 throughout: on Java new String(bytes, StandardCharsets.UTF_8) and getBytes(StandardCharsets.UTF_8)',
  }),
  body_base64: () => ({
    message: 'the body arrived in base64; what it decodes to was signed',
    fix: 'decode it before verifying: AWS API Gateway says so by isBase64Encoded',
  }),
  body_in_envelope: ({ member }) => ({
    message: `what was signed stands inside the body, in its member "${show(member)}"`,
    fix: 'verify that text alone, decoded where isBase64Encoded says so: a platform (AWS Lambda, SNS) put it into an object of its own',
  }),
  body_as_byte_list: () => ({
    message: 'the body arrived as a list of byte values, as JSON.stringify writes a Buffer',
    fix: 'send the bytes themselves, not JSON of them',
  }),
  body_urlencoded: () => ({
    message: 'the body arrived percent-encoded, as a form; what it decodes to was signed',
    fix: 'send it with content-type application/json: with curl --data-binary, not --data-urlencode',
  }),
  charset_utf16: () => ({
    message: 'the body was signed as UTF-8 and sent as UTF-16',
    fix: 'use UTF-8 throughout: in PowerShell [Text.Encoding]::UTF8.GetBytes, and -Encoding utf8 for files',
  }),
  body_lost_when_signed: ({ text }) => ({
    message: text === '' ? 'an empty body was signed' : `"${show(text)}" was signed in place of the body`,
    fix: 'the body was not at hand when it was signed: sign the text or bytes that are sent, not a parsed object or a read stream',
  }),
  body_stringified_when_signed: () => ({
    message: 'JSON.stringify of the body was signed, though the body is a text already',
    fix: 'sign the text that is sent, as it is',
  }),
  body_digest_signed: ({ form }) => ({
    message: `not the body was signed, but it in another form: ${show(form)}`,
    fix: sdkSigns,
  }),
  body_repr_signed: () => ({
    message: "Python's b'…' was signed: bytes were put into a text",
    fix: 'decode first: body.decode(), or join bytes with bytes',
  }),
  body_in_string: () => ({
    message: 'the body arrived inside a JSON text: it was stringified twice',
    fix: 'send the text as it is, not JSON.stringify of it',
  }),
} satisfies WordsOf;

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
