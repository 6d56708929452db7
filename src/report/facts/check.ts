import type { Check, CheckResult } from '../../checks/check.ts';
import { failuresOf } from '../../checks/findings.ts';
import type { Diagnosis } from '../../checks/judge/diagnosis.ts';
import { judge } from '../../checks/judge/patterns.ts';
import type { Run } from '../../checks/run.ts';
import type { Exchange } from '../../checks/workbench.ts';
import { describeOutcome } from '../../delivery/outcome.ts';
import { bodyMembers, maskCredentials } from '../../message.ts';
import { cut } from '../clean.ts';
import { explainDiagnosis, type SecretInUse } from '../words/diagnoses.ts';
import { explainOutcome } from '../words/outcomes.ts';
import type { CheckExchange, Checked, CheckListed, Diagnosed, Summary } from './index.ts';
import { Tally } from './tally.ts';

/** Characters of a body and of an answer that are told. */
const LONGEST = 4000;
/** Deliveries that are told of one check. */
const MOST = 3;

/** What there is to know of a check before it is run. */
export function listedFact({ name, group, part, sends, expects, why, fix: mend }: Check): CheckListed {
  return { kind: 'check_listed', name, group, part, sends, expects, why, fix: mend };
}

/** What a check found. `again` is a command that repeats it alone. */
export function checkFact(
  result: CheckResult,
  failed: boolean,
  { again, mask }: { readonly again: string; mask(text: string): string },
): Checked {
  const { check, status, code, found, exchanges, milliseconds } = result;
  const isTold = status !== 'pass';
  return {
    ...listedFact(check),
    kind: 'check',
    status,
    failed,
    code,
    got: found,
    meaning: check.meaning,
    duration_ms: Math.round(milliseconds * 10) / 10,
    exchanges: isTold ? exchanges.slice(0, MOST).map((exchange) => delivery(exchange, mask)) : [],
    rerun: isTold ? again : null,
  };
}

function delivery({ method, message, outcome }: Exchange, mask: (text: string) => string): CheckExchange {
  const { body, body_base64: base64 } = bodyMembers(message.body);
  return {
    method,
    headers: maskCredentials(message.headers),
    body: body === null ? null : cut(body, LONGEST),
    body_base64: base64 === null ? null : cut(base64, LONGEST),
    status: outcome.answered ? outcome.status : null,
    failure: outcome.answered ? (outcome.brokenOff ?? null) : outcome.failure,
    duration_ms: Math.round(outcome.milliseconds * 10) / 10,
    response: outcome.answered ? cut(mask(Buffer.from(outcome.body).toString()), LONGEST) : null,
  };
}

export function diagnosisFact(diagnosis: Diagnosis, secret: SecretInUse): Diagnosed {
  const { code, isCertain: isSure, evidence } = diagnosis;
  const { says, fix, hints } = explainDiagnosis(diagnosis, secret);
  return {
    kind: 'diagnosis',
    code,
    certain: isSure,
    message: says,
    evidence: [...evidence],
    checks: [...diagnosis.checks],
    fix,
    hints: [...hints],
  };
}

/** What it means that the plain message was not answered, or not to its end. */
export function unansweredFact({ message, outcome }: Exchange, target: URL, timeout: number): Diagnosed {
  const delivered = { url: target, bodyBytes: message.body.length, timeoutMs: timeout };
  const words = explainOutcome(outcome, delivered);
  return {
    kind: 'diagnosis',
    code: 'no-answer',
    certain: true,
    message: words?.detail ?? describeOutcome(outcome),
    evidence: [`the plain message: ${describeOutcome(outcome)}`],
    checks: ['plain'],
    fix: words?.fix ?? '',
    hints: [],
  };
}

/** How checks came out, counted: each once. */
function countChecks(checks: readonly Checked[]): NonNullable<Summary['checks']> {
  const count = (isCounted: (check: Checked) => boolean) => checks.filter(isCounted).length;
  return {
    passed: count(({ status }) => status === 'pass'),
    failed: count(({ failed }) => failed),
    warned: count(({ status, failed }) => status === 'warn' && !failed),
    skipped: count(({ status, failed }) => status === 'skip' && !failed),
  };
}

/** A run of checks, as it is told and written into files. */
export interface CheckRunReport {
  readonly target: string;
  /** When it began, as an RFC 3339 text. */
  readonly time: string;
  readonly checks: readonly Checked[];
  readonly diagnoses: readonly Diagnosed[];
  readonly summary: Summary;
}

/** A run that is to be reported, and what its words need. */
export interface ReportedRun {
  readonly run: Run;
  readonly target: URL;
  /** For one answer, in milliseconds. */
  readonly timeout: number;
  readonly secret: SecretInUse;
  /** When it began and ended, in milliseconds since 1970. */
  readonly started: number;
  readonly ended: number;
  readonly isStrict: boolean;
  /** How one check is repeated. */
  again(names: readonly string[]): string;
  mask(text: string): string;
}

/** Puts a run into facts. */
export function checkReport(told: ReportedRun): CheckRunReport {
  const { run, target, started, again, mask } = told;
  const failures = failuresOf(run.results, told);
  const checks = run.results.map((result) =>
    checkFact(result, failures.has(result), { again: again(namesToRepeat(result)), mask }),
  );
  return {
    target: target.href,
    time: new Date(started).toISOString(),
    checks,
    diagnoses: diagnosesOf(told),
    summary: summaryOf(told, checks),
  };
}

/** What repeats a check: one that looks at answers needs what brought about the one that it found. */
function namesToRepeat({ check, exchanges }: CheckResult): string[] {
  const [telling] = check.part === 'answers' ? exchanges : [];
  return [check.name, ...(telling ? [telling.part] : [])];
}

function diagnosesOf({ run, secret, target, timeout }: ReportedRun): Diagnosed[] {
  const [first] = run.results;
  if (run.first && first?.code === 'no-answer') return [unansweredFact(run.first, target, timeout)];
  return judge(run).map((diagnosis) => diagnosisFact(diagnosis, secret));
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
