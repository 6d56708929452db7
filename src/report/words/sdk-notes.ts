import { isUtf8 } from 'node:buffer';
import type { SecretProblem } from '../../errors.ts';
import {
  headerValues,
  ID_HEADER,
  type Message,
  SIGNATURE_HEADER,
  SIGNED_HEADERS,
  TIMESTAMP_HEADER,
} from '../../message.ts';
import type { SignatureExplanation } from '../../signature/explain/explain.ts';
import type { Secret } from '../../signature/secret.ts';
import { sign } from '../../signature/sign.ts';
import { TOLERANCE_SECONDS, type Verdict } from '../../signature/verdict.ts';

/** A note on how a known library treats a message, with a stable code. */
export interface SdkNote {
  readonly code: string;
  readonly message: string;
}

interface Judged {
  readonly message: Message;
  readonly explanation: SignatureExplanation;
  readonly secrets: readonly Secret[];
}

interface SdkRule extends SdkNote {
  applies(judged: Judged): boolean;
}

/**
 * Cases in which a known library disagrees with our verdict. Source code read and run: @scalekit-sdk/node 2.11,
 * Scalekit's SDKs for Python 2.10, Go 2.6 and Java 2.1, standardwebhooks 1.1 and svix 1.99.
 */
const rules: readonly SdkRule[] = [
  {
    code: 'malformed_entry_before',
    message:
      'the Node SDK rejects the whole header: a v1 entry that is not 32 bytes of base64 precedes the matching entry',
    applies: ({ message, ...judged }) => entriesBefore(message, judged).some(isMalformedV1),
  },
  {
    code: 'malformed_other_version_before',
    message:
      'the Python SDK raises binascii.Error: an entry of another version with malformed base64 precedes the matching entry',
    applies: ({ message, ...judged }) => entriesBefore(message, judged).some(isMalformedOther),
  },
  {
    code: 'header_case',
    message:
      'the header names are not in lower case. The Java SDK finds only lower-case names, and so do the Node and Python SDKs if the app passes a plain map of headers',
    applies: ({ message, explanation }) => explanation.verdict.verified && hasOtherCase(message),
  },
  {
    code: 'exactly_too_old',
    message:
      'the signature is exactly as old as the limit: the Python and Go SDKs count fractions of a second, and reject it',
    applies: ({ explanation: { verdict } }) => verdict.verified && verdict.age === TOLERANCE_SECONDS,
  },
  {
    code: 'just_too_new',
    message:
      'the timestamp is one second beyond the limit: the Java SDK ignores fractions of a second, and accepts it',
    applies: ({ explanation: { verdict } }) =>
      isRejectedFor(verdict, 'too_new') && verdict.age === -TOLERANCE_SECONDS - 1,
  },
  {
    code: 'beyond_tolerance',
    message:
      'every SDK rejects the message: the SDKs tolerate 5 minutes in both directions, and the tolerance here is wider',
    applies: ({ explanation: { verdict } }) => verdict.verified && Math.abs(verdict.age) > TOLERANCE_SECONDS,
  },
  {
    code: 'within_tolerance',
    message:
      'every SDK accepts the message: the SDKs tolerate 5 minutes in both directions, and the tolerance here is narrower',
    applies: ({ explanation: { verdict } }) =>
      !verdict.verified &&
      (verdict.reason === 'too_old' || verdict.reason === 'too_new') &&
      Math.abs(verdict.age ?? 0) < TOLERANCE_SECONDS,
  },
  {
    code: 'timestamp_sign',
    message: 'the Go and Java SDKs read this timestamp as a number, and may accept the message',
    applies: ({ message, explanation: { verdict } }) => isMalformedTime(verdict, message, /^(\+|0)\d{1,12}$/),
  },
  {
    code: 'timestamp_fraction',
    message:
      'the Node and Python SDKs read only the whole seconds of this timestamp, and may accept the message',
    applies: ({ message, explanation: { verdict } }) => isMalformedTime(verdict, message, /^\d{1,12}\.\d+$/),
  },
  {
    code: 'timestamp_tail',
    message: 'the Node SDK reads only the leading number of this timestamp, and may accept the message',
    applies: ({ message, explanation: { verdict } }) => isMalformedTime(verdict, message, /^\d{1,12}[^\d.]/),
  },
  {
    code: 'signature_tail',
    message:
      'all four Scalekit SDKs ignore the text after the second comma of an entry, and accept the message',
    applies: ({ explanation }) =>
      hasOnly(explanation, 'signature_tail', ({ tail }) => String(tail).startsWith(',')) ||
      hasOnly(explanation, 'signature_separator', ({ separator }) => String(separator).startsWith(',')),
  },
  {
    code: 'other_base64',
    message: 'the Node SDK decodes any kind of base64, and accepts the message; the other SDKs reject it',
    applies: ({ explanation }) =>
      hasOnly(explanation, 'signature_base64url') || hasOnly(explanation, 'signature_unpadded'),
  },
  {
    code: 'body_not_utf8',
    message:
      'only the Go SDK verifies a body that is not UTF-8; the other SDKs convert the body to text first',
    applies: ({ message, explanation }) => explanation.verdict.verified && !isUtf8(message.body),
  },
  {
    code: 'id_not_ascii',
    message:
      'webhook-id is not ASCII: standardwebhooks on Node.js reads headers as latin1, and rejects the message',
    applies: ({ message, explanation }) =>
      explanation.verdict.verified && /[^ -~]/.test(readHeader(message, ID_HEADER)),
  },
  {
    code: 'svix_headers_too',
    message: 'the message also has svix-* headers, and the svix library uses them instead of webhook-*',
    applies: ({ message, explanation }) =>
      explanation.verdict.verified && headerValues(message.headers, 'svix-signature').length > 0,
  },
  {
    code: 'interceptor_secret',
    message: 'standardwebhooks and svix decode only secrets that start with whsec_',
    applies: ({ explanation: { verdict }, secrets }) =>
      verdict.verified && (secrets[verdict.secretIndex]?.text.startsWith('insec_') ?? false),
  },
];

