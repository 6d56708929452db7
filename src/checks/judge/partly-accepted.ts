import { textOfBody } from '../../message.ts';
import type { CheckResult } from '../check.ts';
import { clockDifference } from '../clock.ts';
import { areSameResponses, forgedExchanges } from './answers.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { View } from './view.ts';

/** Whether a result is of a check of one event type. */
export function isType({ check }: CheckResult): boolean {
  return check.part === 'types';
}

/** Every event without organization_id or display_name is rejected, whatever its type. */
export function needsOptional(view: View): Diagnosis | undefined {
  const lacksField = ({ exchanges }: CheckResult) =>
    exchanges.some(({ message }) => lacksOptional(textOfBody(message)));
  const checks = view.failed(
    (result) => result.check.name === 'optional-fields-absent' || (isType(result) && lacksField(result)),
  );
  if (!checks.includes('optional-fields-absent')) return undefined;
  return { code: 'needs-optional', isCertain: true, evidence: view.foundBy(checks), checks };
}

function lacksOptional(text: string): boolean {
  const event = JSON.parse(text) as object;
  return !('organization_id' in event && 'display_name' in event);
}

const outOfOrderChecks = ['deleted-before-created', 'flow-reversed'];

/** Events about unknown objects are rejected, and events that create an object are accepted. */
export function wantsOrder(view: View): Diagnosis | undefined {
  const outOfOrder = view.failed(({ check }) => outOfOrderChecks.includes(check.name));
  if (outOfOrder.length === 0) return undefined;
  const types = view.failed(isType);
  if (types.some((name) => /(created|signup|login)$/.test(name))) return undefined;
  const checks = [...outOfOrder, ...types];
  return { code: 'depends-on-order', isCertain: true, evidence: view.foundBy(checks), checks };
}

/** A large body is rejected, and the same event in a smaller body is accepted. */
export function partialBody(view: View): Diagnosis | undefined {
  const large = view.run.results.find(({ code }) => code === 'partial-body');
  const forged = forgedExchanges(view.run.results);
  // Another response than to a forged message is not about the signature.
  if (!large || (forged.length > 0 && !areSameResponses([large.exchanges[0]!], forged))) return undefined;
  const checks = view.failed(({ check }) => ['large-body', 'non-ascii-split'].includes(check.name));
  // A handler that does not always answer alike has explained them already.
  if (checks.length === 0) return undefined;
  const detail = String(large.exchanges.at(-1)!.message.body.length);
  return { code: 'partial-body', isCertain: true, evidence: view.foundBy(checks), checks, detail };
}

/** A long body with non-ASCII text is rejected; a short one, and a long one without it, are accepted. */
export function splitCharacters(view: View): Diagnosis | undefined {
  const checks = view.failed(({ check }) => check.name === 'non-ascii-split');
  const isAccepted = (name: string) =>
    view.run.results.some(({ check, status }) => check.name === name && status === 'pass');
  if (checks.length === 0 || !isAccepted('non-ascii') || !isAccepted('large-body')) return undefined;
  return { code: 'splits-characters', isCertain: true, evidence: view.foundBy(checks), checks };
}

/** Smaller differences come from the whole seconds of the Date header. */
const MIN_DRIFT_SECONDS = 5;

/** Messages within the tolerance are rejected on one side only, and the Date header shows why. */
export function clockDrift(view: View): Diagnosis | undefined {
  const checks = view.having('not-accepted', ['slow-clock', 'fast-clock']);
  const seconds = view.run.first && clockDifference(view.run.first);
  if (checks.length !== 1) return undefined;
  const isOld = checks[0] === 'slow-clock';
  const found = view.foundBy(checks);
  if (seconds === undefined) {
    const detail = isOld ? 'ahead of' : 'behind';
    return { code: 'clock-drift', isCertain: false, evidence: found, checks, detail };
  }
  if (Math.abs(seconds) < MIN_DRIFT_SECONDS) {
    const shown = "the server's clock is correct, according to its Date header";
    const detail = isOld ? 'old' : 'ahead';
    return { code: 'narrow-tolerance', isCertain: false, evidence: [...found, shown], checks, detail };
  }
  // A clock that is ahead makes an old message look older.
  if (checks[0] !== (seconds > 0 ? 'slow-clock' : 'fast-clock')) return undefined;
  const detail = `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'}`;
  const evidence = [...found, `the Date header of its response is ${detail} the clock of this machine`];
  return { code: 'clock-drift', isCertain: true, evidence, checks, detail };
}
