import type { Explanation } from '../signature/explain/explain.ts';
import type { Change } from '../signature/explain/reading.ts';
import type { Finding } from '../signature/explain/trial.ts';
import { maskSecret, type Secret } from '../signature/secret.ts';
import { type ChangeWords, explainChange } from './change-words.ts';
import type { CauseFound } from './facts.ts';
import { explainObservation } from './observation-words.ts';

/** Why a message was refused, in words. */
export interface CausesFound {
  /** Whether the signature fits once what the causes name is put right. */
  readonly fits: boolean;
  /** The smallest changes that make it fit, all that are equally small; and what is certain beside that. */
  readonly causes: CauseFound[];
  /** What is left when nothing fits. */
  readonly left: string | null;
}

/** Puts an explanation into words. `source` says where the secrets come from. */
export function causesFound(
  explanation: Explanation,
  secrets: readonly Secret[],
  source: string,
): CausesFound {
  const { findings, observations, verdict } = explanation;
  const isSignedRightly = findings.some(({ changes }) => changes.length === 0);
  const named = new Set(findings.flatMap(({ changes }) => changes.map(({ code }) => code)));
  // What is missing under one name was found under another.
  const isTold = (code: string) => named.has('other_header_names') && code.startsWith('headers_');
  const seen = observations.filter(({ code }) => !isTold(code));
  return {
    fits: verdict.verified || findings.length > 0,
    causes: [
      ...(isSignedRightly ? [] : findings.map((finding) => proven(finding, explanation, secrets))),
      ...seen.map((observation) => ({
        codes: [observation.code],
        ...explainObservation(observation),
        evidence: null,
      })),
    ],
    left: verdict.verified || findings.length > 0 ? null : whatIsLeft(explanation, secrets, source),
  };
}

function proven(finding: Finding, { receivedBytes }: Explanation, secrets: readonly Secret[]): CauseFound {
  const words = finding.changes.map(explainChange);
  return {
    codes: finding.changes.map(({ code }) => code),
    what: unique(words.map(({ what }) => what)).join('; and '),
    evidence: evidence(finding, receivedBytes, secrets),
    fix: unique(words.map(({ fix }: ChangeWords) => fix)).join('; and '),
  };
}

function evidence(
  { changes, entry, secretIndex, signedBytes }: Finding,
  receivedBytes: number,
  secrets: readonly Secret[],
): string {
  const secret = secrets[secretIndex];
  const isPart = changes.some(
    ({ code }: Change) => code === 'signature_cut' || code === 'signature_lower_case',
  );
  const bytes =
    signedBytes === receivedBytes ? '' : `, over ${signedBytes} bytes in place of ${receivedBytes}`;
  const fit = isPart ? 'what is left of it fits' : 'fits exactly';
  return `put right, signature ${entry} ${fit} with ${secret ? maskSecret(secret.text) : 'the secret'}${bytes}`;
}

/** What JSON's numbers may have gone through, by how likely it is. */
const rewritten: Record<Explanation['numbers'], string> = {
  none: '',
  possible:
    '; numbers may have been rewritten (1.0 becomes 1) if something parsed the body and wrote it again, and nothing can undo that',
  likely:
    '; numbers may have been rewritten: one of them is as a program writes what it cannot hold (a long integer is rounded), and nothing can undo that',
};

function whatIsLeft(
  { tried, isComplete, numbers }: Explanation,
  secrets: readonly Secret[],
  source: string,
): string {
  if (tried === 0) return 'there is no signature to compare with';
  const shown = secrets.map(({ text }) => maskSecret(text)).join(' or ');
  const limit = isComplete ? '' : ' (the body is too large to try everything)';
  return (
    `nothing fits${rewritten[numbers]}. ${tried} combinations of usual mistakes were tried${limit}. ` +
    `Left: another secret than ${shown} from ${source}, or the body, id or timestamp was really changed`
  );
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
