import { beforeAll, describe, expect, it } from 'vitest';
import { batteryOf } from '../../../src/checks/battery/index.ts';
import type { Check, CheckResult } from '../../../src/checks/check.ts';
import { type Subject, Workbench } from '../../../src/checks/workbench.ts';
import type { Answered, Outcome } from '../../../src/delivery/outcome.ts';
import { readEventBuilders } from '../../../src/events/builders.ts';
import { readInterceptorBuilders } from '../../../src/events/files/interceptors.ts';
import { explainFinding } from '../../../src/report/words/findings.ts';
import { readSecret, type Secret } from '../../../src/signature/secret.ts';
import { testSecret } from '../../support/memory-io.ts';
import { repository } from '../../support/repository.ts';

const loadPlanned = () => import('../../../src/checks/probes/planned.ts');

const secret = readSecret(testSecret) as Secret;

const answered = (status: number, more: Partial<Answered> = {}): Outcome => ({
  answered: true,
  status,
  headers: [],
  body: Buffer.alloc(0),
  isCut: false,
  milliseconds: 1,
  ...more,
});
const lost = (failure: 'timeout' | 'reset'): Outcome => ({
  answered: false,
  failure,
  detail: '',
  wasSent: true,
  milliseconds: 1,
});

/** Every kind of response, and the words that must and must not describe a check that fails because of it. */
const responses: readonly (readonly [name: string, outcome: Outcome, fits: RegExp, contradicts: RegExp])[] = [
  [
    '2xx',
    answered(200),
    /\b(accepts|looks for duplicates|answers GET|judged)\b/,
    /\b(rejects|redirects|no response|server error)\b/,
  ],
  ['401', answered(401), /./, /\b(accepts (a|an|tampered|events)|redirects|no response|server error)\b/],
  ['404', answered(404), /./, /\b(accepts a message|redirects|no response|server error)\b/],
  ['413', answered(413), /./, /\b(accepts a message|redirects|no response|server error|different bytes)\b/],
  [
    '429',
    answered(429),
    /\b(rate|judged)\b/,
    /\b(accepts|redirects|no response|server error|different bytes)\b/,
  ],
  ['302', answered(302), /\b(redirects|judged)\b/, /\b(accepts|no response|server error|different bytes)\b/],
  [
    '500',
    answered(500),
    /\b(server error|fails on|stops accepting|judged)\b/,
    /\b(accepts (a|tampered)|redirects|no response|different bytes)\b/,
  ],
  [
    'a timeout',
    lost('timeout'),
    /\b(no response|judged|did not answer)\b/,
    /\b(accepts|redirects|server error|different bytes)\b/,
  ],
  [
    'a reset',
    lost('reset'),
    /\b(no response|judged)\b/,
    /\b(accepts|redirects|server error|different bytes)\b/,
  ],
  [
    'a response that breaks off',
    answered(200, { brokenOff: 'reset' }),
    /\b(no response|judged)\b/,
    /\b(accepts|redirects|server error|different bytes)\b/,
  ],
];

/** A handler that answers the first message of a check with `outcome`, and its controls with 2xx; or all alike. */
function subjectOf(outcome: Outcome, isAll: boolean): Subject {
  let count = 0;
  const deliver = async () => {
    count += 1;
    return count === 1 || isAll ? outcome : answered(200);
  };
  return { deliver, get: deliver, connect: () => ({ deliver, close: async () => {} }) };
}

const decided = (decision: 'ALLOW' | 'DENY') =>
  answered(200, { body: Buffer.from(JSON.stringify({ decision, error: { message: 'No' } })) });

