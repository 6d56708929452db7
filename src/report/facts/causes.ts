import { SIGNATURE_HEADER } from '../../message.ts';
import type { SignatureExplanation } from '../../signature/explain/explain.ts';
import type { ObservationCode } from '../../signature/explain/observations.ts';
import { MAX_SECRETS } from '../../signature/explain/plans.ts';
import type { Change } from '../../signature/explain/reading.ts';
import type { SignatureMatch } from '../../signature/explain/trial.ts';
import { maskSecret, type Secret } from '../../signature/secret.ts';
import type { RejectionReason } from '../../signature/verdict.ts';
import { explainChange } from '../words/changes.ts';
import { explainObservation } from '../words/observations.ts';
import type { Cause } from './index.ts';

/** Why a message was rejected, in words. */
export interface CausesFound {
  /** Whether undoing what the causes name makes the signature match. */
  readonly explained: boolean;
  /** Every smallest set of changes that makes the signature match, then other certain observations. */
  readonly causes: Cause[];
  /** The most likely explanation when nothing makes the signature match. */
  readonly unexplained: string | null;
}

/** Puts an explanation into words. `source` names the place that the secrets come from. */
export function causesFound(
  explanation: SignatureExplanation,
  secrets: readonly Secret[],
  source: string,
): CausesFound {
  const { findings, observations, verdict } = explanation;
  // A finding without changes means that the signature matches and only the timestamp is wrong.
  const mistakes = findings.filter(({ changes }) => changes.length > 0);
  const isExplained =
    verdict.verified ||
    verdict.reason === 'too_old' ||
    verdict.reason === 'too_new' ||
    mistakes.length > 0 ||
    observations.some(({ code }) => code === 'secret_of_other_kind');
  const found = new Set(mistakes.flatMap(({ changes }) => changes.map(({ code }) => code)));
  // A header that was found under another name is not missing.
  // Nor does a signature that was proven lack the right version.
  const isCovered = (code: ObservationCode) =>
    (found.has('other_header_names') && code.startsWith('headers_')) ||
    (found.has('header_repeated') && code === 'headers_repeated') ||
    (mistakes.length > 0 && code === 'signature_asymmetric_only');
  const seen = observations.filter(({ code }) => !isCovered(code));
  const isCertain = seen.some(({ code }) => sufficient.includes(code));
  return {
    explained: isExplained,
    causes: withoutDuplicates([
      ...mistakes.map((finding) => provenCause(finding, explanation, secrets)),
      ...seen.map((observation) => ({
        codes: [observation.code],
        certain: !observation.isLikely,
        ...explainObservation(observation),
        evidence: null,
      })),
    ]),
    unexplained: isExplained || isCertain ? null : describeUnexplained(explanation, secrets, source),
  };
}

/** Observations that explain a rejection completely: with them, no signature could match. */
const sufficient: readonly ObservationCode[] = [
  'headers_lost',
  'headers_not_given',
  'secret_of_other_kind',
  'headers_repeated',
  'signature_empty',
  'signature_not_set',
  'signature_asymmetric_only',
  'signature_masked',
  'body_empty',
  'body_object_text',
  'body_compressed',
  'body_printed',
  'body_truncated',
  'body_not_json',
];

/** Keeps one of several causes with the same text. */
function withoutDuplicates(causes: readonly Cause[]): Cause[] {
  return [...new Map(causes.map((cause) => [cause.message, cause])).values()];
}

function provenCause(
  finding: SignatureMatch,
  { receivedBytes }: SignatureExplanation,
  secrets: readonly Secret[],
): Cause {
  const words = finding.changes.map(explainChange);
  return {
    codes: finding.changes.map(({ code }) => code),
    certain: true,
    message: unique(words.map(({ message }) => message)).join('; and '),
    evidence: evidence(finding, receivedBytes, secrets),
    fix: unique(words.map(({ fix }) => fix)).join('; and '),
  };
}

function evidence(
  { changes, entry, secretIndex, signedBytes }: SignatureMatch,
  receivedBytes: number,
  secrets: readonly Secret[],
): string {
  const secret = secrets[secretIndex];
  const isPart = changes.some(
    ({ code }: Change) => code === 'signature_truncated' || code === 'signature_lower_case',
  );
  const isOtherKey = changes.some(({ code }) => code === 'secret_empty_key' || code === 'secret_not_set');
  const details = [
    ...(isOtherKey || !secret ? [] : [maskSecret(secret.text)]),
    ...(signedBytes === receivedBytes ? [] : [`${signedBytes} bytes instead of ${receivedBytes}`]),
  ];
  const signature = isPart ? `the rest of signature ${entry}` : `signature ${entry}`;
  const matches = isOtherKey
    ? `with that key, ${signature} matches`
    : `after undoing this, ${signature} matches`;
  return details.length > 0 ? `${matches} (${details.join(', ')})` : matches;
}

/** Whether the JSON numbers of the body may have been rewritten. */
const rewritten: Record<SignatureExplanation['numbers'], string> = {
  none: '',
  possible:
    '. Numbers may have been rewritten (1.0 becomes 1) if the body was re-serialized, which cannot be undone',
  likely:
    '. Numbers may have been rewritten, which cannot be undone: one of them looks like a number that a program could not represent (a long integer is rounded)',
};

/** Why the search was incomplete. */
const limits: Record<SignatureExplanation['limit'], string> = {
  none: '',
  body: ' (the body is too large to try every JSON style)',
  work: ' (the search stopped at its limit)',
  secrets: ` (with the first ${MAX_SECRETS} secrets)`,
};

/** The most likely explanation when the header has no signature that a secret and a body could match. */
const otherSigners: Partial<Record<RejectionReason, string>> = {
  malformed_signature:
    'the sender writes webhook-signature incorrectly: it needs v1, followed by the padded base64 of 32 bytes',
  unknown_signature_version: 'another service sent the message: Scalekit signs with version v1',
};

function describeUnexplained(
  { tried, limit, numbers, verdict }: SignatureExplanation,
  secrets: readonly Secret[],
  source: string,
): string {
  if (tried === 0) {
    const isSigned = verdict.verified || !verdict.headers?.includes(SIGNATURE_HEADER);
    return isSigned
      ? 'unknown. The headers do not contain what is needed to compute a signature'
      : 'unknown. The message has no signature to compare with';
  }
  const more = secrets.length > 3 ? ' and others' : '';
  const shown =
    secrets
      .slice(0, 3)
      .map(({ text }) => maskSecret(text))
      .join(', ') + more;
  const likely =
    otherSigners[verdict.verified ? 'signature_mismatch' : verdict.reason] ??
    `a secret other than ${shown} from ${source} signed it, or the body, id or timestamp really changed`;
  return (
    `unknown. None of ${tried.toLocaleString('en-US')} combinations of common mistakes produces this signature${limits[limit]}${rewritten[numbers]}. ` +
    `Most likely ${likely}`
  );
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
