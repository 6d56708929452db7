import { describeWithRedis, startRedis, storeAt } from '../../support/redis.ts';
import { holdsTheContract } from '../contract.ts';

describeWithRedis('Redis', () => {
  holdsTheContract('a Redis store', () => {
    const opening = startRedis().then(({ url }) => storeAt(url));
    return {
      openWriter: async () => (await (await opening).openWriter({ sync: false, now: Date.now })).writer,
      openReader: async () => (await opening).openReader(),
      async *follow(after, stop) {
        yield* (await opening).follow(after, stop);
      },
    };
  });
});
