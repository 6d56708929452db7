import { cleanText } from '../clean.ts';
import type { CheckRunReport } from '../facts/check.ts';
import type { Checked } from '../facts/index.ts';

/** A run as JUnit XML, in the form that Jenkins, GitLab and the usual viewers read: a suite for each group. */
export function junitReport({ target, time, checks, diagnoses, summary }: CheckRunReport): string {
  const groups = new Map<string, Checked[]>();
  for (const check of checks) groups.set(check.group, [...(groups.get(check.group) ?? []), check]);
  const suites = [...groups].map(([name, members]) => suite(name, members, time));
  const said = diagnoses.map(
    ({ certain: sure, message: says, fix }) => `${sure ? '' : 'likely: '}${says}\n  fix: ${fix}`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: `scalekit-hooks check ${target}`, ...counts(checks), time: seconds(summary.duration_ms) })}>`,
    ...suites,
    // A failure of the whole: viewers show the output of a suite, and of none besides.
    ...(said.length > 0 ? [diagnosisSuite(said, time)] : []),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(name: string, checks: readonly Checked[], time: string): string {
  const spent = checks.reduce((sum, { duration_ms: duration }) => sum + duration, 0);
  const named = { name, ...counts(checks), time: seconds(spent), timestamp: time.slice(0, 19) };
  return [
    `  <testsuite ${attributes(named)}>`,
    ...checks.map((check) => testCase(check)),
    '  </testsuite>',
  ].join('\n');
}

function testCase(check: Checked): string {
  const { name, group, part, duration_ms: duration, got: found } = check;
  const opening = attributes({ classname: `scalekit-hooks.${group}.${part}`, name, time: seconds(duration) });
  const inner = outcomeOf(check);
  if (inner === undefined) return `    <testcase ${opening}/>`;
  const { element, message, text } = inner;
  const content =
    element === 'system-out'
      ? `<system-out>${escapeXml(text)}</system-out>`
      : element === 'skipped'
        ? `<skipped ${attributes({ message })}/>`
        : `<${element} ${attributes({ message, type: check.code ?? found })}>${escapeXml(text)}</${element}>`;
  return `    <testcase ${opening}>${content}</testcase>`;
}

type Element = 'failure' | 'error' | 'skipped' | 'system-out';

/** What stands inside a test case: a wrong answer is a failure, none at all an error. */
function outcomeOf(check: Checked): { element: Element; message: string; text: string } | undefined {
  const kind = kindOf(check);
  if (kind === 'passed' && check.status === 'pass') return undefined;
  const message = `sends ${check.sends}, expects ${check.expects}, got ${check.got}`;
  const text = [
    message,
    `why: it ${check.meaning}; ${check.why}`,
    `mend: ${check.fix}`,
    ...answers(check),
    `again: ${check.rerun ?? ''}`,
  ].join('\n');
  if (kind === 'skipped') return { element: 'skipped', message: check.got, text };
  if (kind === 'passed') return { element: 'system-out', message, text: `warning: ${text}` };
  return { element: kind === 'errors' ? 'error' : 'failure', message, text };
}

function answers({ exchanges: deliveries }: Checked): string[] {
  return deliveries.map(({ status, failure, response: answer }) =>
    [`answered: ${[status, failure].filter((part) => part !== null).join(', ')}`, answer?.trim() ?? '']
      .join(' ')
      .trim(),
  );
}

type CaseKind = 'failures' | 'errors' | 'skipped' | 'passed';

/** What got no answer, or could not be found out, is an error; a wrong answer is a failure. */
function kindOf({ status, code, failed }: Checked): CaseKind {
  if (failed) return status === 'skip' || code === 'no-answer' ? 'errors' : 'failures';
  return status === 'skip' ? 'skipped' : 'passed';
}

function counts(checks: readonly Checked[]): Record<string, string> {
  const count = (kind: CaseKind) => String(checks.filter((check) => kindOf(check) === kind).length);
  return {
    tests: String(checks.length),
    failures: count('failures'),
    errors: count('errors'),
    skipped: count('skipped'),
  };
}

function diagnosisSuite(said: readonly string[], time: string): string {
  const named = {
    name: 'diagnosis',
    tests: '0',
    failures: '0',
    errors: '0',
    skipped: '0',
    time: '0',
    timestamp: time.slice(0, 19),
  };
  return `  <testsuite ${attributes(named)}><system-out>${escapeXml(said.join('\n'))}</system-out></testsuite>`;
}

function seconds(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escapeXml(value).replaceAll('\n', '&#10;')}"`)
    .join(' ');
}

const named: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** As text for people, and without the two characters that are left of those for which XML 1.0 has no place. */
function escapeXml(text: string): string {
  return cleanText(text)
    .replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"']/g, (character) => named[character]!);
}
