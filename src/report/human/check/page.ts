import { isPartial } from '../../facts/check-groups.ts';
import type { Checked, Counterexampled, Diagnosed, Summary } from '../../facts/index.ts';
import { type HumanOptions, type Paint, time } from '../layout.ts';
import { counterexampleLines } from './counterexamples.ts';
import { conclusionLines, diagnosisLines } from './diagnoses.ts';
import { failureBlocks } from './failures.ts';
import { partLines, skipLines } from './parts.ts';
import { warningLines } from './warnings.ts';

/** The facts of a run, collected before they are printed. */
export interface PageFacts {
  readonly checks: readonly Checked[];
  readonly counterexamples: readonly Counterexampled[];
  readonly diagnoses: readonly Diagnosed[];
}

/** The height of a common terminal, in lines: of a longer page, only the end is visible. */
const SCREEN_LINES = 24;

/**
 * A run for people: the diagnoses, one line for each part of the battery, one failure for each diagnosis with its
 * exchange, the warnings, the skips and the counts. A long page ends with the diagnoses again.
 */
export function pageLines(
  { checks, counterexamples, diagnoses }: PageFacts,
  summary: Summary,
  options: HumanOptions,
): string[] {
  const { out, isQuiet } = options;
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
    ...(isGood ? [] : [countLine(summary, out)]),
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
export function countLine({ checks, total, duration_ms: durationMs }: Summary, paint: Paint): string {
  const { passed, failed, warned, skipped } = checks!;
  const counts = [
    paint.good(`${passed} passed`),
    ...(failed > 0 ? [paint.bad(`${failed} failed`)] : []),
    ...(warned > 0 ? [paint.warn(`${warned} ${warned === 1 ? 'warning' : 'warnings'}`)] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
  const all = passed + failed + warned + skipped;
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  return `${counted(all, 'check')}: ${counts}; ${counted(total, 'message')} in ${time(durationMs)}`;
}
