import { cleanLine } from '../clean.ts';
import type { Summary } from '../facts/index.ts';
import { type Paint, time } from './layout.ts';

const countNames: Record<Summary['command'], [total: string, accepted: string, rejected: string]> = {
  send: ['sent', 'accepted', 'not accepted'],
  replay: ['replayed', 'accepted', 'not accepted'],
  pull: ['pulled', 'accepted', 'not accepted'],
  listen: ['received', 'verified', 'rejected'],
  check: ['sent', 'accepted', 'not accepted'],
  demo: ['received', 'verified', 'rejected as expected'],
};

/** The results of --expect, followed by the counts. */
export function summary(fact: Summary, paint: Paint): string[] {
  const [total, accepted, rejected] = countNames[fact.command];
  const countStyle = fact.ok ? paint.good : paint.bad;
  const counts = [
    // Of nothing, nothing else is counted.
    ...(fact.total > 0 ? [(fact.ok ? paint.good : String)(`${fact.accepted} ${accepted}`)] : []),
    ...(fact.rejected > 0 ? [countStyle(`${fact.rejected} ${rejected}`)] : []),
    ...(fact.no_response > 0 ? [countStyle(`${fact.no_response} with no response`)] : []),
    ...(fact.unsent > 0 ? [countStyle(`${fact.unsent} not sent (stopped)`)] : []),
  ].join(', ');
  const statuses = Object.entries(fact.statuses).map(([status, count]) => `${status}: ${count}`);
  const isPlain = Object.keys(fact.statuses).every((status) => /^2\d\d$/.test(status));
  const detail = statuses.length > 1 || !isPlain ? ` (${statuses.join(', ')})` : '';
  const median = fact.p50_ms === null || fact.total < 10 ? '' : `, p50 ${time(fact.p50_ms)}`;
  const tail = median && `, p95 ${time(fact.p95_ms ?? 0)}, p99 ${time(fact.p99_ms ?? 0)}`;
  const line = `${fact.total} ${total}${counts && `: ${counts}`}${detail} in ${time(fact.duration_ms)}${median}${tail}`;
  return [...fact.expected.map((expected) => expectation(expected, paint)), line];
}

function expectation({ pattern, count, received, ok }: Summary['expected'][number], paint: Paint): string {
  const mark = ok ? paint.good('✓') : paint.bad('✗');
  return `${mark} expected ${cleanLine(pattern)}${count}: ${received} received`;
}
