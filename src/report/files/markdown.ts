import { cleanLine, cut } from '../clean.ts';
import type { CheckRunReport } from '../facts/check.ts';
import type { Checked, Diagnosed } from '../facts/index.ts';

/** The longest response or evidence that is shown, in characters. */
const MAX_LENGTH = 300;
const marks: Record<Checked['status'], string> = { pass: '✅', fail: '❌', warn: '⚠️', skip: '⏭️' };

/** A run as Markdown, for a file or a job summary: the counts, the diagnoses, and the checks that did not pass. */
export function markdownReport(report: CheckRunReport): string {
  const { target, checks, counterexamples, diagnoses, summary } = report;
  const { passed, failed, warned, skipped } = summary.checks!;
  const bad = checks.filter(({ status }) => status !== 'pass');
  return [
    `## ${summary.ok ? marks.pass : marks.fail} scalekit-hooks check`,
    '',
    `${code(target)}: ${passed} passed, ${failed} failed, ${warned} ${warned === 1 ? 'warning' : 'warnings'}, ${skipped} skipped; ${summary.total} ${summary.total === 1 ? 'message' : 'messages'}.`,
    '',
    ...diagnoses.flatMap(({ certain, message, evidence, fix, hints, framework }) => [
      `### ${certain ? '' : 'Likely: '}${plain(message)}`,
      '',
      ...evidence.map((line) => `- evidence: ${plain(cut(line, MAX_LENGTH))}`),
      `- **fix**: ${plain(fix)}`,
      ...hintTable(framework === null ? hints : hints.filter((hint) => hint.framework === framework)),
      '',
    ]),
    ...(bad.length > 0
      ? ['| | check | sends | expects | got | fix |', '|---|---|---|---|---|---|', ...bad.map(row), '']
      : []),
    ...counterexamples.map(
      ({ event_type: type, got, differences }) =>
        `- ${code(type)}: ${plain(got)}, where ${plain(cut(differences.join(' and '), MAX_LENGTH))}`,
    ),
    ...(counterexamples.length > 0 ? [''] : []),
  ].join('\n');
}

function hintTable(hints: Diagnosed['hints']): string[] {
  if (hints.length === 0) return [];
  return [
    '',
    '| framework | fix |',
    '|---|---|',
    ...hints.map(({ framework, fix }) => `| ${framework} | ${code(fix)} |`),
  ];
}

function row({ status, failed, name, sends, expects, got, fix }: Checked): string {
  const cells = [
    marks[failed ? 'fail' : status],
    code(name),
    plain(sends),
    plain(expects),
    plain(cut(got, MAX_LENGTH)),
    plain(fix),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Escapes text for Markdown, so that it renders literally on one line: no links, HTML or tables. */
function plain(text: string): string {
  return cleanLine(text)
    .replace(/[\\`*_{}[\]()#+!|~@]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('://', ':&#47;&#47;');
}

/** Inline code. As HTML, because backticks cannot be escaped reliably inside a table. */
function code(text: string): string {
  return `<code>${plain(text)}</code>`;
}
