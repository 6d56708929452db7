import { headerValues } from '../../message.ts';
import { judgeAccepted } from '../accepted.ts';
import {
  type Check,
  describeOutcome,
  type Exchange,
  type Finding,
  fail,
  isWithin,
  pass,
  statusOf,
  warn,
} from '../check.ts';
import { showsSecret, showsSignature, showsStackTrace } from '../leaks.ts';
import type { Sample } from '../samples.ts';
import { BURST_PART, type Workbench } from '../workbench.ts';
import { accepts, messageOf } from './row.ts';

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
    mend: 'verify first, then parse, and answer 400 to what cannot be parsed',
    async run(bench) {
      const message = bench.sign(bench.content(Buffer.from(body)));
      return judgeOddBody(await bench.send(message, { part, isHostile: true }));
    },
  });
  const take = { ...accepts, group, part: 'afterwards' } as const;
  return [
    row('not-json', 'a rightly signed body that is not JSON', oddBodies[0]),
    row('empty-body', 'a rightly signed empty body', oddBodies[1]),
    {
      ...row('empty-unsigned', 'an empty body without signature', ''),
      meaning: 'takes an empty body without looking at the signature',
      why: 'what answers 2xx before it verifies is where a mistake will be made one day',
      mend: 'refuse what lacks the signature headers before anything else',
      async run(bench) {
        const message = { headers: bench.materials.headers, body: new Uint8Array() };
        const finding = judgeOddBody(await bench.send(message, { part }));
        // It does no harm: whoever sends it gets nothing done.
        return finding.status === 'fail' ? { ...finding, status: 'warn' } : finding;
      },
    },
    {
      ...take,
      name: `after-${part}`,
      sends: `a valid message after those of ${part}`,
      meaning: 'no longer takes valid messages once it has refused some',
      why: 'one message that cannot be read would keep all others out',
      mend: 'catch what the parser throws, and answer 400',
      isAlone: true,
      async run(bench) {
        if (!bench.exchanges.some((exchange) => exchange.part === part)) {
          for (const body of oddBodies) {
            const message = bench.sign(bench.content(Buffer.from(body)));
            await bench.send(message, { part, isHostile: true });
          }
        }
        return judgeAccepted(await bench.send(messageOf(base, bench), { part }));
      },
    },
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
      mend: 'register the route for POST only',
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

/** How a handler has answered what the other checks sent. `limit` is how long it may take, in milliseconds. */
export function answerChecks(limit: number): Check[] {
  const slow = limit / 2;
  const part = 'answers';
  const of = { group, part, sends: 'nothing more: it looks at all answers so far', isAlone: true } as const;
  const later = 'answer first (202) and do the work afterwards, in a queue';
  return [
    {
      ...of,
      name: 'in-time',
      expects: `an answer within ${limit / 1000} s, better ${slow / 1000} s`,
      meaning: 'takes longer to answer than a sender waits',
      why: `Scalekit waits ${limit / 1000} s, then counts the delivery as failed and tries again`,
      mend: later,
      run: async (bench) => {
        const [slowest] = bench.exchanges
          .filter(({ outcome, part: of }) => outcome.answered && of !== BURST_PART)
          .sort((a, b) => b.outcome.milliseconds - a.outcome.milliseconds);
        if (!slowest) return pass('nothing was sent');
        const found = `the slowest took ${(slowest.outcome.milliseconds / 1000).toFixed(1)} s`;
        if (slowest.outcome.milliseconds >= limit) return fail('slow', found, [slowest]);
        return slowest.outcome.milliseconds > slow ? warn('slow', found, [slowest]) : pass(found);
      },
    },
    {
      ...of,
      name: 'no-redirect',
      expects: 'no redirect',
      meaning: 'redirects',
      why: 'Scalekit does not follow redirects: the event does not arrive',
      mend: 'register the final address in the dashboard, and the route before what redirects',
      run: async (bench) => {
        const found = bench.exchanges.find(
          ({ method, outcome }) => method === 'POST' && isWithin(outcome, 300, 399),
        );
        return found
          ? fail('redirected', `${describeOutcome(found.outcome)} to ${locationOf(found)}`, [found])
          : pass('none');
      },
    },
    {
      ...of,
      name: 'documented-status',
      expects: '200, 201 or 202 for what is taken',
      meaning: 'takes messages with a status that the documents do not name',
      why: "Scalekit's documents name 200, 201 and 202; any other 2xx is left to chance",
      mend: 'answer 201, which they recommend',
      run: async (bench) => {
        const other = bench.exchanges.find(
          ({ outcome, method }) => method === 'POST' && isWithin(outcome, 203, 299),
        );
        return other
          ? warn('undocumented-status', describeOutcome(other.outcome), [other])
          : pass('so it is');
      },
    },
    leakCheck(of, {
      name: 'no-stack-trace',
      what: 'a stack trace',
      why: 'it tells whoever sends forged messages what the program is made of, and where',
      mend: 'answer a plain message: in Express an error handler of your own, or NODE_ENV=production',
      shows: showsStackTrace,
    }),
    leakCheck(of, {
      name: 'no-secret',
      what: 'the signing secret',
      why: 'whoever reads it can sign events of their own',
      mend: 'never put the secret, or an error that quotes it, into an answer; and rotate it now',
      shows: (exchange, { materials }) => showsSecret(exchange, materials.secrets),
    }),
    leakCheck(of, {
      name: 'no-expected-signature',
      what: 'the signature that it had expected',
      why: 'whoever sends a forged message is told the signature that makes it valid',
      mend: 'answer that the signature does not match, and nothing more',
      shows: (exchange, { materials }) => showsSignature(exchange, materials.secrets),
    }),
  ];
}

interface Leak {
  readonly name: string;
  readonly what: string;
  readonly why: string;
  readonly mend: string;
  shows(exchange: Exchange, bench: Workbench): boolean;
}

function leakCheck(
  of: Pick<Check, 'group' | 'part' | 'sends' | 'isAlone'>,
  { name, what, why, mend, shows }: Leak,
): Check {
  return {
    ...of,
    name,
    expects: `no answer to what is refused has ${what} in it`,
    meaning: `answers what it refuses with ${what}`,
    why,
    mend,
    run: async (bench) => {
      const leak = bench.exchanges.find((exchange) => exchange.isHostile && shows(exchange, bench));
      return leak ? fail('leaked', `${describeOutcome(leak.outcome)}, with ${what}`, [leak]) : pass('none');
    },
  };
}

function locationOf({ outcome }: Exchange): string {
  return (outcome.answered && headerValues(outcome.headers, 'location')[0]) || 'nowhere';
}
