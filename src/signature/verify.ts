import { timingSafeEqual } from 'node:crypto';
import {
  type Headers,
  ID_HEADER,
  type Message,
  SIGNATURE_HEADER,
  SIGNED_HEADERS,
  TIMESTAMP_HEADER,
} from '../message.ts';
import type { Secret } from './secret.ts';
import { beginSigning, entryOf } from './sign.ts';
import { type Rejected, type RejectionReason, TOLERANCE_SECONDS, type Verdict } from './verdict.ts';

/** Decimal seconds only: with lenient parsing, the signed text could differ from the header. */
const canonicalTimestamp = /^(?:0|[1-9][0-9]{0,14})$/;
/** 32 bytes in standard padded base64. */
const v1Signature = /^v1,[A-Za-z0-9+/]{43}=$/;

/**
 * Verifies the bytes of a message, as strictly as the strictest SDK. `now` is in milliseconds, `tolerance` in seconds.
 * The age is checked last: `too_old` and `too_new` mean that the signature matches.
 */
export function verify(
  message: Message,
  secrets: readonly Secret[],
  now: number,
  tolerance = TOLERANCE_SECONDS,
): Verdict {
  const verification = beginVerification(message.headers, secrets);
  verification.update(message.body);
  return verification.conclude(now, tolerance);
}

/** The verification of a message whose body comes in chunks. */
export interface Verification {
  /** Whether the headers alone decide that it is rejected, whatever the body. */
  readonly isHopeless: boolean;
  update(chunk: Uint8Array): void;
  /** Call it once, after the last chunk. Units as in `verify`. */
  conclude(now: number, tolerance?: number): Verdict;
}

/** Begins to verify a message, of which only the headers are known. */
export function beginVerification(headers: Headers, secrets: readonly Secret[]): Verification {
  const signed = readSigned(headers);
  if ('reason' in signed) return hopeless(() => signed);
  const { id, timestamp, signatures } = signed;
  const ageAt = (now: number) => Math.floor(now / 1000) - timestamp;
  // Most messages have one signature and need no parsing.
  const candidates = v1Signature.test(signatures) ? [signatures] : readCandidates(signatures);
  if (typeof candidates === 'string')
    return hopeless((now) => rejected(candidates, SIGNATURE_HEADER, ageAt(now)));
  const hmacs = secrets.map((secret) => beginSigning({ id, timestamp }, secret));
  return {
    isHopeless: false,
    update(chunk) {
      for (const hmac of hmacs) hmac.update(chunk);
    },
    conclude(now, tolerance = TOLERANCE_SECONDS) {
      const age = ageAt(now);
      const secretIndex = hmacs.findIndex((hmac) => {
        const expected = entryOf(hmac);
        return candidates.some((candidate) => isEqual(candidate, expected));
      });
      if (secretIndex === -1) return rejected('signature_mismatch', SIGNATURE_HEADER, age);
      if (age > tolerance) return rejected('too_old', TIMESTAMP_HEADER, age);
      if (age < -tolerance) return rejected('too_new', TIMESTAMP_HEADER, age);
      return { verified: true, secretIndex, age };
    },
  };
}

function hopeless(conclude: (now: number) => Rejected): Verification {
  return { isHopeless: true, update() {}, conclude };
}

function rejected(reason: RejectionReason, header: string, age: number): Rejected {
  return { verified: false, reason, headers: [header], age };
}

interface SignedHeaders {
  readonly id: string;
  /** Whole seconds since 1970. */
  readonly timestamp: number;
  readonly signatures: string;
}

/** The values of the three signed headers, or why they cannot be used. */
function readSigned(headers: Headers): SignedHeaders | Rejected {
  const found = findSigned(headers);
  const [id, timestampText, signatures] = found.values;
  if (id === '' || timestampText === '' || signatures === '') {
    const missing = SIGNED_HEADERS.filter((_, index) => found.values[index] === '');
    return { verified: false, reason: 'missing_header', headers: missing };
  }
  if (found.count > SIGNED_HEADERS.length) {
    const repeated = SIGNED_HEADERS.filter((_, index) => found.times[index]! > 1);
    return { verified: false, reason: 'repeated_header', headers: repeated };
  }
  if (!canonicalTimestamp.test(timestampText)) {
    return { verified: false, reason: 'malformed_timestamp', headers: [TIMESTAMP_HEADER] };
  }
  return { id, timestamp: Number(timestampText), signatures };
}

interface SignedValues {
  /** The first non-empty value of each signed header, or an empty string. */
  readonly values: [id: string, timestamp: string, signatures: string];
  /** How often each signed header occurs. */
  readonly times: [number, number, number];
  /** The sum of `times`. */
  count: number;
}

/** A single pass, because it runs for every message that `listen` and test suites verify. */
function findSigned(headers: Headers): SignedValues {
  const found: SignedValues = { values: ['', '', ''], times: [0, 0, 0], count: 0 };
  for (const [name, value] of headers) {
    // Skips most other headers without comparing text.
    if (name.length !== ID_HEADER.length && name.length !== SIGNATURE_HEADER.length) continue;
    const index = SIGNED_HEADERS.indexOf(name.toLowerCase());
    if (index === -1) continue;
    found.times[index]! += 1;
    found.count += 1;
    found.values[index] ||= value;
  }
  return found;
}

/** The v1 signatures in the header, or the reason that it has none. */
function readCandidates(signatures: string): string[] | RejectionReason {
  const entries = signatures.split(' ').filter((entry) => entry !== '');
  const candidates = entries.filter((entry) => v1Signature.test(entry));
  if (candidates.length > 0) return candidates;
  const onlyOtherVersions =
    entries.length > 0 && entries.every((entry) => /^v(?!1,)[0-9]+[a-z]*,/.test(entry));
  return onlyOtherVersions ? 'unknown_signature_version' : 'malformed_signature';
}

const [left, right] = [Buffer.alloc(47), Buffer.alloc(47)];

/** Compares two signatures, `v1,` and 44 characters each, in constant time. */
function isEqual(one: string, other: string): boolean {
  left.write(one, 'latin1');
  right.write(other, 'latin1');
  return timingSafeEqual(left, right);
}
