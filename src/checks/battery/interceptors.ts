import { describeOutcome, isWithin } from '../../delivery/outcome.ts';
import type { Event } from '../../events/build.ts';
import type { TriggerPoint } from '../../events/catalog/trigger-points.ts';
import { type Check, type Finding, fail, pass, skip, warn } from '../check.ts';
import { type Fault, faults } from '../faults.ts';
import { twins } from '../findings.ts';
import { type Decision, readDecision } from '../interceptor-answer.ts';
import type { Exchange, Workbench } from '../workbench.ts';
import { asText } from './row.ts';

/** A trigger point, and the requests that come at it. */
export interface Trigger {
  readonly name: TriggerPoint;
  build(now: number): Event;
}

const group = 'interceptor';

/** What a right interceptor does at a trigger point. */
export function interceptorChecks(trigger: Trigger): Check[] {
  const part = trigger.name;
  const named = (name: string) => ({ name: `${part}/${name}`, aliases: [name], group, part }) as const;
  const contract = {
    expects: '200 with decision ALLOW or DENY, and what the contract has beside it',
    why: 'what Scalekit cannot read counts as a failure, and its failure policy decides in your place',
    fix: 'answer 200 and {"decision":"ALLOW"} or {"decision":"DENY","error":{"message":"…"}}, whatever happens',
  } as const;
  return [
    {
      ...named('decides'),
      ...contract,
      sends: `a request as at ${part}`,
      meaning: 'answers otherwise than the contract has it',
      run: async (bench) => judgeDecision(trigger, await ask(bench, trigger)),
    },
    {
      ...named('empty-data'),
      ...contract,
      sends: 'the same with data: {}, as for somebody who is new',
      meaning: 'needs data that is not always there',
      async run(bench) {
        const finding = judgeDecision(trigger, await ask(bench, trigger, (text) => withData(text, '{}')));
        // Only before a signup is it documented that data may be empty.
        const isCertain = part === 'PRE_SIGNUP' || finding.status !== 'fail';
        return isCertain ? finding : { ...finding, status: 'warn' };
      },
    },
    {
      ...named('unknown-fields'),
      ...contract,
      sends: 'the same with a field that nobody knows yet',
      meaning: 'refuses fields that it does not know',
      run: async (bench) =>
        judgeDecision(
          trigger,
          await ask(bench, trigger, (text) => text.replace(/^\{/, '{"check":{"is_new":true},')),
        ),
    },
    ...faults.map((fault) => forgedCheck(trigger, fault, named(fault.name))),
    {
      ...named('not-json'),
      sends: 'a rightly signed body that is not JSON',
      expects: 'no ALLOW, and no 5xx',
      meaning: 'does not deny what it cannot read',
      why: 'an error is left to the failure policy, which may be to let everybody in',
      fix: 'verify first, then parse, and answer DENY to what cannot be parsed',
      async run(bench) {
        const message = bench.sign(bench.content(Buffer.from('this is not JSON')));
        const exchange = await bench.send(message, { part, isHostile: true });
        return judgeUnreadable(trigger, exchange);
      },
    },
  ];
}

function forgedCheck(
  trigger: Trigger,
  fault: Fault,
  named: Pick<Check, 'name' | 'aliases' | 'group' | 'part'>,
): Check {
  return {
    ...named,
    sends: `a request ${fault.summary}`,
    expects: 'DENY, or 4xx',
    isForged: true,
    meaning: `allows a request ${fault.summary}`,
    why: 'whoever knows the address could have it decide, and learn who may sign in',
    fix: 'verify every request with the SDK before anything else, and answer DENY when that fails',
    async run(bench) {
      const { faulty: spoiled, sound } = twins(bench, () => trigger.build(bench.materials.now()).body, fault);
      const forged = await bench.send(spoiled, { part: trigger.name, isHostile: true });
      return judgeForged(trigger, forged, await bench.send(sound, { part: trigger.name }));
    },
  };
}

function ask(bench: Workbench, trigger: Trigger, change = (text: string) => text): Promise<Exchange> {
  const text = change(asText(trigger.build(bench.materials.now())));
  return bench.send(bench.sign(bench.content(Buffer.from(text))), { part: trigger.name });
}

function withData(text: string, json: string): string {
  const standIn = 'stand-in for data';
  return JSON.stringify({ ...JSON.parse(text), data: standIn }).replace(JSON.stringify(standIn), () => json);
}

/** Whether an answer keeps to the contract. */
function judgeDecision(trigger: Trigger, exchange: Exchange): Finding {
  const { outcome } = exchange;
  const found = describeOutcome(outcome);
  if (!outcome.answered || outcome.brokenOff) return fail('no-answer', found, [exchange]);
  const { decision, problems, remarks } = readDecision(trigger.name, outcome);
  if (problems[0] !== undefined)
    return fail('contract-broken', `${found}: ${problems.join('; ')}`, [exchange]);
  const decided = `${found} ${decision}`;
  return remarks.length > 0
    ? warn('contract-warning', `${decided}: ${remarks.join('; ')}`, [exchange])
    : pass(decided, [exchange]);
}

/**
 * Whether a forged request was refused. That is proven by a sound one which is allowed, or answered otherwise: one that
 * denies everybody alike does not verify.
 */
function judgeForged(trigger: Trigger, forged: Exchange, sound: Exchange): Finding {
  const both = [forged, sound];
  const { outcome } = forged;
  const found = describeOutcome(outcome);
  if (!outcome.answered || outcome.brokenOff) return fail('no-answer', found, both);
  const decision = readDecision(trigger.name, outcome);
  if (decision.decision === 'ALLOW' && isWithin(outcome, 200, 299))
    return fail('allowed', `${found} ALLOW`, both);
  if (isAlike(trigger, forged, sound)) {
    return skip(
      'inconclusive',
      `${found}, and a sound request was answered alike: it is not the fault`,
      both,
    );
  }
  if (outcome.status === 429) return skip('inconclusive', '429: a rate limit answered', both);
  if (outcome.status >= 500) return warn('rejected-with-5xx', found, both);
  if (outcome.status >= 300 && outcome.status < 400) return warn('rejected-with-3xx', found, both);
  return pass(decision.decision === null ? found : `${found} ${decision.decision}`, both);
}

function isAlike(trigger: Trigger, forged: Exchange, sound: Exchange): boolean {
  const summary = ({ outcome }: Exchange) => {
    if (!outcome.answered) return outcome.failure;
    const { decision, message }: Decision = readDecision(trigger.name, outcome);
    return JSON.stringify([outcome.status, decision, message]);
  };
  return summary(forged) === summary(sound);
}

function judgeUnreadable(trigger: Trigger, exchange: Exchange): Finding {
  const { outcome } = exchange;
  const found = describeOutcome(outcome);
  if (!outcome.answered || outcome.brokenOff) return fail('no-answer', found, [exchange]);
  if (outcome.status >= 500) return fail('answered-5xx', found, [exchange]);
  const { decision } = readDecision(trigger.name, outcome);
  if (decision === 'ALLOW') return fail('allowed', `${found} ALLOW`, [exchange]);
  return pass(decision === null ? found : `${found} ${decision}`, [exchange]);
}
