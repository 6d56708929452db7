import { randomBytes } from 'node:crypto';
import { changeHeader, type Message, SIGNATURE_HEADER } from '../../message.ts';
import type { Check } from '../check.ts';
import { accepting } from '../findings.ts';
import type { Sample } from '../samples.ts';
import { accepts, messageOf } from './row.ts';

/** Lists of signatures in which the valid one is to be found. */
export function signatureChecks(base: Sample): Check[] {
  const part = 'signatures';
  const listing = (list: (valid: string) => string) =>
    accepting(part, (bench) => relist(messageOf(base, bench), list));
  const rotation = {
    ...accepts,
    part,
    meaning: 'does not take a message with the signatures of two secrets',
    why: 'while a secret is rotated, Scalekit signs with the old and the new one: every event would be refused meanwhile',
    fix: "compare with each entry of webhook-signature, split at blanks, as the SDKs' verifiers do",
  };
  const version = {
    ...accepts,
    part,
    meaning: 'does not take a signature of a version that it does not know beside one that it knows',
    why: 'Standard Webhooks lets senders add versions, and verifiers skip those they do not know',
    fix: 'skip entries of webhook-signature that do not begin with v1,',
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
      sends: 'the valid signature, and one of version v2 after it',
      run: listing((valid) => `${valid} v2,${otherDigest()}`),
    },
    {
      ...version,
      name: 'unknown-version-before',
      sends: 'the valid signature, and one of version v2 before it',
      run: listing((valid) => `v2,${otherDigest()} ${valid}`),
    },
  ];
}

/** Inside the five minutes of every SDK, with room for a slow answer. */
const SKEW_SECONDS = 290;

/** Clocks that differ by less than what is allowed. */
export function clockChecks(base: Sample): Check[] {
  const part = 'clock';
  const skewed = (seconds: number) =>
    accepting(part, (bench) => bench.sign(bench.content(base.build(bench.materials.now()).body, seconds)));
  const words = {
    ...accepts,
    part,
    meaning: 'allows less than the five minutes between two clocks that every SDK allows',
    why: 'clocks differ, and a delivery may wait on its way: what comes late would be refused',
    fix: 'allow 300 seconds either way, as the SDKs do',
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
      sends: `a message that is ${SKEW_SECONDS} s ahead`,
      run: skewed(SKEW_SECONDS),
    },
  ];
}

function relist({ headers, body }: Message, list: (valid: string) => string): Message {
  return { body, headers: changeHeader(headers, SIGNATURE_HEADER, list) };
}

/** What another key would have made: 32 bytes that are like a signature in all but fitting. */
function otherDigest(): string {
  return randomBytes(32).toString('base64');
}
