import { whoAnswered } from '../delivery/answers/telltales.ts';
import { answerTextOf } from '../delivery/answers/text.ts';
import { namedFault } from '../delivery/answers/verifier-messages.ts';
import { isJudgment, statusOf } from '../delivery/outcome.ts';
import { answerOf, controlsAnswerAlike } from './judge/answers.ts';
import type { CheckPlan } from './plan.ts';
import { concurrencyOf, endedOr, pooled } from './pooled.ts';
import { isSilent, type Probe, type ProbeResult } from './probes/probe.ts';
import { trySecondConnection } from './second-connection.ts';
import type { Exchange, Workbench } from './workbench.ts';

/** How often the plain message is sent again when failures may come from a handler that does not always answer alike. */
export const LATER_REPEATS = 6;
/** After server errors that did not recur: a handler that fails at every tenth request must fail once here too. */
export const REPEATS_AFTER_ERRORS = 20;
/** A handler that accepts every fourth message by chance rejects this many one after the other only once in 300 times. */
const SEARCH_REPEATS = 20;

/**
 * Finds out why the plain message is rejected. Messages that must be rejected come first: if they get the same response,
 * and it does not come from the handler, nothing else is sent. Then one stage of probes after the other, until an
 * accepted one proves the cause.
 */
export async function searchCause(
  plan: CheckPlan,
  first: Exchange,
  bench: Workbench,
): Promise<ProbeResult[]> {
  const { isAccepted } = plan;
  // More messages would only prolong the limit.
  if (statusOf(first.outcome) === 429) return [];
  const { searches } = await plan.loadProbes();
  const controls = await sendControls(plan, first, bench);
  const isNamed = isFaultNamed(first);
  if (controls.some(({ probe, exchange }) => !isSilent(probe.code) && isAccepted(exchange))) return controls;
  const isSame = controlsAnswerAlike(controls, first);
  const isOther = isSame && isAnsweredByOther(first, plan.url);
  if (!isNamed && (isOther || !isJudgment(first.outcome))) return controls;
  let results = controls;
  await trySecondConnection(plan, first, bench);
  for (const stage of searches) {
    const found = await searchMore(stage({ first, results, isAccepted }), bench);
    const confirmed = await confirmAccepted(found, plan, bench);
    results = [...confirmed, ...results];
    if (confirmed.some((result) => !isSilent(result.probe.code) && isAccepted(result.exchange))) break;
  }
  return results;
}

/** A forged message, after the plain one got no response in time: if it gets one, the handler hangs after verifying. */
export async function probeSilence(
  plan: CheckPlan,
  first: Exchange,
  bench: Workbench,
): Promise<ProbeResult[]> {
  const isSlow = !first.outcome.answered && first.outcome.failure === 'timeout' && first.outcome.wasSent;
  if (!isSlow || bench.ended !== undefined) return [];
  const { controls } = await plan.loadProbes();
  const forged = controls.filter(({ code }) => code === 'forged');
  bench.forgetTimeouts();
  return searchMore(forged.slice(0, 1), bench);
}

/** How often the plain message and each control are sent again if their responses are not alike. */
const CONTROL_REPEATS = 2;

/**
 * Sends the messages that must be rejected. If their responses differ from that to the plain message, all are sent again:
 * what differs between responses to the same message is not about the message. Each kind is sent as a whole, because
 * instances that take turns would each answer one kind otherwise.
 */
async function sendControls(plan: CheckPlan, first: Exchange, bench: Workbench): Promise<ProbeResult[]> {
  const probes = (await plan.loadProbes()).controls;
  const controls = await searchMore(probes, bench);
  const areAlike = controls.every(({ exchange }) => answerOf(exchange) === answerOf(first));
  if (areAlike || !controls.every(({ exchange }) => exchange.outcome.answered)) return controls;
  const repeated = probes.flatMap((probe) => Array<Probe>(CONTROL_REPEATS).fill(probe));
  return [
    ...controls,
    ...(await sendAgain(plan, CONTROL_REPEATS, bench)),
    ...(await searchMore(repeated, bench, 1)),
  ];
}

/** Whether a verifier's error message is in the response, so that the handler sent it, whatever its status. */
function isFaultNamed({ outcome, message }: Exchange): boolean {
  return outcome.answered && namedFault(answerTextOf(outcome, message)) !== undefined;
}

/** Accepted probes that are sent again. */
const MAX_CONFIRMED = 3;
const CONFIRMATIONS = 4;

/**
 * Sends accepted probes, and the plain message, again: a handler that accepts by chance, such as one of two instances,
 * proves nothing but that. Probes that are not accepted again are left out.
 */
async function confirmAccepted(
  found: readonly ProbeResult[],
  plan: CheckPlan,
  bench: Workbench,
): Promise<ProbeResult[]> {
  const accepted = found.filter(({ probe, exchange }) => !isSilent(probe.code) && plan.isAccepted(exchange));
  if (accepted.length === 0) return [...found];
  const again = await sendAgain(plan, SEARCH_REPEATS, bench);
  if (again.some(({ exchange }) => plan.isAccepted(exchange))) return [...again, ...found];
  const chosen = accepted.slice(0, MAX_CONFIRMED);
  const repeated = await searchMore(
    chosen.flatMap(({ probe }) => Array<typeof probe>(CONFIRMATIONS).fill(probe)),
    bench,
  );
  const doubtful = new Set(
    repeated.filter(({ exchange }) => !plan.isAccepted(exchange)).map(({ probe }) => probe),
  );
  const certain = chosen.filter(({ probe }) => !doubtful.has(probe));
  return [...certain, ...found.filter((result) => !accepted.includes(result))];
}

/** How long the probes of one stage are sent, in ms: a slow server would need minutes for all. The common ones come first. */
const MAX_STAGE_MS = 20_000;

/** Sends probes until the time of a stage is spent; one that cannot be made is left out. */
export async function searchMore(
  probes: readonly Probe[],
  bench: Workbench,
  concurrency = concurrencyOf(bench),
): Promise<ProbeResult[]> {
  const until = performance.now() + MAX_STAGE_MS;
  const results = await pooled(
    probes,
    async (each) => {
      if (performance.now() > until) return [];
      try {
        return [{ probe: each, exchange: await bench.send(each.make(bench), { part: 'probes' }) }];
      } catch (error) {
        endedOr(error);
        return [];
      }
    },
    concurrency,
  );
  return results.flat();
}

/** Whether the response certainly comes from something other than the handler. An error page may be the handler's. */
function isAnsweredByOther({ outcome, message }: Exchange, url: URL): boolean {
  const responder = whoAnswered(outcome, message, url);
  return responder?.isCertain === true && responder.kind !== 'error-page';
}

/** Sends the plain message again, one after the other. */
export async function sendAgain(plan: CheckPlan, count: number, bench: Workbench): Promise<ProbeResult[]> {
  const probe: Probe = {
    code: 'inconsistent',
    what: 'that is plain and correctly signed, sent again',
    make: plan.plain,
  };
  return searchMore(Array<Probe>(count).fill(probe), bench, 1);
}
