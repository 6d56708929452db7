import { createHash } from 'node:crypto';
import type { CheckRunReport } from '../facts/check.ts';
import { isPartial, partsOf } from '../facts/check-groups.ts';
import type { Checked } from '../facts/index.ts';
import { countLine, unseen } from '../human/check/page.ts';
import { plain, time } from '../human/layout.ts';
import { counterexampleSection, failureSections, skipSection, warningSection } from './html-findings.ts';
import { style } from './html-style.ts';
import { Markup, markup, nothing } from './markup.ts';

/**
 * A run as one HTML file, which loads nothing and runs no script: the diagnoses and what failed because of each, then
 * the warnings, the skips and every check by group and part.
 */
export function htmlReport(report: CheckRunReport): string {
  const { target, checks, counterexamples, diagnoses } = report;
  const title = titleOf(report);
  return `<!doctype html>\n${
    markup`<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${title}: ${target}</title>
<style>${new Markup(style)}</style>
</head>
<body>
${header(report, title)}
<main>
<div class="findings">
${failureSections(checks, diagnoses)}
${counterexampleSection(counterexamples)}
${warningSection(checks)}
${skipSection(checks)}
${untestedSection(checks)}
</div>
${checks.length > 0 ? allChecks(checks) : nothing}
</main>
</body>
</html>
`.html
  }`;
}

/** Only this style sheet applies; nothing is loaded, executed or submitted. */
function policy(): string {
  const hash = createHash('sha256').update(style).digest('base64');
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
}

function titleOf({ checks, summary }: CheckRunReport): string {
  const { passed, failed } = summary.checks!;
  if (checks.length === 0) return 'The checks did not run';
  const counted = `of ${checks.length} ${checks.length === 1 ? 'check' : 'checks'}`;
  return failed > 0 ? `${failed} ${counted} failed` : `${passed} ${counted} passed`;
}

function header({ target, time: started, checks, summary }: CheckRunReport, title: string): Markup {
  const written = `${started.slice(0, 19).replace('T', ' ')} UTC`;
  return markup`<header>
<p class="brand">scalekit-hooks check</p>
<h1 class="${summary.ok ? 'pass' : 'fail'}">${title}</h1>
<p class="target"><code>${target}</code></p>
<p class="counts">${checks.length > 0 ? `${countLine(summary, plain)}. ` : ''}Started <time datetime="${started}">${written}</time>.</p>
${checks.length > 0 ? meter(checks) : nothing}
</header>`;
}

/** The result that a check counts as. */
function resultOf({ status, failed }: Checked): Checked['status'] {
  return failed ? 'fail' : status;
}

const order: readonly Checked['status'][] = ['pass', 'warn', 'skip', 'fail'];

/** A bar of all results. It is a picture, because the policy allows no widths in style attributes. */
function meter(checks: readonly Checked[]): Markup {
  const sorted = order.map((result) => checks.filter((check) => resultOf(check) === result).length);
  const bars = sorted.map((width, index) => {
    const start = sorted.slice(0, index).reduce((sum, each) => sum + each, 0);
    return markup`<rect class="${order[index]!}" x="${start}" width="${width}" height="1"/>`;
  });
  return markup`<svg class="meter" viewBox="0 0 ${checks.length} 1" preserveAspectRatio="none" aria-hidden="true">${bars}</svg>`;
}

function untestedSection(checks: readonly Checked[]): Markup {
  if (isPartial(checks) || !checks.some(({ status }) => status === 'pass')) return nothing;
  return markup`<section>
<h2>Not tested</h2>
<p>${unseen.join(' ')}</p>
</section>`;
}

/** Every check, by group and part, folded. */
function allChecks(checks: readonly Checked[]): Markup {
  const parts = partsOf(checks);
  const groups = [...new Set(parts.map(([first]) => first!.group))];
  return markup`<section class="all">
<h2>All checks</h2>
${groups.map((group) => groupOf(group, parts))}
</section>`;
}

function groupOf(group: string, parts: readonly (readonly Checked[])[]): Markup {
  const own = parts.filter(([first]) => first!.group === group);
  return markup`<h3>${group} <span class="count">${tallyOf(own.flat())}</span></h3>
${own.map(partOf)}
`;
}

const marks: Record<Checked['status'], string> = { pass: '✓', fail: '✗', warn: '!', skip: '–' };

function partOf(members: readonly Checked[]): Markup {
  const results = members.map(resultOf);
  const worst =
    [...order].reverse().find((result) => results.includes(result) && result !== 'skip') ?? 'skip';
  return markup`<details class="part">
<summary>${mark(worst)}<span class="name">${members[0]!.part}</span><span class="ticks" aria-hidden="true">${results.map((result) => markup`<i class="${result}"></i>`)}</span><span class="count ${worst}">${tallyOf(members)}</span></summary>
<ul>
${members.map(rowOf)}</ul>
</details>
`;
}

function mark(result: Checked['status']): Markup {
  return markup`<span class="mark ${result}" aria-hidden="true">${marks[result]}</span>`;
}

const words: Record<Checked['status'], string> = {
  pass: 'passed',
  fail: 'failed',
  warn: 'warned',
  skip: 'skipped',
};

function rowOf(check: Checked): Markup {
  const { name, sends, got, status, duration_ms: durationMs } = check;
  const result = resultOf(check);
  const outcome = status === 'skip' ? '' : `, got ${got} in ${time(durationMs)}`;
  return markup`<li>${mark(result)}<code>${name}</code> <span class="${result}">${words[result]}</span>${outcome}<small>${sends}</small></li>
`;
}

/** Such as `6 of 80 failed` or `4 of 4 passed`. */
function tallyOf(checks: readonly Checked[]): string {
  const having = (result: Checked['status']) => checks.filter((check) => resultOf(check) === result).length;
  const failed = having('fail');
  if (having('skip') === checks.length) return `${checks.length} skipped`;
  return failed > 0 ? `${failed} of ${checks.length} failed` : `${having('pass')} of ${checks.length} passed`;
}