/** How libraries treat a malformed secret. */
const malformedSecrets: Partial<Record<SecretProblem, string>> = {
  quoted:
    'the secret is wrapped in quotation marks. scalekit-hooks removes them, but some readers of .env files keep them',
  no_prefix:
    'the secret does not start with whsec_: all four Scalekit SDKs reject it, standardwebhooks and svix accept it',
  empty_key:
    'the secret has no key after its prefix: the Node, Python and Go SDKs verify with an empty key, with which anyone can sign; the Java SDK and standardwebhooks reject it',
  second_underscore:
    'the secret has a second underscore: all four Scalekit SDKs and scalekit-hooks use only the part between the first two; standardwebhooks and svix reject it',
  base64url:
    'the secret is base64url: the Node SDK and scalekit-hooks read its "-" as "+", the Python SDK ignores the "-", the Go and Java SDKs reject the secret',
  not_base64:
    'the text after the prefix is not base64: the Go and Java SDKs reject the secret, the other SDKs ignore the characters that they cannot decode',
  padding: 'the base64 of the secret lacks its padding: the Python and Go SDKs reject it',
};

/** Notes on libraries that would, or may, disagree with the verdict on a message. */
export function sdkNotes(judged: Judged): SdkNote[] {
  const problems = new Set(judged.secrets.flatMap(({ problem }) => problem ?? []));
  return [
    ...[...problems].flatMap((problem) => {
      const message = malformedSecrets[problem];
      return message === undefined ? [] : [{ code: `secret_${problem}`, message }];
    }),
    ...rules.filter(({ applies }) => applies(judged)).map(({ code, message }) => ({ code, message })),
  ];
}

/** The entries of the signature header before the matching one; empty when none matches. */
function entriesBefore(
  message: Message,
  { explanation: { verdict }, secrets }: Omit<Judged, 'message'>,
): string[] {
  const secret = verdict.verified ? secrets[verdict.secretIndex] : undefined;
  if (!secret) return [];
  const [id, timestamp] = [readHeader(message, ID_HEADER), Number(readHeader(message, TIMESTAMP_HEADER))];
  const entries = readHeader(message, SIGNATURE_HEADER).split(' ');
  return entries.slice(0, entries.indexOf(sign({ id, timestamp, body: message.body }, secret)));
}

/** timingSafeEqual throws for a signature that is not 32 bytes long. */
function isMalformedV1(entry: string): boolean {
  const [version, signature] = entry.split(',');
  return version === 'v1' && Buffer.from(signature ?? '', 'base64').length !== 32;
}

/** Python's decoder ignores characters that are not base64, and then requires padding. */
function isMalformedOther(entry: string): boolean {
  const [version, signature] = entry.split(',');
  if (version === '' || version === 'v1' || signature === undefined) return false;
  const digits = signature.replace(/[^A-Za-z0-9+/]/g, '').length;
  return digits % 4 === 1 || (digits % 4 !== 0 && !signature.endsWith('='.repeat(4 - (digits % 4))));
}

function hasOtherCase({ headers }: Message): boolean {
  return headers.some(
    ([name]) => SIGNED_HEADERS.includes(name.toLowerCase()) && !SIGNED_HEADERS.includes(name),
  );
}

function isRejectedFor(verdict: Verdict, reason: string): verdict is Verdict & { age: number } {
  return !verdict.verified && verdict.reason === reason;
}

function isMalformedTime(verdict: Verdict, message: Message, form: RegExp): boolean {
  return isRejectedFor(verdict, 'malformed_timestamp') && form.test(readHeader(message, TIMESTAMP_HEADER));
}

/** Whether one change alone makes the signature match. */
function hasOnly(
  { findings }: SignatureExplanation,
  code: string,
  matches: (details: Readonly<Record<string, string | number>>) => boolean = () => true,
): boolean {
  return findings.some(
    ({ changes: [only, ...others] }) =>
      only?.code === code && others.length === 0 && matches(only.details ?? {}),
  );
}

function readHeader({ headers }: Message, name: string): string {
  return headerValues(headers, name)[0] ?? '';
}
