import type { Sentences } from '../../errors.ts';
import { cleanText } from '../clean.ts';
import type { Checked, Diagnosed } from '../facts/index.ts';

/** What failed as commands of GitHub's runner, which it shows at the run and the pull request. */
export function annotations(checks: readonly Checked[], diagnoses: readonly Diagnosed[]): string[] {
  const explained = new Set(diagnoses.flatMap((diagnosis) => diagnosis.checks));
  return [
    ...diagnoses.map(({ certain: sure, message: says, fix, checks: failed }) =>
      annotation('error', `check: ${sure ? '' : 'likely '}${says}`, `${failed.join(', ')}\nfix: ${fix}`),
    ),
    ...checks.flatMap((check) => {
      const level = check.failed ? 'error' : check.status === 'warn' ? 'warning' : undefined;
      const isExplained = check.failed && explained.has(check.name);
      return level && !isExplained ? [annotation(level, `check ${check.name}`, sentence(check))] : [];
    }),
  ];
}

/** What kept a check from being run. */
export function errorAnnotation({ message: what, detail: why, fix: advice }: Sentences): string {
  return annotation('error', `check: ${what}`, `${why}\ntry: ${advice}`);
}

function sentence({ sends, expects, got: found, fix: mend }: Checked): string {
  return `sends ${sends}, expects ${expects}, got ${found}\nmend: ${mend}`;
}

function annotation(level: 'error' | 'warning', title: string, message: string): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

/** As GitHub's own toolkit escapes what a command says. */
function escapeData(text: string): string {
  return cleanText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
