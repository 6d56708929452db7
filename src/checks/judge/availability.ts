import type { Diagnosis } from './diagnosis.ts';
import type { View } from './view.ts';

/** It answered, and then nothing listened any more: what was on its way just before is what did it. */
export function crashes(view: View): Diagnosis | undefined {
  const checks = view.failed(({ found }) => /no answer: (refused|reset)/.test(found));
  const isGone = view.run.exchanges.some(({ outcome }) => !outcome.answered && outcome.failure === 'refused');
  if (!isGone) return undefined;
  const reset = view.failed(({ found }) => found.includes('no answer: reset'));
  const detail = reset.join(', ') || 'the last messages before';
  return { code: 'crashes', isSure: true, evidence: view.tell(checks), checks, detail };
}

/** Some messages have no answer at all. */
export function noAnswers(view: View): Diagnosis | undefined {
  const checks = view.having('no-answer');
  if (checks.length === 0) return undefined;
  const detail = checks.length > 3 ? `${checks.slice(0, 3).join(', ')}, …` : checks.join(', ');
  return { code: 'no-answer-to-some', isSure: true, evidence: view.tell(checks), checks, detail };
}

/** Valid messages are no longer taken once others have come: forged ones, or such as cannot be read. */
export function locksOut(view: View): Diagnosis | undefined {
  const after = view.failed(({ check }) => check.part === 'afterwards');
  if (after.length === 0) return undefined;
  const isForged = after.some((name) => name !== 'after-odd-bodies');
  const odd = isForged ? view.failed(({ check }) => check.part === 'odd-bodies') : [];
  const checks = [...after, ...odd, ...view.failed(({ check }) => check.name === 'burst')];
  const code = isForged ? 'locks-out' : 'breaks-afterwards';
  return { code, isSure: true, evidence: view.tell(checks), checks };
}

/** Checks that send several messages at once by themselves. */
const atOnce = [
  'null-fields',
  'unknown-type',
  'non-ascii-split',
  'duplicates-at-once',
  'deleted-before-created',
  'burst',
];

/** What fails among others goes well by itself. */
export function notAtOnce(view: View): Diagnosis | undefined {
  const alone = view.having('not-at-once');
  if (alone.length === 0) return undefined;
  const checks = [...alone, ...view.having('answered-5xx', atOnce)];
  return { code: 'not-at-once', isSure: true, evidence: view.tell(checks), checks };
}
