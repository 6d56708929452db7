import { cleanLine, cut } from '../clean.ts';
import type { CheckRunReport } from '../facts/check.ts';
import type { Checked } from '../facts/index.ts';

/** Characters of what was found that stand in a table. */
const LONGEST = 300;
const marks: Record<Checked['status'], string> = { pass: '✅', fail: '❌', warn: '⚠️', skip: '⏭️' };

/** A run as Markdown, for a file or the summary of a step: what is wrong, the counts, and what failed. */
export function markdownReport({ target, checks, diagnoses, summary }: CheckRunReport): string {
  const { passed, failed, warned, skipped } = summary.checks!;
  const bad = checks.filter(({ status }) => status !== 'pass');
  return [
    `## ${summary.ok ? marks.pass : marks.fail} scalekit-hooks check`,
    '',
    `${code(target)}: ${passed} passed, ${failed} failed, ${warned} warned, ${skipped} skipped; ${summary.total} messages.`,
    '',
    ...diagnoses.flatMap(({ certain: sure, message: says, evidence, fix, hints }) => [
      `### ${sure ? '' : 'Likely: '}${plain(says)}`,
      '',
      ...evidence.map((line) => `- shown by: ${plain(cut(line, LONGEST))}`),
      `- **fix**: ${plain(fix)}`,
      ...(hints.length > 0
        ? [
            '',
            '| framework | how |',
            '|---|---|',
            ...hints.map(({ framework, fix }) => `| ${framework} | ${code(fix)} |`),
          ]
        : []),
      '',
    ]),
    ...(bad.length > 0
      ? ['| | check | sends | expects | got | mend |', '|---|---|---|---|---|---|', ...bad.map(row), '']
      : []),
  ].join('\n');
}

function row({ status, failed, name, sends, expects, got: found, fix: mend }: Checked): string {
  const cells = [
    marks[failed ? 'fail' : status],
    code(name),
    plain(sends),
    plain(expects),
    plain(cut(found, LONGEST)),
    plain(mend),
  ];
  return `| ${cells.join(' | ')} |`;
}

/** Text as Markdown that shows it as it is: no links, no HTML, no table, one line. */
function plain(text: string): string {
  return cleanLine(text)
    .replace(/[\\`*_{}[\]()#+!|~@]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('://', ':&#47;&#47;');
}

/** Text in a box of fixed width. HTML's own, since no number of backticks holds in a table. */
function code(text: string): string {
  return `<code>${plain(text)}</code>`;
}
