import type { Check, CheckResult } from '../check.ts';
import type { Run } from '../run.ts';
import type { Diagnosis, DiagnosisCode } from './diagnosis.ts';
import {
  clockDrift,
  isType,
  needsOptional,
  partialBody,
  splitCharacters,
  wantsOrder,
} from './partly-accepted.ts';
import { judgeRejection, judgeSilence } from './rejection.ts';
import { crashes, locksOut, noAnswers, notAtOnce, unstable } from './reliability.ts';
import {
  acceptsEverything,
  allowsEverything,
  decides,
  deniesEverything,
  forged,
  noClockCheck,
  rejectsWithSuccess,
  rewrittenBody,
} from './verification.ts';
import { fold, View } from './view.ts';

/** Diagnoses a handler that accepts the plain message. The first pattern that explains a failure claims it. */
function judgePatterns(run: Run): Diagnosis[] {
  const view = new View(run);
  const found = patterns.flatMap((pattern) => {
    const diagnoses = [pattern(view) ?? []].flat();
    for (const { checks } of diagnoses) view.explain(checks);
    return diagnoses;
  });
  const all = [...found, ...leftOver(view)];
  return all.length > 0 ? all : unproven(view);
}

type Pattern = (view: View) => Diagnosis | Diagnosis[] | undefined;

/** A pattern that matches if at least `least` checks are selected. */
function when(code: DiagnosisCode, select: (view: View) => readonly string[], least = 1): Pattern {
  return (view) => {
    const checks = select(view);
    if (checks.length < least) return undefined;
    return { code, isCertain: true, evidence: view.foundBy(checks), checks };
  };
}

const unsigned = ['no-headers', 'no-signature', 'no-id', 'no-timestamp'];
const partly = ['tampered-body', 'tampered-id', 'tampered-timestamp', 'body-only'];
const loose = [
  'unknown-version',
  'truncated-signature',
  'empty-signature',
  'lower-case-signature',
  'hex-signature',
];

/** What a handler that does not look for repeated messages fails as a whole. */
const repeats = ['repeated', 'repeated-re-signed', 'repeated-at-once', 'repeated-after-restart'];

const patterns: readonly Pattern[] = [
  crashes,
  unstable,
  partialBody,
  splitCharacters,
  when('one-connection', (view) => view.having('one-connection')),
  notAtOnce,
  noAnswers,
  locksOut,
  decides,
  rejectsWithSuccess,
  acceptsEverything,
  allowsEverything,
  deniesEverything,
  when('breaks-contract', (view) =>
    view.failed(({ check, code }) => code === 'contract-broken' && isDeciding(check)).length > 0
      ? view.having('contract-broken')
      : [],
  ),
  when('signature-not-checked', (view) =>
    view.having('accepted', forged).length === forged.length &&
    view.having('accepted', ['no-headers']).length === 0
      ? view.having('accepted')
      : [],
  ),
  knownFirst,
  when('unsigned-accepted', (view) => view.having('accepted', unsigned)),
  noClockCheck,
  when('no-age-check', (view) => view.having('accepted', ['stale'])),
  when('no-future-check', (view) => view.having('accepted', ['future'])),
  when('body-not-covered', (view) => view.having('accepted', partly)),
  when('empty-key-accepted', (view) => view.having('accepted', ['empty-key'])),
  when('text-key-accepted', (view) => view.having('accepted', ['secret-as-text'])),
  when('loose-comparison', (view) => view.having('accepted', loose)),
  rewrittenBody,
  clockDrift,
  when('rejects-with-5xx', (view) => {
    const rejected = view.having('rejected-with-5xx');
    // The same missing catch.
    const odd = view.failed(({ check, code }) => check.part === 'odd-bodies' && code === 'answered-5xx');
    return rejected.length > 0 ? [...rejected, ...odd] : [];
  }),
  when('rejects-with-3xx', (view) =>
    view.having('rejected-with-3xx').length > 0
      ? [...view.having('rejected-with-3xx'), ...view.having('redirected', ['no-redirect'])]
      : [],
  ),
  when('one-signature-only', (view) =>
    view.hasFailed('two-signatures-valid-first') && view.hasFailed('two-signatures-valid-last')
      ? failedLists(view)
      : [],
  ),
  when('first-signature-only', (view) =>
    view.hasFailed('two-signatures-valid-last') ? failedLists(view) : [],
  ),
  needsOptional,
  wantsOrder,
  when('acts-on-repeats', (view) => (view.hasFailed('repeated') ? view.having('acted-again', repeats) : [])),
  when('rejects-types', (view) => view.failed((result) => isType(result) || isUnknownType(result)), 2),
];

/**
 * A handler that looks for duplicates before it verifies knows the missing id of an earlier message too: messages without
 * an id are accepted for that reason.
 */
function knownFirst(view: View): Diagnosis | undefined {
  const [known] = view.having('accepted', ['known-id']);
  const result = view.run.results.find(({ check }) => check.name === known);
  if (!result || view.having('accepted', ['no-signature', 'no-timestamp']).length > 0) return undefined;
  const checks = ['known-id', ...view.having('accepted', ['no-id', 'no-headers'])];
  return { code: 'known-id', result, isCertain: true, evidence: view.foundBy(checks), checks };
}

/** Whether a check is of an interceptor's basic response: if that breaks the contract, all others do too. */
function isDeciding({ aliases }: Check): boolean {
  return aliases?.includes('decides') ?? false;
}

function isUnknownType({ check }: CheckResult): boolean {
  return check.name === 'unknown-type';
}

function failedLists(view: View): string[] {
  return view.failed(({ check }) => check.part === 'signatures');
}

/** Failures that no pattern explains; each check supplies the wording. */
function leftOver(view: View): Diagnosis[] {
  const byMeaning = new Map<string, CheckResult[]>();
  for (const result of view.run.results) {
    if (result.status !== 'fail' || view.isExplained(result)) continue;
    const meaning = `${result.code} ${result.check.meaning}`;
    byMeaning.set(meaning, [...(byMeaning.get(meaning) ?? []), result]);
  }
  return [...byMeaning.values()].map((results) => {
    const checks = results.map(({ check }) => check.name);
    const [result] = results as [CheckResult];
    return { code: result.check.name, result, isCertain: true, evidence: fold(results), checks };
  });
}

/** Nothing failed, but some checks proved nothing, so the handler is not known to be correct. */
function unproven({ run }: View): Diagnosis[] {
  const results = run.results.filter(({ code }) => code === 'inconclusive');
  return results.length > 0
    ? [{ code: 'inconclusive', isCertain: false, evidence: fold(results), checks: [] }]
    : [];
}

/** Diagnoses a run, the fault that explains most first. Empty for a handler without failures. */
export function judge(run: Run): Diagnosis[] {
  const [first] = run.results;
  if (!first || first.code === 'run-ended') return [];
  if (first.code === 'no-answer') return judgeSilence(run, first);
  return first.status === 'fail' ? judgeRejection(run, first) : judgePatterns(run);
}
