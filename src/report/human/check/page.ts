import { isPartial } from '../../facts/check-groups.ts';
import type { Checked, Diagnosed, Summary } from '../../facts/index.ts';
import { type HumanOptions, type PageFacts, type Paint, time } from '../layout.ts';
import { counterexampleLines } from './counterexamples.ts';
import { conclusionLines, diagnosisLines } from './diagnoses.ts';
import { failureBlocks } from './failures.ts';
import { partLines, skipLines } from './parts.ts';
import { warningLines } from './warnings.ts';

/** The height of a common terminal, in lines: of a longer page, only the end is visible. */
const SCREEN_LINES = 24;

/**
 * A run for people: the diagnoses, one line for each part of the battery, one failure for each diagnosis with its
 * exchange, the warnings, the skips and the counts. A long page ends with the diagnoses again.
 */
export function pageLines(
  { checks: results, counterexamples, diagnoses }: PageFacts,
  summary: Summary,
  options: HumanOptions,
): string[] {
  const { out, isQuiet } = options;
  // They fail the run, but show nothing about the handler.
  const isNotRun = ({ code }: Checked) => code === 'run-ended';
  const checks = results.map((check) => (isNotRun(check) ? { ...check, failed: false } : check));
  const warned = checks.filter(({ status, failed }) => status === 'warn' && !failed);
  const isGood = isQuiet && summary.ok;
  const top = [
    ...diagnoses.flatMap((fact, index) => diagnosisLines(fact, diagnoses[index - 1], options)),
    ...(isQuiet ? [] : partLines(checks, out)),
    ...(isUnanswered(diagnoses) ? [] : failureBlocks(checks, diagnoses, options)),
    ...counterexamples.flatMap((fact) => counterexampleLines(fact, out)),
    ...(isGood ? [] : warningLines(warned, options)),
    ...(isQuiet ? [] : skipLines(checks, out)),
  ];
  return [
    ...top,
    ...(top.length > SCREEN_LINES ? diagnoses.flatMap((fact) => conclusionLines(fact, out)) : []),
    ...(isGood ? [] : [countLine(summary, out, results.filter(isNotRun).length)]),
    ...(isQuiet || !summary.ok || isPartial(checks) ? [] : unseen.map((line) => out.faint(line))),
  ];
}

/** What the checks of a run without --observe do not show, in lines. */
export const unseen = [
  'Not visible in responses: whether the handler acts twice on a repeated message,',
  'or on a forged one before it rejects it. With --observe, check tests that too.',
];

/** Whether the diagnosis says all there is: the handler did not respond to the first message. */
function isUnanswered(diagnoses: readonly Diagnosed[]): boolean {
  return diagnoses.some(({ code }) => code === 'no-answer');
}

/** The counts of a run, such as `2 checks: 1 passed, 1 failed; 3 messages in 12 ms`. */
export function countLine(
  { checks, total, duration_ms: durationMs }: Summary,
  paint: Paint,
  notRun = 0,
): string {
  const { passed, failed: failedOrNotRun, warned, skipped } = checks!;
  const failed = failedOrNotRun - notRun;
  const counts = [
    paint.good(`${passed} passed`),
    ...(failed > 0 ? [paint.bad(`${failed} failed`)] : []),
    ...(warned > 0 ? [paint.warn(`${warned} ${warned === 1 ? 'warning' : 'warnings'}`)] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(notRun > 0 ? [`${notRun} not run`] : []),
  ].join(', ');
  const all = passed + failedOrNotRun + warned + skipped;
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  return `${counted(all, 'check')}: ${counts}; ${counted(total, 'message')} in ${time(durationMs)}`;
}
