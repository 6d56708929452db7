import { cleanText } from '../clean.ts';
import type { CheckRunReport } from '../facts/check.ts';
import type { CheckExchange, Checked, Counterexampled, Diagnosed } from '../facts/index.ts';

/**
 * A run as JUnit XML in the form that Jenkins, GitLab and most viewers read: one suite per group, and one for the
 * diagnoses, each a failing case, because viewers hide suites without cases.
 */
export function junitReport(report: CheckRunReport): string {
  const { target, time, checks, counterexamples, diagnoses, summary } = report;
  const causes = new Map(diagnoses.flatMap((diagnosis) => diagnosis.checks.map((name) => [name, diagnosis])));
  const groups = new Map<string, Case[]>();
  for (const check of checks) {
    const found = caseOf(check, causes.get(check.name));
    groups.set(check.group, [...(groups.get(check.group) ?? []), found]);
  }
  const small = counterexamples.map(counterexampleCase);
  if (small.length > 0) groups.set('fuzz', [...(groups.get('fuzz') ?? []), ...small]);
  const diagnosed = diagnoses.map(diagnosisCase);
  if (diagnosed.length > 0) groups.set('diagnosis', diagnosed);
  const cases = [...groups.values()].flat();
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${attributes({ name: `scalekit-hooks check ${target}`, ...counts(cases), time: seconds(summary.duration_ms) })}>`,
    ...[...groups].map(([name, members]) => suite(name, members, time)),
    '</testsuites>',
    '',
  ].join('\n');
}

/** A test case: a check, or a diagnosis. */
interface Case {
  readonly classname: string;
  readonly name: string;
  readonly durationMs: number;
  readonly kind: CaseKind;
  /** The content of the case; undefined for a pass. */
  readonly inner?: {
    readonly element: Element;
    readonly message: string;
    readonly type: string;
    readonly text: string;
  };
}

/** The longest name of a case, in characters. */
const MAX_NAME_LENGTH = 200;

type Element = 'failure' | 'error' | 'skipped' | 'system-out';

/** How a case counts. A wrong response is a failure; no response, or an open result, is an error. */
type CaseKind = 'failures' | 'errors' | 'skipped' | 'passed';

function suite(name: string, cases: readonly Case[], time: string): string {
  const totalMs = cases.reduce((sum, { durationMs }) => sum + durationMs, 0);
  const suiteAttributes = { name, ...counts(cases), time: seconds(totalMs), timestamp: time.slice(0, 19) };
  return [`  <testsuite ${attributes(suiteAttributes)}>`, ...cases.map(testCase), '  </testsuite>'].join(
    '\n',
  );
}

function testCase({ classname, name, durationMs, inner }: Case): string {
  const opening = attributes({ classname: `scalekit-hooks.${classname}`, name, time: seconds(durationMs) });
  if (!inner) return `    <testcase ${opening}/>`;
  const { element, message, type, text } = inner;
  const contents: Record<Element, string> = {
    'system-out': `<system-out>${escapeXml(text)}</system-out>`,
    skipped: `<skipped ${attributes({ message })}/>`,
    failure: `<failure ${attributes({ message, type })}>${escapeXml(text)}</failure>`,
    error: `<error ${attributes({ message, type })}>${escapeXml(text)}</error>`,
  };
  return `    <testcase ${opening}>${contents[element]}</testcase>`;
}

function diagnosisCase({ code, certain, message, evidence, fix, hints, framework, checks }: Diagnosed): Case {
  const headline = `${certain ? '' : 'likely: '}${message}`;
  const own = hints
    .filter((hint) => hint.framework === framework)
    .map((hint) => `  ${hint.framework}: ${hint.fix}`);
  const text = [
    headline,
    ...evidence.map((line) => `evidence: ${line}`),
    `fix: ${fix}`,
    ...own,
    `checks: ${checks.join(', ')}`,
  ].join('\n');
  const isLost = code === 'no-answer';
  const inner = { element: isLost ? 'error' : 'failure', message: headline, type: code, text } as const;
  return { classname: 'diagnosis', name: code, durationMs: 0, kind: isLost ? 'errors' : 'failures', inner };
}

/** One failure that generated events have shown. Its name is the same in another run if the event is. */
function counterexampleCase(fact: Counterexampled): Case {
  const { event_type: type, got, differences, events, event, response, path, resend } = fact;
  const message = `${type}: ${got}, where ${differences.join(' and ')}`;
  const text = [
    message,
    `generated events that failed in this way: ${events}`,
    ...(response?.trim() ? [`response: ${response.trim()}`] : []),
    ...(path === null ? [] : [`saved as: ${path}`]),
    ...(resend === null ? [] : [`resend: ${resend}`]),
    JSON.stringify(event, null, 2),
  ].join('\n');
  const name = `${type}: ${differences.join(' and ')}`.slice(0, MAX_NAME_LENGTH);
  const inner = { element: 'failure', message, type: 'counterexample', text } as const;
  return { classname: 'fuzz.counterexample', name, durationMs: 0, kind: 'failures', inner };
}

function caseOf(check: Checked, cause: Diagnosed | undefined): Case {
  const { name, group, part, duration_ms: durationMs, status, code, got } = check;
  const kind = kindOf(check);
  const shared = { classname: `${group}.${part}`, name, durationMs, kind };
  if (status === 'pass') return shared;
  const message = `sends ${check.sends}, expects ${check.expects}, got ${got}`;
  const text = [
    message,
    ...(cause ? [`cause: ${cause.certain ? '' : 'likely: '}${cause.message}`] : []),
    `why: the handler ${check.meaning}; ${check.why}`,
    `fix: ${cause?.fix ?? check.fix}`,
    ...check.exchanges.map(responseLine),
    `rerun: ${check.rerun ?? ''}`,
  ].join('\n');
  const element = (
    { failures: 'failure', errors: 'error', skipped: 'skipped', passed: 'system-out' } as const
  )[kind];
  const inner = {
    element,
    message: kind === 'skipped' ? got : message,
    type: code ?? got,
    text: kind === 'passed' ? `warning: ${text}` : text,
  };
  return { ...shared, inner };
}

function responseLine({ role, status, failure, response }: CheckExchange): string {
  const result = [status, failure].filter((part) => part !== null).join(', ');
  return `response to ${role ?? 'the message'}: ${result} ${response?.trim() ?? ''}`.trimEnd();
}

function kindOf({ status, code, failed }: Checked): CaseKind {
  if (failed) return status === 'skip' || code === 'no-answer' ? 'errors' : 'failures';
  return status === 'skip' ? 'skipped' : 'passed';
}

function counts(cases: readonly Case[]): Record<string, string> {
  const count = (kind: CaseKind) => String(cases.filter((each) => each.kind === kind).length);
  return {
    tests: String(cases.length),
    failures: count('failures'),
    errors: count('errors'),
    skipped: count('skipped'),
  };
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
