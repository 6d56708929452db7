import { cleanText } from '../clean.ts';
import type { Checked, Diagnosed } from '../facts/index.ts';

/** Failures as commands of GitHub's runner, which shows them on the run and the pull request. */
export function annotations(checks: readonly Checked[], diagnoses: readonly Diagnosed[]): string[] {
  const explained = new Set(diagnoses.flatMap((diagnosis) => diagnosis.checks));
  return [
    ...diagnoses.map(({ certain, message, fix, checks: failed }) =>
      annotation(
        'error',
        `check: ${certain ? '' : 'likely: '}${message}`,
        `${failed.join(', ')}\nfix: ${fix}`,
      ),
    ),
    ...checks.flatMap((check) => {
      const level = check.failed ? 'error' : check.status === 'warn' ? 'warning' : undefined;
      const isExplained = check.failed && explained.has(check.name);
      return level && !isExplained ? [annotation(level, `check ${check.name}`, describe(check))] : [];
    }),
  ];
}

function describe({ sends, expects, got, fix }: Checked): string {
  return `sends ${sends}, expects ${expects}, got ${got}\nfix: ${fix}`;
}

function annotation(level: 'error' | 'warning', title: string, message: string): string {
  return `::${level} title=${escapeProperty(title)}::${escapeData(message)}`;
}

/** Escapes the message of a command as GitHub's toolkit does. */
function escapeData(text: string): string {
  return cleanText(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
