import { cleanLine } from '../clean.ts';
import type { Summary } from '../facts/index.ts';
import { type Paint, time } from './layout.ts';

/** What the counts of a summary are called. */
const countNames: Record<Summary['command'], [total: string, accepted: string, refused: string]> = {
  send: ['sent', 'accepted', 'not accepted'],
  replay: ['replayed', 'accepted', 'not accepted'],
  listen: ['received', 'verified', 'refused'],
  check: ['sent', 'taken', 'not taken'],
  demo: ['received', 'verified', 'refused, as it should be'],
};

/** How it all came out, what was expected first. */
export function summary(fact: Summary, paint: Paint): string[] {
  const [total, accepted, refused] = countNames[fact.command];
  const bad = fact.ok ? paint.good : paint.bad;
  const counts = [
    fact.ok ? paint.good(`${fact.accepted} ${accepted}`) : `${fact.accepted} ${accepted}`,
    ...(fact.rejected > 0 ? [bad(`${fact.rejected} ${refused}`)] : []),
    ...(fact.no_response > 0 ? [bad(`${fact.no_response} without an answer`)] : []),
    ...(fact.unsent > 0 ? [bad(`${fact.unsent} not sent: stopped`)] : []),
  ].join(', ');
  const statuses = Object.entries(fact.statuses).map(([status, count]) => `${status}: ${count}`);
  const isPlain = Object.keys(fact.statuses).every((status) => /^2\d\d$/.test(status));
  const detail = statuses.length > 1 || !isPlain ? ` (${statuses.join(', ')})` : '';
  const half = fact.p50_ms === null || fact.total < 10 ? '' : `, p50 ${time(fact.p50_ms)}`;
  const tail = half && `, p95 ${time(fact.p95_ms ?? 0)}, p99 ${time(fact.p99_ms ?? 0)}`;
  const line = `${fact.total} ${total}: ${counts}${detail} in ${time(fact.duration_ms)}${half}${tail}`;
  return [...fact.expected.map((expected) => expectation(expected, paint)), line];
}

function expectation({ pattern, count, received, ok }: Summary['expected'][number], paint: Paint): string {
  const mark = ok ? paint.good('✓') : paint.bad('✗');
  return `${mark} expected ${cleanLine(pattern)}${count}: ${received} received`;
}
