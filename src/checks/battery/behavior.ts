import { describeOutcome, isWithin, statusOf } from '../../delivery/outcome.ts';
import { type Check, type Finding, fail, pass, warn } from '../check.ts';
import type { Sample } from '../samples.ts';
import type { Exchange } from '../workbench.ts';
import { afterwards } from './afterwards.ts';

const group = 'behaves';

const oddBodies = ['this is not JSON', ''] as const;

/** Correctly signed bodies that are not events. */
export function oddBodyChecks(base: Sample): Check[] {
  const part = 'odd-bodies';
  const row = (name: string, sends: string, body: string): Check => ({
    group,
    part,
    name,
    sends,
    expects: '4xx',
    meaning: 'fails on a body that it cannot parse',
    why: 'Scalekit retries after a 5xx, and a request that hangs blocks a connection',
    fix: 'verify first, then parse, and answer 400 when parsing fails',
    async run(bench) {
      const message = bench.sign(bench.content(Buffer.from(body)));
      return judgeOddBody(await bench.send(message, { part, isHostile: true }));
    },
  });
  return [
    row('not-json', 'a correctly signed body that is not JSON', oddBodies[0]),
    row('empty-body', 'a correctly signed empty body', oddBodies[1]),
    {
      ...row('empty-unsigned', 'an empty body without a signature', ''),
      meaning: 'accepts an empty body without checking the signature',
      why: 'code that answers 2xx before it verifies can later process forged events',
      fix: 'reject a request without the signature headers before doing anything else',
      async run(bench) {
        const message = { headers: bench.materials.headers, body: new Uint8Array() };
        const finding = judgeOddBody(await bench.send(message, { part }));
        // Only a warning: an unsigned empty body triggers nothing.
        const { words: _words, ...own } = finding;
        return own.status === 'fail' ? { ...own, status: 'warn' } : own;
      },
    },
    afterwards(base, {
      part,
      why: 'one unreadable message blocks all later messages',
      fix: 'catch the exception that the parser throws, and answer 400',
      async send(bench) {
        for (const body of oddBodies) {
          const message = bench.sign(bench.content(Buffer.from(body)));
          await bench.send(message, { part, isHostile: true });
        }
      },
    }),
  ];
}

function judgeOddBody(exchange: Exchange): Finding {
  const found = describeOutcome(exchange.outcome);
  const status = statusOf(exchange.outcome);
  if (status === undefined) return fail('no-answer', found, [exchange]);
  if (status >= 500) return fail('answered-5xx', found, [exchange]);
  if (status >= 400) return pass(found, [exchange]);
  if (status >= 300) return fail('redirected', found, [exchange]);
  const finding = warn('answered-2xx', `${found}, although the body is not an event`, [exchange]);
  return {
    ...finding,
    words: {
      meaning: 'accepts a body that is not an event',
      why: 'a 2xx tells Scalekit that the event was processed, so it is never sent again',
    },
  };
}

/** Checks of the URL, independent of any message. */
export function addressChecks(): Check[] {
  const part = 'address';
  return [
    {
      group,
      part,
      name: 'get',
      sends: 'a GET request to the same URL',
      expects: '404 or 405',
      meaning: 'answers GET requests with 2xx',
      why: 'a page or a catch-all route may be answering, and a GET route can be indexed or prefetched',
      fix: 'register the route for POST only',
      async run(bench) {
        const exchange = await bench.get(part);
        const found = describeOutcome(exchange.outcome);
        return isWithin(exchange.outcome, 200, 299)
          ? warn('answered-2xx', found, [exchange])
          : pass(found, [exchange]);
      },
    },
  ];
}