/** As above, for interceptors: a failure policy decides in their place, and nobody delivers again. */
const decisions: typeof responses = [
  [
    'ALLOW',
    decided('ALLOW'),
    /\b(allows|does not deny|decides|judged)\b/,
    /\b(rejects|redirects|no response|server error)\b/,
  ],
  ['DENY', decided('DENY'), /\bjudged\b/, /\b(allows|redirects|no response|server error)\b/],
  [
    '200 without a decision',
    answered(200),
    /\b(contract|can be absent|unknown fields|rejects a \w+ request|judged)\b/,
    /\b(allows|redirects|no response)\b/,
  ],
  [
    '401',
    answered(401),
    /\b(contract|can be absent|unknown fields|rejects a \w+ request|judged)\b/,
    /\b(allows|redirects|no response)\b/,
  ],
  [
    '404',
    answered(404),
    /\b(contract|can be absent|unknown fields|rejects a \w+ request|judged)\b/,
    /\b(allows|redirects|no response)\b/,
  ],
  ['429', answered(429), /\b(rate|judged)\b/, /\b(allows|redirects|no response|contract|can be absent)\b/],
  ['302', answered(302), /\b(redirects|judged)\b/, /\b(allows|no response|contract|can be absent)\b/],
  [
    '500',
    answered(500),
    /\b(server error|contract|can be absent|unknown fields|judged)\b/,
    /\b(allows|redirects|no response)\b/,
  ],
  ['a timeout', lost('timeout'), /\b(no response|judged)\b/, /\b(allows|redirects|contract|can be absent)\b/],
  [
    'a response that breaks off',
    answered(200, { brokenOff: 'reset' }),
    /\b(no response|judged)\b/,
    /\b(allows|redirects|contract|can be absent)\b/,
  ],
];

const settings = { timeout: 10_000, secret, others: [], isStarted: true };
const places = { root: repository, fixtures: undefined };

/** The words for each check that does not pass if its message, or all, get this response. */
async function wordsOf(checks: readonly Check[], outcome: Outcome, isAll: boolean) {
  const found: { label: string; meaning: string; why: string; fix: string }[] = [];
  // Checks of earlier responses have none to judge here.
  for (const check of checks.filter(({ part }) => part !== 'answers')) {
    const materials = {
      secrets: [secret] as const,
      headers: [],
      finish: <T>(message: T) => message,
      now: Date.now,
    };
    const bench = new Workbench(materials, subjectOf(outcome, isAll));
    const finding = await check.run(bench).catch(() => undefined);
    if (!finding || finding.status === 'pass') continue;
    const result: CheckResult = { check, ...finding, milliseconds: 1 };
    found.push({ label: `${check.name} (${finding.code})`, ...explainFinding(result) });
  }
  return found;
}

describe.each([
  ['its message', false],
  ['all messages', true],
])('the words of a check fit every response to %s', (_title, isAll) => {
  let handler: readonly Check[];
  let interceptor: readonly Check[];
  beforeAll(async () => {
    const events = await readEventBuilders(['user.*', 'organization.directory.*'], places);
    handler = batteryOf({ events, triggers: [], readFlows: async () => [], loadPlanned }, settings).checks;
    const triggers = readInterceptorBuilders(['PRE_SIGNUP', 'PRE_SESSION_CREATION'], [], places);
    interceptor = batteryOf(
      { events: [], triggers, readFlows: async () => [], loadPlanned },
      settings,
    ).checks;
  });

  const wrongOf = async (
    checks: readonly Check[],
    [, outcome, fits, contradicts]: (typeof responses)[number],
  ) =>
    (await wordsOf(checks, outcome, isAll)).filter(
      ({ meaning, why, fix }) => why === '' || fix === '' || !fits.test(meaning) || contradicts.test(meaning),
    );

  it.each(responses.map((row) => [row[0], row] as const))('%s', async (_name, row) => {
    expect(await wrongOf(handler, row)).toEqual([]);
  });

  it.each(decisions.map((row) => [row[0], row] as const))('%s, from an interceptor', async (_name, row) => {
    expect(await wrongOf(interceptor, row)).toEqual([]);
    for (const { label, why, fix } of await wordsOf(interceptor, row[1], isAll))
      expect(`${label}: ${why}; ${fix}`).not.toMatch(
        /\bretries\b|\bdelivery\b|\bdirectory sync\b|answer 2xx/,
      );
  });
});
