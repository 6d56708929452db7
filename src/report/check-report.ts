import type { CheckResult } from '../checks/check.ts';
import { judge } from '../checks/judge/judge.ts';
import type { Run } from '../checks/run.ts';
import { checkFact, countChecks, diagnosisFact, unansweredFact } from './check-fact.ts';
import type { SecretInUse } from './diagnosis-words.ts';
import type { Checked, Diagnosed, Summary } from './facts.ts';
import { Tally } from './tally.ts';

/** A run of checks, as it is told and written into files. */
export interface CheckReport {
  readonly target: string;
  /** When it began, as an RFC 3339 text. */
  readonly time: string;
  readonly checks: readonly Checked[];
  readonly diagnoses: readonly Diagnosed[];
  readonly summary: Summary;
  /** Whether warnings count as failures. */
  readonly isStrict: boolean;
}

/** A run that is to be reported, and what its words need. */
export interface RunTold {
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
export function checkReport(told: RunTold): CheckReport {
  const { run, target, started, isStrict, again, mask } = told;
  return {
    target: target.href,
    time: new Date(started).toISOString(),
    checks: run.results.map((result) => checkFact(result, again(namesToRepeat(result)), mask)),
    diagnoses: diagnosesOf(told),
    summary: summaryOf(told),
    isStrict,
  };
}

/** What repeats a check: one that looks at answers needs what brought about the one that it found. */
function namesToRepeat({ check, exchanges }: CheckResult): string[] {
  const [telling] = check.part === 'answers' ? exchanges : [];
  return [check.name, ...(telling ? [telling.part] : [])];
}

function diagnosesOf({ run, secret, target, timeout }: RunTold): Diagnosed[] {
  const [first] = run.results;
  if (run.first && first?.code === 'no-answer') return [unansweredFact(run.first, target, timeout)];
  return judge(run).map((diagnosis) => diagnosisFact(diagnosis, secret));
}

/** Whether a skip leaves open what was asked: it is not known to be right. */
export function isOpen(code: string | null): boolean {
  return code === 'not-provable' || code === 'run-ended';
}

function summaryOf({ run, started, ended, isStrict }: RunTold): Summary {
  const tally = new Tally();
  for (const { outcome } of run.exchanges) tally.add(outcome);
  const counts = countChecks(run.results);
  return {
    ...tally.summary('check', ended - started, run.exchanges.length),
    // What could not be proven is not known to be right.
    ok:
      counts.failed === 0 &&
      (counts.warned === 0 || !isStrict) &&
      !run.results.some(({ code }) => isOpen(code)),
    checks: counts,
  };
}
