import { describeOutcome, isWithin } from '../../delivery/outcome.ts';
import { headerValues } from '../../message.ts';
import { type Check, fail, pass, warn } from '../check.ts';
import { showsSecret, showsSignature, showsStackTrace } from '../leaks.ts';
import type { Exchange } from '../workbench.ts';
import { BURST_PART, type Workbench } from '../workbench.ts';

const group = 'behaves';

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
      fix: later,
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
      fix: 'register the final address in the dashboard, and the route before what redirects',
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
      fix: 'answer 201, which they recommend',
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
      fix: 'answer a plain message: in Express an error handler of your own, or NODE_ENV=production',
      shows: showsStackTrace,
    }),
    leakCheck(of, {
      name: 'no-secret',
      what: 'the signing secret',
      why: 'whoever reads it can sign events of their own',
      fix: 'never put the secret, or an error that quotes it, into an answer; and rotate it now',
      shows: (exchange, { materials }) => showsSecret(exchange, materials.secrets),
    }),
    leakCheck(of, {
      name: 'no-expected-signature',
      what: 'the signature that it had expected',
      why: 'whoever sends a forged message is told the signature that makes it valid',
      fix: 'answer that the signature does not match, and nothing more',
      shows: (exchange, { materials }) => showsSignature(exchange, materials.secrets),
    }),
  ];
}

interface Leak {
  readonly name: string;
  readonly what: string;
  readonly why: string;
  readonly fix: string;
  shows(exchange: Exchange, bench: Workbench): boolean;
}

function leakCheck(
  of: Pick<Check, 'group' | 'part' | 'sends' | 'isAlone'>,
  { name, what, why, fix, shows }: Leak,
): Check {
  return {
    ...of,
    name,
    expects: `no answer to what is refused has ${what} in it`,
    meaning: `answers what it refuses with ${what}`,
    why,
    fix: fix,
    run: async (bench) => {
      const leak = bench.exchanges.find((exchange) => exchange.isHostile && shows(exchange, bench));
      return leak ? fail('leaked', `${describeOutcome(leak.outcome)}, with ${what}`, [leak]) : pass('none');
    },
  };
}

function locationOf({ outcome }: Exchange): string {
  return (outcome.answered && headerValues(outcome.headers, 'location')[0]) || 'nowhere';
}
