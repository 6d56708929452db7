import { cleanText } from '../clean.ts';
import type { CheckRunReport } from '../facts/check.ts';
import type { Checked } from '../facts/index.ts';

/** A run as JUnit XML in the form that Jenkins, GitLab and most viewers read, with one suite per group. */
export function junitReport({ target, time, checks, diagnoses, summary }: CheckRunReport): string {
  const groups = new Map<string, Checked[]>();
  for (const check of checks) groups.set(check.group, [...(groups.get(check.group) ?? []), check]);
  const suites = [...groups].map(([name, members]) => suite(name, members, time));
  const texts = diagnoses.map(
    ({ certain, message, fix }) => `${certain ? '' : 'likely: '}${message}\n  fix: ${fix}`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: `scalekit-hooks check ${target}`, ...counts(checks), time: seconds(summary.duration_ms) })}>`,
    ...suites,
    // Viewers show only the output of a suite, so the diagnoses need a suite too.
    ...(texts.length > 0 ? [diagnosisSuite(texts, time)] : []),
    '</testsuites>',
    '',
  ].join('\n');
}

function suite(name: string, checks: readonly Checked[], time: string): string {
  const totalMs = checks.reduce((sum, { duration_ms: durationMs }) => sum + durationMs, 0);
  const suiteAttributes = { name, ...counts(checks), time: seconds(totalMs), timestamp: time.slice(0, 19) };
  return [
    `  <testsuite ${attributes(suiteAttributes)}>`,
    ...checks.map((check) => testCase(check)),
    '  </testsuite>',
  ].join('\n');
}

function testCase(check: Checked): string {
  const { name, group, part, duration_ms: durationMs, got } = check;
  const opening = attributes({
    classname: `scalekit-hooks.${group}.${part}`,
    name,
    time: seconds(durationMs),
  });
  const inner = outcomeOf(check);
  if (inner === undefined) return `    <testcase ${opening}/>`;
  const { element, message, text } = inner;
  const content =
    element === 'system-out'
      ? `<system-out>${escapeXml(text)}</system-out>`
      : element === 'skipped'
        ? `<skipped ${attributes({ message })}/>`
        : `<${element} ${attributes({ message, type: check.code ?? got })}>${escapeXml(text)}</${element}>`;
  return `    <testcase ${opening}>${content}</testcase>`;
}

type Element = 'failure' | 'error' | 'skipped' | 'system-out';

/** The element inside a test case; undefined for a pass. */
function outcomeOf(check: Checked): { element: Element; message: string; text: string } | undefined {
  const kind = kindOf(check);
  if (kind === 'passed' && check.status === 'pass') return undefined;
  const message = `sends ${check.sends}, expects ${check.expects}, got ${check.got}`;
  const text = [
    message,
    `why: the handler ${check.meaning}; ${check.why}`,
    `fix: ${check.fix}`,
    ...responses(check),
    `rerun: ${check.rerun ?? ''}`,
  ].join('\n');
  if (kind === 'skipped') return { element: 'skipped', message: check.got, text };
  if (kind === 'passed') return { element: 'system-out', message, text: `warning: ${text}` };
  return { element: kind === 'errors' ? 'error' : 'failure', message, text };
}

function responses({ exchanges }: Checked): string[] {
  return exchanges.map(({ status, failure, response }, index) =>
    [
      `response ${index + 1}: ${[status, failure].filter((part) => part !== null).join(', ')}`,
      response?.trim() ?? '',
    ]
      .join(' ')
      .trim(),
  );
}

type CaseKind = 'failures' | 'errors' | 'skipped' | 'passed';

/** A wrong response is a failure; no response, or a result that could not be determined, is an error. */
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

function diagnosisSuite(texts: readonly string[], time: string): string {
  const suiteAttributes = {
    name: 'diagnosis',
    tests: '0',
    failures: '0',
    errors: '0',
    skipped: '0',
    time: '0',
    timestamp: time.slice(0, 19),
  };
  return `  <testsuite ${attributes(suiteAttributes)}><system-out>${escapeXml(texts.join('\n'))}</system-out></testsuite>`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}="${escapeXml(value).replaceAll('\n', '&#10;')}"`)
    .join(' ');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** Cleans and escapes text; U+FFFE and U+FFFF, which cleanText keeps, are not allowed in XML 1.0. */
function escapeXml(text: string): string {
  return cleanText(text)
    .replace(/[\ufffe\uffff]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`)
    .replace(/[&<>"']/g, (character) => entities[character]!);
}
