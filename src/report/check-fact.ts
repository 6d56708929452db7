import { type Check, type CheckResult, describeOutcome, type Exchange } from '../checks/check.ts';
import type { Diagnosis } from '../checks/judge/diagnosis.ts';
import { keptBody, maskCredentials } from '../message.ts';
import { cut } from './clean.ts';
import { explainDiagnosis, type SecretInUse } from './diagnosis-words.ts';
import type { CheckDelivery, Checked, CheckListed, Diagnosed, Summary } from './facts.ts';
import { explainOutcome } from './outcome-words.ts';

/** Characters of a body and of an answer that are told. */
const LONGEST = 4000;
/** Deliveries that are told of one check. */
const MOST = 3;

/** What there is to know of a check before it is run. */
export function listedFact({ name, group, part, sends, expects, why, mend }: Check): CheckListed {
  return { fact: 'check_listed', name, group, part, sends, expects, why, mend };
}

/** What a check found. `again` is a command that repeats it alone. */
export function checkFact(result: CheckResult, again: string, mask: (text: string) => string): Checked {
  const { check, status, code, found, exchanges, milliseconds } = result;
  const isTold = status !== 'pass';
  return {
    ...listedFact(check),
    fact: 'check',
    status,
    code,
    found,
    meaning: check.meaning,
    duration_ms: Math.round(milliseconds * 10) / 10,
    deliveries: isTold ? exchanges.slice(0, MOST).map((exchange) => delivery(exchange, mask)) : [],
    again: isTold ? again : null,
  };
}

function delivery({ method, message, outcome }: Exchange, mask: (text: string) => string): CheckDelivery {
  const { body, body_base64: base64 } = keptBody(message.body);
  return {
    method,
    headers: maskCredentials(message.headers),
    body: body === null ? null : cut(body, LONGEST),
    body_base64: base64 === null ? null : cut(base64, LONGEST),
    status: outcome.answered ? outcome.status : null,
    failure: outcome.answered ? (outcome.brokenOff ?? null) : outcome.failure,
    duration_ms: Math.round(outcome.milliseconds * 10) / 10,
    answer: outcome.answered ? cut(mask(Buffer.from(outcome.body).toString()), LONGEST) : null,
  };
}

export function diagnosisFact(diagnosis: Diagnosis, secret: SecretInUse): Diagnosed {
  const { code, isSure, evidence } = diagnosis;
  const { says, fix, hints } = explainDiagnosis(diagnosis, secret);
  return {
    fact: 'diagnosis',
    code,
    sure: isSure,
    says,
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
    fact: 'diagnosis',
    code: 'no-answer',
    sure: true,
    says: words?.meaning ?? describeOutcome(outcome),
    evidence: [`the plain message: ${describeOutcome(outcome)}`],
    checks: ['plain'],
    fix: words?.try ?? '',
    hints: [],
  };
}

/** How checks came out, counted. */
export function countChecks(results: readonly Pick<CheckResult, 'status'>[]): NonNullable<Summary['checks']> {
  const count = (status: CheckResult['status']) =>
    results.filter((result) => result.status === status).length;
  return { passed: count('pass'), failed: count('fail'), warned: count('warn'), skipped: count('skip') };
}
