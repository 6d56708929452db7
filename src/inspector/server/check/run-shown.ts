import type { CheckRunReport } from '../../../report/facts/check.ts';
import { failuresByCause, isPartial } from '../../../report/facts/check-groups.ts';
import type { CheckExchange, Checked, Counterexampled, Diagnosed } from '../../../report/facts/index.ts';
import type {
  CheckRun,
  CheckShown,
  CounterexampleShown,
  DiagnosisShown,
  ExchangeShown,
} from '../../check-protocol.ts';

/** The report of a run, as the page shows it. */
export function runShown(
  { time, checks, diagnoses, counterexamples, summary }: CheckRunReport,
  ended: string | undefined,
): Omit<CheckRun, 'changes'> {
  const failures = failuresByCause(checks.filter(isFailed), diagnoses);
  const namesOf = (members: readonly Checked[]) => members.map(({ name }) => name);
  return {
    time: Date.parse(time),
    durationMs: summary.duration_ms,
    messages: summary.total,
    ended: ended ?? null,
    checks: checks.map(checkShown),
    diagnoses: diagnoses.map((fact) => diagnosisShown(fact, namesOf(failures.get(fact) ?? []))),
    counterexamples: counterexamples.map(counterexampleShown),
    unexplained: [...failures].flatMap(([cause, members]) =>
      typeof cause === 'string' ? namesOf(members) : [],
    ),
    isWhole: !isPartial(checks) && checks.some(({ status }) => status === 'pass'),
  };
}

/** Checks that were not run, because the run was stopped, fail a command and say nothing about the handler. */
const isFailed = ({ failed, code }: Checked) => failed && code !== 'run-ended';

function checkShown(fact: Checked): CheckShown {
  const { name, group, part, sends, expects, got, meaning, why, fix, rerun, exchanges } = fact;
  return {
    ...{ name, group, part, sends, expects, got, meaning, why, fix, rerun },
    status: isFailed(fact) ? 'fail' : fact.status,
    exchanges: exchanges.map(exchangeShown),
  };
}

function exchangeShown({ body_base64, duration_ms, ...members }: CheckExchange): ExchangeShown {
  return { ...members, bodyBase64: body_base64, durationMs: duration_ms };
}

function diagnosisShown(
  { certain, message, evidence, fix, framework, hints }: Diagnosed,
  failed: readonly string[],
): DiagnosisShown {
  return { certain, message, evidence, fix, framework, hints, failed };
}

function counterexampleShown(fact: Counterexampled): CounterexampleShown {
  const { event_type: type, got, differences, events, smallest, event, response } = fact;
  return { type, got, differences, events, isSmallest: smallest, event: JSON.stringify(event), response };
}
