import type { CheckRun, CheckStatus } from '../../check-protocol.ts';
import { count, duration, plural } from '../text/words.ts';

export const having = (checks: readonly { readonly status: CheckStatus }[], wanted: CheckStatus) =>
  checks.filter(({ status }) => status === wanted).length;

/** Such as `6 of 119 checks failed`. */
export function titleOf({ checks, ended }: CheckRun): string {
  const failed = having(checks, 'fail');
  const [number, word] = failed > 0 ? [failed, 'failed'] : [having(checks, 'pass'), 'passed'];
  const result = `${count(number)} of ${plural(checks.length, 'check')} ${word}`;
  return ended === null ? result : `Ended early: ${result}`;
}

/** Why the remaining checks of a run have no result. */
export const whyEnded = (reason: string) =>
  reason === 'stopped'
    ? 'The remaining checks did not run because the run was stopped.'
    : `The remaining checks did not run: ${reason}.`;

/** What the title leaves out, such as `110 passed, 3 skipped, 230 messages in 290 ms`. */
export function restOf({ checks, messages, durationMs }: CheckRun): string {
  const failed = having(checks, 'fail');
  const counts: readonly (readonly [number, string])[] = [
    [failed > 0 ? having(checks, 'pass') : 0, 'passed'],
    [having(checks, 'warn'), having(checks, 'warn') === 1 ? 'warning' : 'warnings'],
    [having(checks, 'skip'), 'skipped'],
  ];
  return [
    ...counts.filter(([number]) => number > 0).map(([number, word]) => `${count(number)} ${word}`),
    `${plural(messages, 'message')} in ${duration(durationMs)}`,
  ].join(', ');
}

/** The first names, and how many there are besides. */
export function someNames(names: readonly string[], most = 4): string {
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${count(names.length - most)} more` : shown;
}

/** The response to the message that a check is about. Responses to related messages follow it; the details show them. */
export const firstOf = (got: string) => got.split('; ')[0]!.slice(0, 200);
