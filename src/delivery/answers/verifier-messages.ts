/** A fault that the error message of a known verifier names. */
export type NamedFault =
  | 'headers-missing'
  | 'timestamp-rejected'
  | 'timestamp-unreadable'
  | 'signature-mismatch'
  | 'secret-invalid'
  | 'signature-undecodable'
  | 'body-not-raw'
  | 'body-missing'
  | 'body-already-read'
  | 'value-missing'
  | 'no-such-method';

interface VerifierMessage {
  readonly fault: NamedFault;
  readonly text: RegExp;
  /** Set if other code prints the same message, so that it only suggests the fault. */
  readonly isLikely?: true;
}

/**
 * Whole error messages of the four Scalekit SDKs, standardwebhooks and svix in their languages, of what they call, and
 * of this program's listener. Single words, such as "expired", prove nothing.
 */
const messages: readonly VerifierMessage[] = [
  {
    // Other objects may lack a method, too. These names are on documentation pages.
    fault: 'no-such-method',
    text: /\b(?:scalekit\w*|webhooks)\.verifySignature is not a function|\bwebhooks is undefined|undefined \(reading '(?:verifySignature|webhooks)'\)|'Scalekit\w*' object has no attribute '(?:verify_signature|webhooks)'/i,
  },
  {
    fault: 'headers-missing',
    text: /\bmissing required headers\b|\bMissing required header\b|"missing_header"|"loc":\["header","webhook-/i,
  },
  {
    fault: 'headers-missing',
    text: /(?<!\bor )\b(?:missing|no|empty)[ _](?:(?:the|a|any|required|webhook|request) ){0,2}(?:signature|hmac|timestamp|webhook[ _](?:headers?|id))\b(?! match)|\b(?:signature|hmac|timestamp|webhook)(?: headers?)? (?:(?:is|was|are) )?(?:missing(?! or)|required|not (?:found|provided|present|set))\b|\(reading 'webhook-\w+'\)/i,
    isLikely: true,
  },
  { fault: 'timestamp-rejected', text: /\bMessage timestamp too (?:old|new)\b|"too_(?:old|new)"/i },
  {
    fault: 'timestamp-rejected',
    text: /\binvalid timestamp\b|\b(?:request|message|webhook|timestamp|signature) (?:(?:has|is) )?(?:expired|too old|stale)\b/i,
    isLikely: true,
  },
  { fault: 'timestamp-unreadable', text: /\bInvalid Signature Headers\b/i },
  {
    fault: 'secret-invalid',
    text: /(?:^|["':>]\s*)Invalid secret(?=["'.<]|\s*$)|\bSecret can't be empty\b|\bExpected secret to be of type string\b|Illegal base64 character 5f\b|illegal base64 data at input byte 5\b/i,
  },
  {
    fault: 'secret-invalid',
    text: /\bSCALEKIT_\w*SECRET\b[^\n]{0,40}\b(?:not (?:set|defined|configured|found)|missing|undefined|empty|unset|required)\b|\b(?:missing|undefined|unset|no|set)\b[^\n]{0,60}\bSCALEKIT_\w*SECRET\b/i,
  },
  {
    // crypto.timingSafeEqual; verifiers compare the lengths first.
    fault: 'signature-undecodable',
    text: /Input buffers must have the same byte length/,
    isLikely: true,
  },
  {
    fault: 'signature-undecodable',
    text: /Illegal base64 character 2c\b|illegal base64 data at input byte 2\b/i,
  },
  {
    // As before, in the names of other variables.
    fault: 'secret-invalid',
    text: /\b(?:[Mm]issing|[Uu]ndefined|[Uu]nset|[Nn]o|[Ss]et)\b[^\n]{0,40}\b(?!\w*CLIENT)[A-Z_]{3,40}(?:SECRET|SIGNING_KEY)\b|\b(?!\w*CLIENT)[A-Z_]{3,40}(?:SECRET|SIGNING_KEY) (?:is )?(?:not \w|missing|undefined|required)/,
    isLikely: true,
  },
  {
    // Which value is undefined, the message does not say.
    fault: 'value-missing',
    text: /The first argument must be of type string or an instance of Buffer[^\n]{0,200}Received (?:undefined|null)|\(reading '(?:split|slice|replace|startsWith)'\)|'NoneType' object (?:has no attribute '(?:split|encode|replace)'|is not subscriptable)/,
    isLikely: true,
  },
  {
    fault: 'secret-invalid',
    text: /The "key" argument must be [^\n]{0,200}Received (?:undefined|null)|key: expected bytes or bytearray, but got 'NoneType'|(?<!\b(?:client |x-[\w-]{0,30}))(?:\bwebhook[ _-]?)?\bsecret (?:is |was )?(?:empty|missing|undefined|not (?:set|configured|defined|found)|required)\b/i,
    isLikely: true,
  },
  {
    fault: 'secret-invalid',
    text: /Base64Coder: incorrect characters|binascii\.Error|Incorrect padding|Invalid base64-encoded string|illegal base64 data|Illegal base64 character|invalid base64|not a valid Base-?64 string/i,
    isLikely: true,
  },
  {
    fault: 'signature-mismatch',
    text: /\bNo matching signature found\b|\bInvalid (?:webhook |request |hmac |or missing )?signature\b|\bsignature (?:mismatch|does not match|verification failed|is invalid)\b|"signature_mismatch"/i,
  },
  {
    fault: 'body-missing',
    text: /The "data" argument must be of type string[^\n]{0,200}Received (?:undefined|null)/,
  },
  {
    // standardwebhooks and svix without a body, and request.body.toString() without a parser.
    fault: 'body-missing',
    // EOF is of a parser in Go.
    text: /\(reading '(?:constructor|toString)'\)|^EOF\s*$|\bunexpected end of JSON input\b/i,
    isLikely: true,
  },
  {
    fault: 'body-already-read',
    text: /stream is not readable|Body (?:is unusable|has already been (?:read|consumed|used))|body (?:used already|stream already read)/i,
  },
  {
    fault: 'body-not-raw',
    text: /Expected payload to be of type string or Buffer|The "data" argument must be of type string|The first argument must be of type string or an instance of Buffer[^\n]{0,200}Received an instance of Object|expected bytes-like object, not dict/i,
  },
  {
    // An error object without a message is printed like this, too.
    fault: 'body-not-raw',
    text: /\[object Object\]|Unexpected token o in JSON at position 1\b|must be str, bytes or bytearray, not dict/i,
    isLikely: true,
  },
];

/** The fault that a response names; undefined if it contains no known message. `text` is without the message's values. */
export function namedFault(
  text: string,
): { readonly fault: NamedFault; readonly isCertain: boolean } | undefined {
  const found = messages.find((message) => message.text.test(text));
  return found && { fault: found.fault, isCertain: !found.isLikely };
}
