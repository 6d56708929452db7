import { describeOutcome, isWithin, statusOf } from '../../delivery/outcome.ts';
import { type Check, type Finding, fail, pass, warn } from '../check.ts';
import type { Sample } from '../samples.ts';
import type { Exchange } from '../workbench.ts';
import { afterwards } from './afterwards.ts';

const group = 'behaves';

const oddBodies = ['this is not JSON', ''] as const;

/** Rightly signed bodies that are no events. */
export function oddBodyChecks(base: Sample): Check[] {
  const part = 'odd-bodies';
  const row = (name: string, sends: string, body: string): Check => ({
    group,
    part,
    name,
    sends,
    expects: '4xx',
    meaning: 'falls over a body that it cannot read',
    why: 'an error of the handler (5xx) is tried again for hours, and a request that hangs holds a place',
    fix: 'verify first, then parse, and answer 400 to what cannot be parsed',
    async run(bench) {
      const message = bench.sign(bench.content(Buffer.from(body)));
      return judgeOddBody(await bench.send(message, { part, isHostile: true }));
    },
  });
  return [
    row('not-json', 'a rightly signed body that is not JSON', oddBodies[0]),
    row('empty-body', 'a rightly signed empty body', oddBodies[1]),
    {
      ...row('empty-unsigned', 'an empty body without signature', ''),
      meaning: 'takes an empty body without looking at the signature',
      why: 'what answers 2xx before it verifies is where a mistake will be made one day',
      fix: 'refuse what lacks the signature headers before anything else',
      async run(bench) {
        const message = { headers: bench.materials.headers, body: new Uint8Array() };
        const finding = judgeOddBody(await bench.send(message, { part }));
        // It does no harm: whoever sends it gets nothing done.
        return finding.status === 'fail' ? { ...finding, status: 'warn' } : finding;
      },
    },
    afterwards(base, {
      part,
      why: 'one message that cannot be read would keep all others out',
      fix: 'catch what the parser throws, and answer 400',
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
  return warn('answered-2xx', `${found}: acknowledged, and nobody has read it`, [exchange]);
}

/** The address itself. */
export function addressChecks(): Check[] {
  const part = 'address';
  return [
    {
      group,
      part,
      name: 'get',
      sends: 'a GET of the same address',
      expects: '404 or 405',
      meaning: 'answers GET with 2xx',
      why: 'a page or a catch-all route may be answering, and what answers GET may be indexed or prefetched',
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
