import { cleanLine, cut } from '../../clean.ts';
import type { Diagnosed } from '../../facts/index.ts';
import type { HumanOptions, Paint } from '../layout.ts';
import { MAX_EVIDENCE_LENGTH } from './limits.ts';

/** Lines of evidence for one diagnosis, without --verbose. */
const MAX_EVIDENCE = 4;

/** A diagnosis with its evidence and fix. `before` is the one above it. */
export function diagnosisLines(
  fact: Diagnosed,
  before: Diagnosed | undefined,
  { out, isVerbose }: HumanOptions,
): string[] {
  // Likely causes rest on the same responses.
  const isRepeated = before !== undefined && before.evidence.join('\n') === fact.evidence.join('\n');
  const evidence = isRepeated ? ['the same as above'] : fact.evidence;
  const hints = fact.hints.filter(({ framework }) => isVerbose || framework === fact.framework);
  return [
    headline(fact, out),
    ...evidence
      .slice(0, isVerbose ? undefined : MAX_EVIDENCE)
      .map((line) => `  ${out.faint('evidence')}: ${cleanLine(cut(line, MAX_EVIDENCE_LENGTH))}`),
    ...(evidence.length > MAX_EVIDENCE && !isVerbose
      ? [`  ${out.faint(`${evidence.length - MAX_EVIDENCE} more with --verbose`)}`]
      : []),
    `  ${out.warn('fix')}: ${cleanLine(fact.fix)}`,
    ...hints.map(({ framework, fix }) => `    ${out.name(framework.padEnd(9))} ${cleanLine(fix)}`),
    ...(hints.length === 0 && fact.hints.length > 0
      ? [`    ${out.faint(`--verbose shows the fix in ${fact.hints.length} frameworks`)}`]
      : []),
    '',
  ];
}

function headline({ certain, message }: Diagnosed, paint: Paint): string {
  const mark = certain ? paint.bad('✗') : paint.warn('?');
  return `${mark} ${paint.strong(cleanLine(certain ? message : `likely: ${message}`))}`;
}

/** A diagnosis at the end of a long page. */
export function conclusionLines(fact: Diagnosed, paint: Paint): string[] {
  return [headline(fact, paint), `  ${paint.warn('fix')}: ${cleanLine(fact.fix)}`];
}
