import type { Check, CheckResult, FindingCode } from '../../checks/check.ts';
import { statusOf } from '../../delivery/outcome.ts';

/** What a result means for the handler, why that matters, and how to fix it. */
export type FindingWords = Pick<Check, 'meaning' | 'why' | 'fix'>;

/**
 * The words for a result. A check's own words describe the failure that it looks for; a different response, such as an
 * error instead of a rejection, needs other words.
 */
export function explainFinding(result: CheckResult): FindingWords {
  const { check, status, code } = result;
  if (status === 'pass' || code === null || isOwn(result)) return check;
  const make = status === 'skip' ? skipped : (words[code] ?? (() => check));
  const ofInterceptor = check.group === 'interceptor' ? interceptorWords[code] : undefined;
  return { ...check, ...make(check), ...ofInterceptor };
}

/** The results that the words of a check are written for, by group. Other groups use their own words for all. */
const ownCodes: Partial<Record<Check['group'], readonly FindingCode[]>> = {
  accepts: ['not-accepted', 'one-connection'],
  rejects: ['accepted'],
  interceptor: ['allowed', 'contract-broken'],
};

/** Parts whose checks are written for other results than their group. */
const ownCodesOfParts: Readonly<Record<string, readonly FindingCode[]>> = {
  'odd-bodies': ['answered-5xx'],
  address: ['answered-2xx'],
  afterwards: ['not-accepted', 'answered-5xx', 'crashed'],
  answers: ['slow', 'redirected', 'undocumented-status', 'leaked'],
};

/** Statuses that a router or framework sends before the handler; few checks are about them. */
const routing: Readonly<Record<number, readonly [check: string, words: FindingWords]>> = {
  404: [
    '',
    {
      meaning: 'answers 404 to this message',
      why: 'Scalekit counts a 404 as a failed delivery',
      fix: 'find out why the route or the handler answers 404: a handler must not answer 404 to an event about an unknown object',
    },
  ],
  405: [
    '',
    {
      meaning: 'does not allow POST for this message',
      why: 'Scalekit counts a 405 as a failed delivery',
      fix: 'register the handler for POST, independent of the content of the request',
    },
  ],
  413: [
    'large-body',
    {
      meaning: 'rejects a body of this size as too large',
      why: 'groups and attributes can make an event large',
      fix: 'raise the limit for the body to 1 MB',
    },
  ],
  415: [
    'charset',
    {
      meaning: 'rejects the content type of this message',
      why: 'Scalekit sends application/json, and proxies may add parameters to it',
      fix: 'accept application/json with any parameters',
    },
  ],
};

function isOwn({ check, code, exchanges }: CheckResult): boolean {
  const codes = ownCodesOfParts[check.part] ?? ownCodes[check.group];
  if (codes && !codes.includes(code!)) return check.name === 'empty-unsigned' && code === 'answered-2xx';
  if (check.name === 'empty-unsigned') return false;
  const route = code === 'not-accepted' && routing[statusOf(exchanges[0]!.outcome) ?? 0];
  return !route || route[0] === check.name;
}

const skipped = () => ({
  meaning: 'could not be judged by this check',
  why: 'a skipped check proves nothing about the handler',
  fix: 'solve the problem that the result names, then run the check again',
});

const policyDecides = 'Scalekit does not get a decision, so its failure policy decides instead';

/** Where the words below speak of deliveries: nobody retries the request of an interceptor. */
const interceptorWords: Partial<Record<FindingCode, Partial<FindingWords>>> = {
  'not-accepted': { why: policyDecides, fix: 'always answer 200, with the decision in the body' },
  redirected: { why: `Scalekit does not follow redirects. ${policyDecides}` },
  'no-answer': { why: policyDecides },
  'answered-5xx': { why: policyDecides },
  'rejected-with-5xx': {
    why: 'the response looks like a crash, and the failure policy may allow the request',
    fix: 'catch the error that the verifier throws, and answer DENY',
  },
  'rejected-with-3xx': {
    fix: 'answer DENY when verification fails, and exempt the route from login redirects',
  },
  'rate-limited': {
    why: `many people may sign in within a second. ${policyDecides}`,
    fix: 'exempt the interceptor route from the rate limit',
  },
};

