import type { Check, CheckResult } from '../../checks/check.ts';
import { failuresOf } from '../../checks/findings.ts';
import type { Counterexample } from '../../checks/fuzz/counterexample.ts';
import type { Diagnosis } from '../../checks/judge/diagnosis.ts';
import { detectFramework, type Framework } from '../../checks/judge/framework.ts';
import { judge } from '../../checks/judge/patterns.ts';
import type { Run } from '../../checks/run.ts';
import type { Exchange } from '../../checks/workbench.ts';
import { contentOf } from '../../delivery/answers/text.ts';
import { describeOutcome, failureIn } from '../../delivery/outcome.ts';
import type { Sentences } from '../../errors.ts';
import { bodyMembers, maskCredentials } from '../../message.ts';
import { cut } from '../clean.ts';
import { explainDiagnosis, type SecretInUse } from '../words/diagnoses.ts';
import { explainDifference } from '../words/differences.ts';
import { explainFinding } from '../words/findings.ts';
import { explainOutcome } from '../words/outcomes.ts';
import type { CheckExchange, Checked, CheckListed, Counterexampled, Diagnosed, Summary } from './index.ts';
import { Tally } from './tally.ts';

/** The longest body or response that is reported, in characters. */
const MAX_LENGTH = 4000;
const MAX_EXCHANGES = 3;

/** A check as `check --list` reports it. */
export function listedFact({ name, group, part, sends, expects, why, fix }: Check): CheckListed {
  return { kind: 'check_listed', name, group, part, sends, expects, why, fix };
}

/** The result of a check. `again` is a command that repeats only this check. */
function checkFact(
  result: CheckResult,
  failed: boolean,
  { again, mask }: { readonly again: string; mask(text: string): string },
): Checked {
  const { check, status, code, found, exchanges, milliseconds } = result;
  const hasDetails = status !== 'pass';
  const { meaning, why, fix } = explainFinding(result);
  return {
    ...listedFact(check),
    why,
    fix,
    kind: 'check',
    status,
    failed,
    code,
    got: found,
    meaning,
    duration_ms: Math.round(milliseconds * 10) / 10,
    exchanges: hasDetails
      ? exchanges.slice(0, MAX_EXCHANGES).map((exchange) => exchangeFact(exchange, mask))
      : [],
    rerun: hasDetails ? again : null,
  };
}

function exchangeFact(
  { role, method, message, outcome }: Exchange,
  mask: (text: string) => string,
): CheckExchange {
  const { body, body_base64: base64 } = bodyMembers(message.body);
  return {
    role: role ?? null,
    method,
    headers: maskCredentials(message.headers),
    body: body === null ? null : cut(body, MAX_LENGTH),
    body_base64: base64 === null ? null : cut(base64, MAX_LENGTH),
    status: outcome.answered ? outcome.status : null,
    failure: failureIn(outcome),
    duration_ms: Math.round(outcome.milliseconds * 10) / 10,
    response: outcome.answered ? cut(mask(contentOf(outcome).toString()), MAX_LENGTH) : null,
  };
}

function diagnosisFact(diagnosis: Diagnosis, secret: SecretInUse, framework?: Framework): Diagnosed {
  const { code, isCertain, evidence } = diagnosis;
  const { says, fix, hints } = explainDiagnosis(diagnosis, secret, framework);
  return {
    kind: 'diagnosis',
    code,
    certain: isCertain,
    message: says,
    evidence: [...evidence],
    checks: [...diagnosis.checks],
    fix,
    framework: framework ?? null,
    hints: [...hints],
  };
}

/** The diagnosis when the plain message got no response, or one that did not end. */
function unansweredFact({ message, outcome }: Exchange, target: URL, timeout: number): Diagnosed {
  const delivered = { url: target, message, timeoutMs: timeout };
  const words = explainOutcome(outcome, delivered);
  const isRefused = !outcome.answered && outcome.failure === 'connection_refused';
  return {
    kind: 'diagnosis',
    code: 'no-answer',
    certain: true,
    message: words?.detail ?? describeOutcome(outcome),
    evidence: [`plain message: ${describeOutcome(outcome)}`],
    checks: ['plain'],
    fix: isRefused ? 'start the app, or let check start it with --start' : (words?.fix ?? ''),
    framework: null,
    hints: [],
  };
}

/** Where a counterexample was saved, and the command that sends it again. */
export interface SavedEvent {
  readonly path: string;
  readonly resend: string;
}

