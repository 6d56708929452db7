import { cleanLine, cut } from '../clean.ts';
import type { Intercepted } from '../facts/index.ts';
import { deliveryLines, faultRemark } from './delivery.ts';
import type { HumanOptions, Paint } from './layout.ts';

/** The decision of an interceptor, with the claims and memberships that it adds. */
export function intercepted(fact: Intercepted, options: HumanOptions): string[] {
  const { out } = options;
  const mark = fact.ok ? out.good('✓') : out.bad('✗');
  const shown = { ...fact, event_type: fact.trigger_point, event_id: null };
  // A response that could be read is printed below by its parts; one that could not is printed raw.
  const isRead = fact.decision !== null && fact.problems.length === 0;
  return [
    ...deliveryLines(
      isRead ? { ...shown, response: null } : shown,
      mark,
      [decision(fact, out), faultRemark(fact, out)],
      options,
    ),
    ...added(fact, out),
    ...fact.problems.map((problem) => `  ${out.bad('problem')}: ${cleanLine(cut(problem, 500))}`),
    ...fact.remarks.map((remark) => `  ${out.warn('note')}: ${cleanLine(cut(remark, 500))}`),
  ];
}

function decision({ decision, decision_message: message }: Intercepted, paint: Paint): string | false {
  if (decision === null) return false;
  if (decision === 'ALLOW') return paint.good('ALLOW');
  return [paint.warn('DENY'), ...(message === null ? [] : [`"${cleanLine(cut(message, 500))}"`])].join(' ');
}

/** Claims and memberships, one per line. */
function added({ decision_response: response, decision }: Intercepted, paint: Paint): string[] {
  if (response === null || decision !== 'ALLOW') return [];
  return Object.entries(response).flatMap(([name, value]) => {
    const members =
      name === 'claims' && typeof value === 'object' && value !== null ? Object.entries(value) : undefined;
    const line = (label: string, shown: unknown) =>
      `  ${paint.name(cleanLine(cut(label, 200)))}: ${cleanLine(cut(JSON.stringify(shown), 500))}`;
    return members ? members.map(([claim, shown]) => line(`claim ${claim}`, shown)) : [line(name, value)];
  });
}
