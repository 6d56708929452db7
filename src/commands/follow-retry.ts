import type { RetryPolicy } from '../delivery/retry.ts';

/** Without a response, a follower waits and tries again for as long as it runs. */
export const followersRetry: RetryPolicy = {
  waits: [1000, 2000, 5000, 10_000, 30_000],
  scale: 1,
  untilAnswered: true,
};
