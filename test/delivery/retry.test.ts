import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/delivery/outcome.ts';
import { type RetryPolicy, readRetryAfter, waitBeforeRetry } from '../../src/delivery/retry.ts';
import { schedules } from '../../src/delivery/schedules.ts';

const now = Date.UTC(2026, 10, 22, 12, 0, 0);

function answered(status: number, retryAfter?: string): Outcome {
  const headers = retryAfter === undefined ? [] : ([['retry-after', retryAfter]] as const);
  return { answered: true, status, headers, body: new Uint8Array(), isCut: false, milliseconds: 1 };
}

function unanswered(failure: 'connection_refused' | 'timeout' | 'stopped' | 'dns'): Outcome {
  return { answered: false, failure, detail: '', wasSent: false, milliseconds: 1 };
}

const policy = { waits: schedules.overview, scale: 1 };

describe('the documented schedules', () => {
  it.each([
    ['overview', [5, 30, 120, 300, 900]],
    ['dashboard', [60, 300, 900]],
    ['scim', [5, 300, 1800, 7200, 18_000, 36_000, 36_000]],
  ] as const)('%s: %j seconds', (name, seconds) => {
    const waits = seconds.map((_, index) =>
      waitBeforeRetry(index + 1, answered(500), { ...policy, waits: schedules[name] }, now),
    );
    expect(waits).toEqual(seconds.map((wait) => wait * 1000));
    expect(
      waitBeforeRetry(seconds.length + 1, answered(500), { ...policy, waits: schedules[name] }, now),
    ).toBeUndefined();
  });

  it('can be scaled', () => {
    expect(waitBeforeRetry(1, answered(500), { ...policy, scale: 0.001 }, now)).toBe(5);
  });
});

describe('what is tried again', () => {
  it.each([
    [answered(301), true],
    [answered(400), true],
    [answered(401), true],
    [answered(500), true],
    [unanswered('connection_refused'), true],
    [unanswered('timeout'), true],
    [unanswered('dns'), true],
    [{ ...answered(200), brokenOff: 'timeout' } as Outcome, true],
    [answered(200), false],
    [answered(204), false],
    [unanswered('stopped'), false],
  ])('%j: %s', (outcome, isRetried) => {
    expect(waitBeforeRetry(1, outcome, policy, now) !== undefined).toBe(isRetried);
  });
});

describe('Retry-After', () => {
  it.each([
    ['20', 20_000],
    ['1', 5000],
    ['0', 5000],
    ['Sun, 22 Nov 2026 12:01:00 GMT', 60_000],
    ['Sun, 22 Nov 2020 12:01:00 GMT', 5000],
    ['soon', 5000],
    ['-5', 5000],
    ['1e9', 5000],
    ['', 5000],
    ['3600', 3_600_000],
    ['3601', undefined],
    ['315360000', undefined],
    ['9'.repeat(400), undefined],
    ['Sun, 22 Nov 2036 12:00:00 GMT', undefined],
  ])('%j: wait %s ms', (value, wait) => {
    expect(waitBeforeRetry(1, answered(503, value), policy, now)).toBe(wait);
  });

  it('is scaled as the schedule is', () => {
    expect(waitBeforeRetry(1, answered(429, '20'), { ...policy, scale: 0.01 }, now)).toBe(200);
  });

  it('is not read from other forms of dates', () => {
    expect(readRetryAfter('2036-01-01', now)).toBe(0);
  });
});

describe('a follower', () => {
  const following: RetryPolicy = { waits: [1000, 2000], scale: 1, untilAnswered: true };
  const lost = unanswered('connection_refused');

  it('tries again without end while there is no response, and never after one', () => {
    expect([1, 2, 3, 1000].map((attempt) => waitBeforeRetry(attempt, lost, following, now))).toEqual([
      1000, 2000, 2000, 2000,
    ]);
    expect(waitBeforeRetry(1, answered(500), following, now)).toBeUndefined();
  });
});
