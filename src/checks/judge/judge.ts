import type { Run } from '../run.ts';
import type { Diagnosis } from './diagnosis.ts';
import { judgePatterns } from './patterns.ts';
import { judgeRefusal } from './refusal.ts';

/** Reads what a run found: what explains most comes first. Nothing for a handler without failures. */
export function judge(run: Run): Diagnosis[] {
  const [first] = run.results;
  // What no answer means depends on the network, not on the pattern.
  if (!first || first.code === 'no-answer' || first.code === 'run-ended') return [];
  return first.status === 'pass' ? judgePatterns(run) : judgeRefusal(run, first);
}
