import { isUtf8 } from 'node:buffer';
import type { SecretProblem } from '../../errors.ts';
import { headerValues, ID_HEADER, type Message, SIGNATURE_HEADER, TIMESTAMP_HEADER } from '../../message.ts';
import type { SignatureExplanation } from '../../signature/explain/explain.ts';
import type { Secret } from '../../signature/secret.ts';
import { sign } from '../../signature/sign.ts';
import { TOLERANCE_SECONDS, type Verdict } from '../../signature/verdict.ts';

/** What a note is about, and its sentence. */
export interface SdkNote {
  readonly code: string;
  readonly message: string;
}

/** What the rules look at. */
interface Judged {
  readonly message: Message;
  readonly explanation: SignatureExplanation;
  readonly secrets: readonly Secret[];
}

interface SdkRule extends SdkNote {
  applies(judged: Judged): boolean;
}

/**
 * Where a known library judges otherwise than we do. Read and run: @scalekit-sdk/node 2.11, Scalekit's SDKs for Python
 * 2.10, Go 2.6 and Java 2.1, standardwebhooks 1.1 and svix 1.99.
 */
const rules: readonly SdkRule[] = [
  {
    code: 'malformed_entry_before',
    message:
      'the Node SDK refuses the whole header: a v1 entry that is not 32 bytes of base64 stands before the one that fits',
    applies: ({ message, ...judged }) => entriesBefore(message, judged).some(isMalformedV1),
  },
  {
    code: 'malformed_other_version_before',
    message:
      'the Python SDK raises binascii.Error: an entry of another version whose base64 is malformed stands before the one that fits',
    applies: ({ message, ...judged }) => entriesBefore(message, judged).some(isMalformedOther),
  },
  {
    code: 'header_case',
    message:
      'the header names are not in lower case: the Java SDK, and the Node and Python SDKs where they are given a plain map of headers, look for lower-case names only',
    applies: ({ message, explanation }) => explanation.verdict.verified && hasOtherCase(message),
  },
  {
    code: 'exactly_too_old',
    message:
      'it is exactly as old as is tolerated: the Python and Go SDKs count fractions of a second, and refuse it',
    applies: ({ explanation: { verdict } }) => verdict.verified && verdict.age === TOLERANCE_SECONDS,
  },
  {
    code: 'just_too_new',
    message: 'it is one second more ahead than is tolerated: the Java SDK leaves fractions out, and takes it',
    applies: ({ explanation: { verdict } }) =>
      isRefusedFor(verdict, 'too_new') && verdict.age === -TOLERANCE_SECONDS - 1,
  },
  {
    code: 'beyond_tolerance',
    message: 'every SDK refuses it: they tolerate 5 minutes either way, and the tolerance here is wider',
    applies: ({ explanation: { verdict } }) => verdict.verified && Math.abs(verdict.age) > TOLERANCE_SECONDS,
  },
  {
    code: 'within_tolerance',
    message: 'every SDK takes it: they tolerate 5 minutes either way, and the tolerance here is narrower',
    applies: ({ explanation: { verdict } }) =>
      !verdict.verified &&
      (verdict.reason === 'too_old' || verdict.reason === 'too_new') &&
      Math.abs(verdict.age ?? 0) < TOLERANCE_SECONDS,
  },
  {
    code: 'timestamp_sign',
    message: 'the Go and Java SDKs read such a timestamp as a number, and may take the message',
    applies: ({ message, explanation: { verdict } }) => isMalformedTime(verdict, message, /^(\+|0)\d{1,12}$/),
  },
  {
    code: 'timestamp_fraction',
    message: 'the Node and Python SDKs read such a timestamp as its whole seconds, and may take the message',
    applies: ({ message, explanation: { verdict } }) => isMalformedTime(verdict, message, /^\d{1,12}\.\d+$/),
  },
  {
    code: 'timestamp_tail',
    message: 'the Node SDK reads the number at the beginning of such a timestamp, and may take the message',
    applies: ({ message, explanation: { verdict } }) => isMalformedTime(verdict, message, /^\d{1,12}[^\d.]/),
  },
  {
    code: 'signature_tail',
    message: 'all four Scalekit SDKs leave out what follows a second comma of an entry, and take it',
    applies: ({ explanation }) =>
      hasOnly(explanation, 'signature_tail', ({ tail }) => String(tail).startsWith(',')) ||
      hasOnly(explanation, 'signature_separator', ({ separator }) => String(separator).startsWith(',')),
  },
  {
    code: 'other_base64',
    message: 'the Node SDK reads any kind of base64, and takes it; the others do not',
    applies: ({ explanation }) =>
      hasOnly(explanation, 'signature_base64url') || hasOnly(explanation, 'signature_unpadded'),
  },
  {
    code: 'body_not_utf8',
    message:
      'of the SDKs only the one for Go verifies a body that is not UTF-8; the others make text of it first',
    applies: ({ message, explanation }) => explanation.verdict.verified && !isUtf8(message.body),
  },
  {
    code: 'id_not_ascii',
    message: 'webhook-id is not ASCII: standardwebhooks on Node.js reads headers as latin1, and refuses it',
    applies: ({ message, explanation }) =>
      explanation.verdict.verified && /[^ -~]/.test(readHeader(message, ID_HEADER)),
  },
  {
    code: 'svix_headers_too',
    message: 'there are svix-* headers as well, and the svix library believes those rather than webhook-*',
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

/** What libraries do with a secret that is malformed. */
const malformedSecrets: Partial<Record<SecretProblem, string>> = {
  quoted:
    'the secret has quotation marks around it; they were left out here, and some readers of .env files keep them',
  no_prefix:
    'the secret has no whsec_ before it: all four Scalekit SDKs refuse it, standardwebhooks and svix take it',
  empty_key:
    'the secret has no key after its prefix: the Node, Python and Go SDKs verify with an empty key, with which anybody can sign; the Java SDK and standardwebhooks refuse it',
  second_underscore:
    'the secret has a second underscore: all four Scalekit SDKs use only the part between the first two, which is what is done here; standardwebhooks and svix refuse it',
  base64url:
    'the secret is base64url: the Node SDK reads its "-" as "+", which is what is done here, the Python SDK leaves it out, the Go and Java SDKs refuse it',
  not_base64:
    'what follows the prefix is not base64: the Go and Java SDKs refuse the secret, the others leave out what they cannot read',
  padding: 'the base64 of the secret lacks its padding: the Python and Go SDKs refuse it',
};

/** Where a known library would judge a message otherwise than its verdict says, or may. */
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

/** The entries of the signature header before the one that fits; none when nothing fits. */
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

/** A version 1 whose signature is not of 32 bytes: comparing it throws. */
function isMalformedV1(entry: string): boolean {
  const [version, signature] = entry.split(',');
  return version === 'v1' && Buffer.from(signature ?? '', 'base64').length !== 32;
}

/** Python's decoder leaves out what is no base64, and then wants padding. */
function isMalformedOther(entry: string): boolean {
  const [version, signature] = entry.split(',');
  if (version === '' || version === 'v1' || signature === undefined) return false;
  const digits = signature.replace(/[^A-Za-z0-9+/]/g, '').length;
  return digits % 4 === 1 || (digits % 4 !== 0 && !signature.endsWith('='.repeat(4 - (digits % 4))));
}

function hasOtherCase({ headers }: Message): boolean {
  const names = [ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER];
  return headers.some(([name]) => names.includes(name.toLowerCase()) && !names.includes(name));
}

function isRefusedFor(verdict: Verdict, reason: string): verdict is Verdict & { age: number } {
  return !verdict.verified && verdict.reason === reason;
}

function isMalformedTime(verdict: Verdict, message: Message, form: RegExp): boolean {
  return isRefusedFor(verdict, 'malformed_timestamp') && form.test(readHeader(message, TIMESTAMP_HEADER));
}

/** Whether one change alone makes the signature fit. */
function hasOnly(
  { findings }: SignatureExplanation,
  code: string,
  isSo: (details: Readonly<Record<string, string | number>>) => boolean = () => true,
): boolean {
  return findings.some(
    ({ changes: [only, ...others] }) =>
      only?.code === code && others.length === 0 && isSo(only.details ?? {}),
  );
}

function readHeader({ headers }: Message, name: string): string {
  return headerValues(headers, name)[0] ?? '';
}
