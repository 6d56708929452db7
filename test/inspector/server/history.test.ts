import { expect, it } from 'vitest';
import type { CheckRun, CheckStatus } from '../../../src/inspector/check-protocol.ts';
import { noHistory, withRun } from '../../../src/inspector/server/check/history.ts';

/** A run that began at a time and has these results. */
const run = (time: number, results: Readonly<Record<string, CheckStatus>>) =>
  ({ time, checks: Object.entries(results).map(([name, status]) => ({ name, status })) }) as unknown as Omit<
    CheckRun,
    'changes'
  >;

const first = withRun(noHistory, run(1, { a: 'fail', b: 'pass', c: 'warn', d: 'skip' }));

it('the first run has nothing to compare with', () => {
  expect(first.last.changes).toBeNull();
  expect(first.known).toEqual({ a: 'fail', b: 'pass', c: 'warn' });
});

it('fixed is what failed and no longer does; new is what fails and did not', () => {
  const { last, known } = withRun(first, run(2, { a: 'warn', b: 'fail', c: 'fail' }));
  expect(last.changes).toEqual({ since: 1, fixed: ['a'], broken: ['b', 'c'] });
  expect(known).toEqual({ a: 'warn', b: 'fail', c: 'fail' });
});

it('a check without a result before or now is not compared, and keeps the result that it had', () => {
  const { last, known } = withRun(first, run(2, { a: 'skip', d: 'fail', e: 'fail' }));
  expect(last.changes).toEqual({ since: 1, fixed: [], broken: [] });
  expect(known).toMatchObject({ a: 'fail', d: 'fail', e: 'fail' });
});
