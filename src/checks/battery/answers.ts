import { describeOutcome, isWithin } from '../../delivery/outcome.ts';
import { headerValues } from '../../message.ts';
import { type Check, type Finding, fail, pass, warn } from '../check.ts';
import { showsSecret, showsSignature, showsStackTrace } from '../leaks.ts';
import { BURST_PART, type Exchange, PLAIN_PART, type Workbench } from '../workbench.ts';

const group = 'behaves';

/**
 * Checks of the responses to all earlier checks. `limitMs` is the longest response time. The first response of an app
 * that was started for the run may be slow.
 */
export function answerChecks(limitMs: number, { isStarted }: { readonly isStarted: boolean }): Check[] {
  const slowMs = limitMs / 2;
  const part = 'answers';
  const shared = { group, part, sends: 'nothing (inspects all earlier responses)', isAlone: true } as const;
  return [
    {
      ...shared,
      name: 'in-time',
      expects: `a response within ${limitMs / 1000} s, preferably within ${slowMs / 1000} s`,
      meaning: 'takes longer to respond than Scalekit waits',
      why: `Scalekit waits ${limitMs / 1000} s, then counts the delivery as failed and retries it`,
      fix: 'respond first (202) and do the work afterwards in a queue',
      run: async ({ exchanges }) => judgeTimes(exchanges, { limitMs, slowMs, isStarted }),
    },
    {
      ...shared,
      name: 'no-redirect',
      expects: 'no redirect',
      meaning: 'redirects requests',
      why: 'Scalekit does not follow redirects, so the event is not delivered',
      fix: 'register the final URL in the dashboard, and mount the route before the code that redirects',
      run: async (bench) => {
        const redirect = bench.exchanges.find(
          ({ method, outcome }) => method === 'POST' && isWithin(outcome, 300, 399),
        );
        return redirect
          ? fail('redirected', `${describeOutcome(redirect.outcome)} ${locationOf(redirect)}`, [redirect])
          : pass('no redirects');
      },
    },
    {
      ...shared,
      name: 'documented-status',
      expects: '200, 201 or 202 for accepted messages',
      meaning: 'accepts messages with an undocumented status',
      why: 'the Scalekit docs name 200, 201 and 202. Other 2xx statuses may not work',
      fix: 'answer 201, which the docs recommend',
      run: async (bench) => {
        const other = bench.exchanges.find(
          ({ outcome, method }) => method === 'POST' && isWithin(outcome, 203, 299),
        );
        return other
          ? warn('undocumented-status', describeOutcome(other.outcome), [other])
          : pass('only documented statuses');
      },
    },
    leakCheck(shared, {
      name: 'no-stack-trace',
      leaked: 'a stack trace',
      why: 'a stack trace shows the code and its file paths to anyone who sends forged messages',
      fix: 'answer with a plain message, and turn off the debug mode of the framework in production',
      shows: showsStackTrace,
    }),
    leakCheck(shared, {
      name: 'no-secret',
      leaked: 'the signing secret',
      why: 'anyone who reads the secret can sign forged events',
      fix: 'never put the secret, or an error that quotes it, in a response. Rotate the secret now',
      shows: (exchange, { materials }) => showsSecret(exchange, materials.secrets),
    }),
    leakCheck(shared, {
      name: 'no-expected-signature',
      leaked: 'the expected signature',
      why: 'the response gives the sender of a forged message the signature that makes it valid',
      fix: 'answer only that the signature does not match',
      shows: (exchange, { materials }) => showsSignature(exchange, materials.secrets),
    }),
  ];
}

function judgeTimes(
  exchanges: readonly Exchange[],
  {
    limitMs,
    slowMs,
    isStarted,
  }: { readonly limitMs: number; readonly slowMs: number; readonly isStarted: boolean },
): Finding {
  const [slowest] = byDuration(exchanges.filter(({ part }) => part !== BURST_PART && part !== PLAIN_PART));
  const [first] = byDuration(exchanges.filter(({ part }) => part === PLAIN_PART));
  const isFirstSlow = !isStarted && first !== undefined && first.outcome.milliseconds > slowMs;
  const found = slowest ? `the slowest response took ${secondsOf(slowest)}` : 'nothing was sent';
  if (slowest && slowest.outcome.milliseconds >= limitMs) return fail('slow', found, [slowest]);
  if (slowest && slowest.outcome.milliseconds > slowMs) return warn('slow', found, [slowest]);
  if (!isFirstSlow) return pass(found);
  return warn('slow-start', `only the first response was slow: it took ${secondsOf(first)}`, [first]);
}

/** The exchanges with a response, slowest first. */
function byDuration(exchanges: readonly Exchange[]): Exchange[] {
  return exchanges
    .filter(({ outcome }) => outcome.answered)
    .sort((a, b) => b.outcome.milliseconds - a.outcome.milliseconds);
}

function secondsOf({ outcome }: Exchange): string {
  return `${(outcome.milliseconds / 1000).toFixed(1)} s`;
}

interface Leak {
  readonly name: string;
  readonly leaked: string;
  readonly why: string;
  readonly fix: string;
  shows(exchange: Exchange, bench: Workbench): boolean;
}

function leakCheck(
  shared: Pick<Check, 'group' | 'part' | 'sends' | 'isAlone'>,
  { name, leaked, why, fix, shows }: Leak,
): Check {
  return {
    ...shared,
    name,
    expects: `responses to invalid messages without ${leaked}`,
    meaning: `leaks ${leaked} in responses to invalid messages`,
    why,
    fix,
    run: async (bench) => {
      const leak = bench.exchanges.find((exchange) => exchange.isHostile && shows(exchange, bench));
      return leak
        ? fail('leaked', `${describeOutcome(leak.outcome)}, with ${leaked} in the response`, [leak])
        : pass('no leak');
    },
  };
}

function locationOf({ outcome }: Exchange): string {
  const [location] = outcome.answered ? headerValues(outcome.headers, 'location') : [];
  return location ? `redirect to ${location}` : 'redirect without a Location header';
}
