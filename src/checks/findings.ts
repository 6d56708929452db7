import { describeOutcome, isWithin, statusOf } from '../delivery/outcome.ts';
import type { Message } from '../message.ts';
import { type Check, type Finding, fail, pass, skip, warn } from './check.ts';
import type { Fault } from './faults.ts';
import type { Exchange, Workbench } from './workbench.ts';

/** Whether a skip leaves the check unanswered, so that the handler is not known to be correct. */
function leavesOpen({ status, code }: Pick<Finding, 'status' | 'code'>): boolean {
  return status === 'skip' && (code === 'inconclusive' || code === 'run-ended');
}

/**
 * The results that count as failures in every report: failed checks and, if `isStrict`, warnings. If there are none,
 * checks that were left unanswered.
 */
export function failuresOf<R extends Pick<Finding, 'status' | 'code'>>(
  results: readonly R[],
  { isStrict }: { readonly isStrict: boolean },
): ReadonlySet<R> {
  const failed = results.filter(({ status }) => status === 'fail' || (isStrict && status === 'warn'));
  return new Set(failed.length > 0 ? failed : results.filter(leavesOpen));
}

/** Builds the message that a check sends. */
export type Make = (bench: Workbench) => Message;

/** A check of a message that the handler must accept. If `isLenient`, a failure becomes a warning. */
export function accepting(part: string, make: Make, { isLenient = false } = {}): Check['run'] {
  return async (bench) => {
    const finding = judgeAccepted(await bench.send(make(bench), { part }));
    return isLenient && finding.status === 'fail' ? { ...finding, status: 'warn' } : finding;
  };
}

/** A message in an unusual form, and the same message in the usual form as a control. */
export interface Forms {
  readonly made: Make;
  readonly usual: Make;
}

/**
 * A check of a message in an unusual form. It is inconclusive if the usual form is not accepted either. `described` is
 * the usual form in words.
 */
export function acceptingForm(part: string, { made, usual }: Forms, described: string): Check['run'] {
  return async (bench) => {
    const finding = judgeAccepted(await bench.send(made(bench), { part }));
    if (finding.status !== 'fail') return finding;
    const control = await bench.send(usual(bench), { part, role: `the same event ${described}` });
    const exchanges = [...finding.exchanges, control];
    const found = `${finding.found}; the same event ${described}: ${describeOutcome(control.outcome)}`;
    const isProven = judgeAccepted(control).status === 'pass';
    return isProven
      ? { ...finding, found, exchanges }
      : skip('inconclusive', `${found}, so the difference is not the cause`, exchanges);
  };
}

/** Judges the response to a message that the handler must accept. */
export function judgeAccepted(exchange: Exchange): Finding {
  const found = describeOutcome(exchange.outcome);
  const status = statusOf(exchange.outcome);
  if (status === undefined) return fail('no-answer', found, [exchange]);
  if (status < 300) return pass(found, [exchange]);
  if (status === 429) return warn('rate-limited', found, [exchange]);
  if (status < 400) return fail('redirected', found, [exchange]);
  return fail(status < 500 ? 'not-accepted' : 'answered-5xx', found, [exchange]);
}

/** As judgeAccepted, for several messages: the worst finding counts. */
export function judgeAll(exchanges: readonly Exchange[]): Finding {
  return worstOf(exchanges.map(judgeAccepted));
}

/** The worst finding, with the number of equal ones. An inconclusive one counts least. */
export function worstOf(findings: readonly Finding[]): Finding {
  const worst = (['fail', 'warn', 'pass', 'skip'] as const).flatMap((status) =>
    findings.filter((finding) => finding.status === status),
  )[0];
  if (!worst) return skip('not-applicable', 'no event to send');
  if (findings.length === 1 || worst.status === 'pass') return worst;
  const count = findings.filter(({ found }) => found === worst.found).length;
  return { ...worst, found: `${worst.found} (${count} of ${findings.length})` };
}

/** The role of a control. */
export const WITHOUT_FAULT = 'the same message without the fault';

/** A faulty message and its control: the same kind of message, with different ids, without the fault. */
export interface Twins {
  readonly faulty: Message;
  readonly sound: Message;
}

/** Builds the two messages that prove that a handler rejects the fault itself. */
export function twins(bench: Workbench, body: () => Uint8Array, fault: Fault): Twins {
  const { secrets, headers, finish } = bench.materials;
  return {
    faulty: finish(fault.makeMessage({ content: bench.content(body()), secrets, headers })),
    sound: bench.sign(bench.content(body())),
  };
}

/** Judges the response to a faulty message. A rejection counts only if the control is accepted. */
export function judgeRejected(faulty: Exchange, sound: Exchange): Finding {
  const found = describeOutcome(faulty.outcome);
  const status = statusOf(faulty.outcome);
  const both = [faulty, sound];
  if (status === undefined) return fail('no-answer', found, both);
  if (status < 300) return fail('accepted', found, both);
  if (!isWithin(sound.outcome, 200, 299)) {
    const control = describeOutcome(sound.outcome);
    return skip(
      'inconclusive',
      `${found}; the same message without the fault: ${control}, so the fault is not the cause`,
      both,
    );
  }
  if (status === 429)
    return skip('inconclusive', '429 from a rate limit, which proves nothing about the fault', both);
  if (status < 400) return fail('rejected-with-3xx', found, both);
  if (status >= 500) return fail('rejected-with-5xx', found, both);
  return pass(found, both);
}
