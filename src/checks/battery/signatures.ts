import { randomBytes } from 'node:crypto';
import { changeHeader, type Message, SIGNATURE_HEADER } from '../../message.ts';
import type { Check } from '../check.ts';
import { accepting } from '../findings.ts';
import type { Sample } from '../samples.ts';
import { accepts, messageOf } from './row.ts';

/** Signature lists that contain the valid signature. */
export function signatureChecks(base: Sample): Check[] {
  const part = 'signatures';
  const listing = (list: (valid: string) => string) =>
    accepting(part, (bench) => relist(messageOf(base, bench), list));
  const rotation = {
    ...accepts,
    part,
    meaning: 'does not accept a message that is signed with two secrets',
    why: 'during a secret rotation, Scalekit signs with both secrets, and a handler that reads only one signature rejects events',
    fix: 'compare with each entry of webhook-signature, split at spaces, as the verifiers in the SDKs do',
  };
  const version = {
    ...accepts,
    part,
    meaning: 'does not accept a valid signature next to one of an unknown version',
    why: 'Standard Webhooks lets senders add signature versions, and verifiers skip unknown ones',
    fix: 'skip entries of webhook-signature that do not start with v1,',
  };
  return [
    {
      ...rotation,
      name: 'two-signatures-valid-first',
      sends: 'two signatures, the valid one first',
      run: listing((valid) => `${valid} v1,${otherDigest()}`),
    },
    {
      ...rotation,
      name: 'two-signatures-valid-last',
      sends: 'two signatures, the valid one last',
      run: listing((valid) => `v1,${otherDigest()} ${valid}`),
    },
    {
      ...version,
      name: 'unknown-version-after',
      sends: 'the valid signature followed by one of version v2',
      run: listing((valid) => `${valid} v2,${otherDigest()}`),
    },
    {
      ...version,
      name: 'unknown-version-before',
      sends: 'a signature of version v2 followed by the valid one',
      run: listing((valid) => `v2,${otherDigest()} ${valid}`),
    },
  ];
}

/** Within the five minutes of every SDK, with a margin for a slow response. */
const SKEW_SECONDS = 290;

/** Clock differences within the tolerance. */
export function clockChecks(base: Sample): Check[] {
  const part = 'clock';
  const skewed = (seconds: number) =>
    accepting(part, (bench) => bench.sign(bench.content(base.build(bench.materials.now()).body, seconds)));
  const words = {
    ...accepts,
    part,
    meaning: 'tolerates less clock difference than the five minutes that every SDK tolerates',
    why: 'clocks differ, and deliveries can be delayed, so a strict handler rejects valid messages that arrive late',
    fix: 'tolerate 300 seconds in the past and in the future, as the SDKs do',
  };
  return [
    {
      ...words,
      name: 'slow-clock',
      sends: `a message that is ${SKEW_SECONDS} s old`,
      run: skewed(-SKEW_SECONDS),
    },
    {
      ...words,
      name: 'fast-clock',
      sends: `a message that is dated ${SKEW_SECONDS} s in the future`,
      run: skewed(SKEW_SECONDS),
    },
  ];
}

function relist({ headers, body }: Message, list: (valid: string) => string): Message {
  return { body, headers: changeHeader(headers, SIGNATURE_HEADER, list) };
}

/** 32 random bytes: a signature that looks valid but does not match. */
function otherDigest(): string {
  return randomBytes(32).toString('base64');
}
