import { expect, it } from 'vitest';
import { DraftComparison } from '../../../../src/inspector/page/comparison/draft-comparison.ts';
import type {
  ComparisonAnswer,
  ComparisonRequest,
} from '../../../../src/inspector/page/comparison/protocol.ts';
import { draftReporter } from '../../../../src/inspector/page/editor/draft.ts';

it('compares one version at a time, then the newest that waits', () => {
  const body = '{"a":1}';
  const asked: ComparisonRequest[] = [];
  let take: (answer: ComparisonAnswer) => void = () => {};
  const comparison = new DraftComparison(body, (taking) => {
    take = taking;
    return { ask: (request) => asked.push(request), end: () => {} };
  });
  const answer = (text: string) => take({ kind: 'report', report: draftReporter(body)(text) });
  for (const text of ['{"a":2}', '{"a":3}', '{"a":4}']) comparison.compare(text);
  const first = [
    { kind: 'original', body },
    { kind: 'draft', text: '{"a":2}' },
  ];
  expect(asked).toEqual(first);
  expect(comparison.report.value).toBeNull();
  answer('{"a":2}');
  expect(comparison.report.value?.fields).toBe(1);
  expect(asked).toEqual([...first, { kind: 'draft', text: '{"a":4}' }]);
  answer('{"a":4}');
  expect(asked).toHaveLength(3);
});
