import { cleanLine, cut } from '../../clean.ts';
import type { Diagnosed } from '../../facts/index.ts';
import type { HumanOptions, Paint } from '../layout.ts';
import { MAX_EVIDENCE_LENGTH } from './limits.ts';

/** Lines of evidence for one diagnosis, without --verbose. */
const MAX_EVIDENCE = 4;

/** A diagnosis with its evidence and fix. */
export function diagnosisLines(fact: Diagnosed, { out, isVerbose }: HumanOptions): string[] {
  const hints = fact.hints.filter(({ framework }) => isVerbose || framework === fact.framework);
  return [
    headline(fact, out),
    ...fact.evidence
      .slice(0, isVerbose ? undefined : MAX_EVIDENCE)
      .map((line) => `  ${out.faint('evidence')}: ${cleanLine(cut(line, MAX_EVIDENCE_LENGTH))}`),
    ...(fact.evidence.length > MAX_EVIDENCE && !isVerbose
      ? [`  ${out.faint(`${fact.evidence.length - MAX_EVIDENCE} more with --verbose`)}`]
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
