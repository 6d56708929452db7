import { asBuffer } from '../../message.ts';
import type { CheckResult } from '../check.ts';
import type { Diagnosis } from './diagnosis.ts';
import type { View } from './view.ts';

/** Whether a check is of one event type. */
export function isType({ check }: CheckResult): boolean {
  return check.part === 'types';
}

/** What comes without organization_id or display_name is refused, of whatever type. */
export function needsOptional(view: View): Diagnosis | undefined {
  const isLacking = ({ exchanges }: CheckResult) =>
    exchanges.some(({ message }) => lacksOptional(asBuffer(message.body).toString()));
  const checks = view.failed(
    (result) => result.check.name === 'optional-fields-absent' || (isType(result) && isLacking(result)),
  );
  if (!checks.includes('optional-fields-absent')) return undefined;
  return { code: 'needs-optional', isSure: true, evidence: view.tell(checks), checks };
}

function lacksOptional(text: string): boolean {
  const event = JSON.parse(text) as object;
  return !('organization_id' in event && 'display_name' in event);
}

/** What is about something unknown to the handler is refused, and nothing else. */
export function wantsOrder(view: View): Diagnosis | undefined {
  const outOfOrder = view.failed(({ check }) => check.name === 'deleted-before-created');
  if (outOfOrder.length === 0) return undefined;
  const types = view.failed(isType);
  if (types.some((name) => /(created|signup|login)$/.test(name))) return undefined;
  const checks = [...outOfOrder, ...types];
  return { code: 'wants-order', isSure: true, evidence: view.tell(checks), checks };
}