function counterexampleFact(
  { type, event, differences, exchange, count, isCutShort }: Counterexample,
  saved: SavedEvent | undefined,
  mask: (text: string) => string,
): Counterexampled {
  const { outcome } = exchange;
  return {
    kind: 'counterexample',
    event_type: type,
    got: describeOutcome(outcome),
    differences: differences.map(explainDifference),
    events: count,
    smallest: !isCutShort,
    event,
    response: outcome.answered ? cut(mask(contentOf(outcome).toString()), MAX_LENGTH) : null,
    path: saved?.path ?? null,
    resend: saved?.resend ?? null,
  };
}

/** Counts each check once, so that the counts add up to the number of checks. */
function countChecks(checks: readonly Checked[]): NonNullable<Summary['checks']> {
  const count = (isCounted: (check: Checked) => boolean) => checks.filter(isCounted).length;
  return {
    passed: count(({ status }) => status === 'pass'),
    failed: count(({ failed }) => failed),
    warned: count(({ status, failed }) => status === 'warn' && !failed),
    skipped: count(({ status, failed }) => status === 'skip' && !failed),
  };
}

/** A run of checks, as it is reported and written to files. */
export interface CheckRunReport {
  readonly target: string;
  /** When the run started, in RFC 3339. */
  readonly time: string;
  readonly checks: readonly Checked[];
  readonly counterexamples: readonly Counterexampled[];
  readonly diagnoses: readonly Diagnosed[];
  readonly summary: Summary;
}

/** The report of a run that did not take place, because of an error. */
export function failedReport(
  { code, message, detail, fix }: Sentences & { readonly code: string },
  target: URL,
  now: number,
): CheckRunReport {
  const diagnosis: Diagnosed = {
    kind: 'diagnosis',
    code,
    certain: true,
    message: `${message}: ${detail}`,
    evidence: [],
    checks: [],
    fix,
    framework: null,
    hints: [],
  };
  const summary: Summary = {
    ...new Tally().summary('check', 0, 0),
    ok: false,
    checks: { passed: 0, failed: 0, warned: 0, skipped: 0 },
  };
  return {
    target: target.href,
    time: new Date(now).toISOString(),
    checks: [],
    counterexamples: [],
    diagnoses: [diagnosis],
    summary,
  };
}

/** A run with the context that its report needs. */
export interface ReportedRun {
  readonly run: Run;
  readonly target: URL;
  /** For one response, in milliseconds. */
  readonly timeout: number;
  readonly secret: SecretInUse;
  /** In milliseconds since 1970, as is `ended`. */
  readonly started: number;
  readonly ended: number;
  readonly isStrict: boolean;
  /** Where the counterexamples were saved, in their order. */
  readonly saved?: readonly SavedEvent[];
  /** The command that repeats the checks of these names. */
  again(names: readonly string[]): string;
  mask(text: string): string;
}

/** All facts of a run; texts from the handler are masked. */
export function checkReport(reported: ReportedRun): CheckRunReport {
  const { run, target, started, again, mask } = reported;
  const failures = failuresOf(run.results, reported);
  const checks = run.results.map((result) =>
    checkFact(result, failures.has(result), { again: again(namesToRepeat(result)), mask }),
  );
  return {
    target: target.href,
    time: new Date(started).toISOString(),
    checks,
    counterexamples: counterexamplesOf(run).map((each, index) =>
      counterexampleFact(each, reported.saved?.[index], mask),
    ),
    diagnoses: diagnosesOf(reported),
    summary: summaryOf(reported, checks),
  };
}

/** The counterexamples of a run, in the order of its results. */
export function counterexamplesOf({ results }: Run): Counterexample[] {
  return results.flatMap(({ counterexamples = [] }) => counterexamples);
}

/** The checks to run to repeat one: a check of responses also needs the checks that produce them. */
function namesToRepeat({ check, exchanges }: CheckResult): string[] {
  const [exchange] = check.part === 'answers' ? exchanges : [];
  return [check.name, ...(exchange ? [exchange.part] : [])];
}

function diagnosesOf({ run, secret, target, timeout }: ReportedRun): Diagnosed[] {
  const [first] = run.results;
  const diagnoses = judge(run);
  if (diagnoses.length === 0 && run.first && first?.code === 'no-answer')
    return [unansweredFact(run.first, target, timeout)];
  // Only the words of a diagnosis depend on the framework.
  const framework = diagnoses.length > 0 ? detectFramework(run.exchanges) : undefined;
  return diagnoses.map((diagnosis) => diagnosisFact(diagnosis, secret, framework));
}

function summaryOf({ run, started, ended }: ReportedRun, checks: readonly Checked[]): Summary {
  const tally = new Tally();
  for (const { outcome } of run.exchanges) tally.add(outcome);
  const counts = countChecks(checks);
  return {
    ...tally.summary('check', ended - started, run.exchanges.length),
    ok: counts.failed === 0,
    checks: counts,
  };
}