/** Words by kind of result, for checks that are not about it. */
const words: Partial<Record<FindingCode, (check: Check) => FindingWords>> = {
  'not-accepted': ({ sends }) => ({
    meaning: `rejects ${sends}`,
    why: 'Scalekit counts the delivery as failed and retries it',
    fix: 'answer 2xx',
  }),
  'answered-5xx': ({ sends }) => ({
    meaning: `answers with a server error to ${sends}`,
    why: 'Scalekit retries after a 5xx, and an unexpected exception may leave work half done',
    fix: 'find the exception in the log of the app, and handle this case',
  }),
  'answered-2xx': () => ({
    meaning: 'accepts a body that is not an event',
    why: 'a 2xx tells Scalekit that the event was processed, so it is never sent again',
    fix: 'verify first, then parse, and answer 400 when parsing fails',
  }),
  'rejected-with-5xx': ({ sends }) => ({
    meaning: `answers with a server error to ${sends}, instead of rejecting it`,
    why: 'Scalekit retries after a 5xx, and the response looks like a crash',
    fix: 'catch the error that the verifier throws, and answer 401',
  }),
  'rejected-with-3xx': ({ sends }) => ({
    meaning: `redirects ${sends}, instead of rejecting it`,
    why: 'a redirect neither accepts nor rejects a message',
    fix: 'answer 401 when verification fails, and exempt the route from login redirects',
  }),
  redirected: () => ({
    meaning: 'redirects this message',
    why: 'Scalekit does not follow redirects, so the event is not delivered',
    fix: 'answer at the URL that is registered, without a redirect',
  }),
  'no-answer': () => ({
    meaning: 'sends no response to this message',
    why: 'Scalekit counts a missing response as a failed delivery, and a request that hangs keeps a connection open',
    fix: 'answer in every branch, and catch every error',
  }),
  'rate-limited': () => ({
    meaning: 'limits the rate of requests',
    why: 'a directory sync sends one event per user, many within a second',
    fix: 'exempt the webhook route from the rate limit',
  }),
  'not-subscribed': ({ name }) => ({
    meaning: `rejects ${name}, a type that an endpoint receives only if it subscribes to it`,
    why: 'that is correct if the endpoint does not subscribe to it; otherwise Scalekit retries the event, then drops it',
    fix: 'answer 2xx to every verified event, or use --type with the types that the endpoint subscribes to',
  }),
  'not-at-once': () => ({
    meaning: 'fails while it processes other messages, and accepts the same message alone',
    why: 'Scalekit does not wait for one delivery before the next',
    fix: 'process several messages concurrently, or answer 202 first and queue the work',
  }),
  'contract-warning': () => ({
    meaning: 'decides, in a form that the contract does not describe',
    why: 'Scalekit may ignore what the contract does not describe',
    fix: 'answer as the contract describes',
  }),
  'not-connected': () => ({
    meaning: 'did not answer all simultaneous messages in time',
    why: 'a directory sync sends one event per user, many within a second',
    fix: 'respond at once and do the work afterwards. A development server with a short queue may be the cause',
  }),
  'partial-body': () => ({
    meaning: 'accepts an event, and rejects the same event in a larger body',
    why: 'groups and attributes can make an event large',
    fix: 'read the whole body before verifying it, and raise the limits for it and for its texts',
  }),
  'slow-start': () => ({
    meaning: 'was not ready for the first message, and accepted it when it was sent again',
    why: 'a delivery that arrives during a start fails until Scalekit retries it',
    fix: 'answer only when the app is ready; with --start, use --wait to give the app time to start',
  }),
  accepted: ({ sends }) => ({
    meaning: `accepts ${sends}`,
    why: 'anyone who knows the URL can send such messages',
    fix: 'verify every message with the SDK first',
  }),
};
