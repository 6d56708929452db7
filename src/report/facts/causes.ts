import { SIGNATURE_HEADER } from '../../message.ts';
import type { SignatureExplanation } from '../../signature/explain/explain.ts';
import type { ObservationCode } from '../../signature/explain/observations.ts';
import { MOST_SECRETS } from '../../signature/explain/plans.ts';
import type { Change } from '../../signature/explain/reading.ts';
import type { SignatureMatch } from '../../signature/explain/trial.ts';
import { maskSecret, type Secret } from '../../signature/secret.ts';
import type { ChangeWords } from '../words/change-form.ts';

import { explainChange } from '../words/changes.ts';
import { explainObservation } from '../words/observations.ts';
import type { Cause } from './index.ts';

/** Why a message was refused, in words. */
export interface CausesFound {
  /** Whether the signature fits once what the causes name is put right. */
  readonly explained: boolean;
  /** The smallest changes that make it fit, all that are equally small; and what is certain beside that. */
  readonly causes: Cause[];
  /** What is left when nothing fits. */
  readonly unexplained: string | null;
}

/** Puts an explanation into words. `source` says where the secrets come from. */
export function causesFound(
  explanation: SignatureExplanation,
  secrets: readonly Secret[],
  source: string,
): CausesFound {
  const { findings, observations, verdict } = explanation;
  // Found as it stands: then the signature is right, and only its time is not.
  const mistakes = findings.filter(({ changes }) => changes.length > 0);
  const fits =
    verdict.verified || verdict.reason === 'too_old' || verdict.reason === 'too_new' || mistakes.length > 0;
  const named = new Set(mistakes.flatMap(({ changes }) => changes.map(({ code }) => code)));
  // What is missing under one name was found under another.
  const isTold = (code: string) => named.has('other_header_names') && code.startsWith('headers_');
  const seen = observations.filter(({ code }) => !isTold(code));
  const isCertain = seen.some(({ code }) => certain.includes(code));
  return {
    explained: fits,
    causes: unlike([
      ...mistakes.map((finding) => proven(finding, explanation, secrets)),
      ...seen.map((observation) => ({
        codes: [observation.code],
        ...explainObservation(observation),
        evidence: null,
      })),
    ]),
    unexplained: fits || isCertain ? null : whatIsLeft(explanation, secrets, source),
  };
}

/** What is seen and leaves nothing to guess: without it, nothing could fit. */
const certain: readonly ObservationCode[] = [
  'signature_empty',
  'signature_not_set',
  'signature_asymmetric_only',
  'body_empty',
  'body_object_text',
];

/** Causes that read alike are told once. */
function unlike(causes: readonly Cause[]): Cause[] {
  return [...new Map(causes.map((cause) => [cause.message, cause])).values()];
}

function proven(
  finding: SignatureMatch,
  { receivedBytes }: SignatureExplanation,
  secrets: readonly Secret[],
): Cause {
  const words = finding.changes.map(explainChange);
  return {
    codes: finding.changes.map(({ code }) => code),
    message: unique(words.map(({ message: what }) => what)).join('; and '),
    evidence: evidence(finding, receivedBytes, secrets),
    fix: unique(words.map(({ fix }: ChangeWords) => fix)).join('; and '),
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
  const bytes =
    signedBytes === receivedBytes ? '' : `, over ${signedBytes} bytes in place of ${receivedBytes}`;
  const fit = isPart ? 'what is left of it fits' : 'fits exactly';
  const isOther = changes.some(({ code }) => code === 'secret_empty_key' || code === 'secret_not_set');
  const key = isOther || !secret ? 'such a key' : maskSecret(secret.text);
  return `put right, signature ${entry} ${fit} with ${key}${bytes}`;
}

/** What JSON's numbers may have gone through, by how likely it is. */
const rewritten: Record<SignatureExplanation['numbers'], string> = {
  none: '',
  possible:
    '; numbers may have been rewritten (1.0 becomes 1) if something parsed the body and wrote it again, and nothing can undo that',
  likely:
    '; numbers may have been rewritten: one of them is as a program writes what it cannot hold (a long integer is rounded), and nothing can undo that',
};

/** Why not all was tried. */
const limits: Record<SignatureExplanation['limit'], string> = {
  none: '',
  body: ' (the body is too large to be written in every style)',
  work: ' (and there the search ended, lest it take too long)',
  secrets: ` (with the first ${MOST_SECRETS} secrets)`,
};

function whatIsLeft(
  { tried, limit, numbers, verdict }: SignatureExplanation,
  secrets: readonly Secret[],
  source: string,
): string {
  if (tried === 0) {
    const isSigned = verdict.verified || !verdict.headers?.includes(SIGNATURE_HEADER);
    return isSigned ? 'of these headers no signed text can be made' : 'there is no signature to compare with';
  }
  const more = secrets.length > 3 ? ' and others' : '';
  const shown =
    secrets
      .slice(0, 3)
      .map(({ text }) => maskSecret(text))
      .join(' or ') + more;
  return (
    `nothing fits${rewritten[numbers]}. ${tried} combinations of usual mistakes were tried${limits[limit]}. ` +
    `Left: another secret than ${shown} from ${source}, or the body, id or timestamp was really changed`
  );
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
