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
    // Only a warning: Scalekit never sends an empty body, and a right handler may not expect one.
    leniently(row('empty-body', 'a correctly signed empty body', oddBodies[1])),
    leniently({
      ...row('empty-unsigned', 'an empty body without a signature', ''),
      meaning: 'accepts an empty body without checking the signature',
      why: 'code that answers 2xx before it verifies can later process forged events',
      fix: 'reject a request without the signature headers before doing anything else',
      async run(bench) {
        const message = { headers: bench.materials.headers, body: new Uint8Array() };
        return judgeOddBody(await bench.send(message, { part }));
      },
    }),
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

/** A check whose failure is only a warning, unless the handler sends no response. */
function leniently(check: Check): Check {
  return {
    ...check,
    async run(bench) {
      const finding = await check.run(bench);
      return finding.status === 'fail' && finding.code !== 'no-answer'
        ? { ...finding, status: 'warn' }
        : finding;
    },
  };
}

function judgeOddBody(exchange: Exchange): Finding {
  const found = describeOutcome(exchange.outcome);
  const status = statusOf(exchange.outcome);
  if (status === undefined) return fail('no-answer', found, [exchange]);
  if (status >= 500) return fail('answered-5xx', found, [exchange]);
  if (status >= 400) return pass(found, [exchange]);
  if (status >= 300) return fail('redirected', found, [exchange]);
  return warn('answered-2xx', `${found}, although the body is not an event`, [exchange]);
}

/** Whether the app, which was started for the run, survives it. Sends nothing, so it runs last. */
export function keepsRunningCheck(): Check {
  return {
    group,
    part: 'app',
    name: 'keeps-running',
    sends: 'nothing (watches the app for a moment after the last message)',
    expects: 'an app that still runs',
    meaning: 'crashes after it has answered',
    why: 'Scalekit has its 2xx and never sends the event again, and the next events get no response',
    fix: 'catch every error in work that continues after the response, also in promises and timers',
    isAlone: true,
    async run({ subject, exchanges }) {
      const ended = await subject.watch?.();
      if (ended === undefined) return pass('the app still runs');
      return fail('crashed', `the app ended with ${ended}`, exchanges.slice(-1));
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
