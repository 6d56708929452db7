import { describeOutcome, isWithin, statusOf } from '../delivery/outcome.ts';
import type { Message } from '../message.ts';
import { type Check, type Finding, fail, pass, skip, warn } from './check.ts';
import type { Fault } from './faults.ts';
import type { Exchange, Workbench } from './workbench.ts';

/** Whether a skip leaves open what was asked: then the handler is not known to be right. */
function leavesOpen({ status, code }: Pick<Finding, 'status' | 'code'>): boolean {
  return status === 'skip' && (code === 'inconclusive' || code === 'run-ended');
}

/**
 * The results that count as failures of a run, in every report: those that failed, with `isStrict` those that warned, and
 * where nothing else failed, those that left a question open.
 */
export function failuresOf<R extends Pick<Finding, 'status' | 'code'>>(
  results: readonly R[],
  { isStrict }: { readonly isStrict: boolean },
): ReadonlySet<R> {
  const failed = results.filter(({ status }) => status === 'fail' || (isStrict && status === 'warn'));
  return new Set(failed.length > 0 ? failed : results.filter(leavesOpen));
}

/** Makes a message for a check to send. */
export type Make = (bench: Workbench) => Message;

/** The check of a message that must be taken. What is lenient warns where another fails. */
export function accepting(part: string, make: Make, { isLenient = false } = {}): Check['run'] {
  return async (bench) => {
    const finding = judgeAccepted(await bench.send(make(bench), { part }));
    return isLenient && finding.status === 'fail' ? { ...finding, status: 'warn' } : finding;
  };
}

/** A message in a form of its own, and the same as it usually is. */
export interface Forms {
  readonly made: Make;
  readonly usual: Make;
}

/**
 * The check of a message in another form than the usual. It proves nothing of the form when the same in its usual form,
 * which `described` names, is not taken either.
 */
export function acceptingForm(part: string, { made, usual }: Forms, described: string): Check['run'] {
  return async (bench) => {
    const finding = judgeAccepted(await bench.send(made(bench), { part }));
    if (finding.status !== 'fail') return finding;
    const control = await bench.send(usual(bench), { part });
    const exchanges = [...finding.exchanges, control];
    const found = `${finding.found}; the same ${described}: ${describeOutcome(control.outcome)}`;
    const isProven = judgeAccepted(control).status === 'pass';
    return isProven
      ? { ...finding, found, exchanges }
      : skip('inconclusive', `${found}, so it is not the form`, exchanges);
  };
}

/** What came of a message that must be taken. */
export function judgeAccepted(exchange: Exchange): Finding {
  const found = describeOutcome(exchange.outcome);
  const status = statusOf(exchange.outcome);
  if (status === undefined) return fail('no-answer', found, [exchange]);
  if (status < 300) return pass(found, [exchange]);
  if (status === 429) return warn('rate-limited', found, [exchange]);
  if (status < 400) return fail('redirected', found, [exchange]);
  return fail(status < 500 ? 'not-accepted' : 'answered-5xx', found, [exchange]);
}

/** What came of several that must all be taken: the worst of them counts. */
export function judgeAll(exchanges: readonly Exchange[]): Finding {
  return worstOf(exchanges.map(judgeAccepted));
}

/** Of several findings the worst, with how many are like it. One that proves nothing counts least. */
export function worstOf(findings: readonly Finding[]): Finding {
  const worst = (['fail', 'warn', 'pass', 'skip'] as const).flatMap((status) =>
    findings.filter((finding) => finding.status === status),
  )[0];
  if (!worst) return skip('not-applicable', 'there is nothing to send');
  if (findings.length === 1 || worst.status === 'pass') return worst;
  const alike = findings.filter(({ found }) => found === worst.found).length;
  return { ...worst, found: `${worst.found} (${alike} of ${findings.length})` };
}

/** A message that is spoiled, and its twin: the same kind of message, with ids of its own, that is not. */
export interface Twins {
  readonly faulty: Message;
  readonly sound: Message;
}

/** The two messages by which it is proven that a fault is what a handler refuses. */
export function twins(bench: Workbench, body: () => Uint8Array, fault: Fault): Twins {
  const { secrets, headers, finish } = bench.materials;
  return {
    faulty: finish(fault.makeMessage({ content: bench.content(body()), secrets, headers })),
    sound: bench.sign(bench.content(body())),
  };
}

/** What came of a message that must be refused. A refusal counts only when its twin was taken in the same run. */
export function judgeRejected(spoiled: Exchange, sound: Exchange): Finding {
  const found = describeOutcome(spoiled.outcome);
  const status = statusOf(spoiled.outcome);
  const both = [spoiled, sound];
  if (status === undefined) return fail('no-answer', found, both);
  if (status < 300) return fail('accepted', found, both);
  if (!isWithin(sound.outcome, 200, 299)) {
    const alike = describeOutcome(sound.outcome);
    return skip(
      'inconclusive',
      `${found}, but the same without the fault was answered ${alike}: it is not the fault`,
      both,
    );
  }
  if (status === 429)
    return skip('inconclusive', '429: a rate limit answered, which says nothing of the fault', both);
  if (status < 400) return fail('rejected-with-3xx', found, both);
  if (status >= 500) return fail('rejected-with-5xx', found, both);
  return pass(found, both);
}
