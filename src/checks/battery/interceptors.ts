import { describeOutcome, isWithin } from '../../delivery/outcome.ts';
import type { Event } from '../../events/build.ts';
import type { TriggerPoint } from '../../events/catalog/trigger-points.ts';
import { textOfBody } from '../../message.ts';
import { type Check, type Finding, fail, pass, skip, warn } from '../check.ts';
import { type Fault, faults } from '../faults.ts';
import { twins, WITHOUT_FAULT } from '../findings.ts';
import { type Decision, readDecision } from '../interceptor-answer.ts';
import type { Exchange, Workbench } from '../workbench.ts';

/** A trigger point and its requests. */
export interface Trigger {
  readonly name: TriggerPoint;
  build(now: number): Event;
}

const group = 'interceptor';

/** The checks of a correct interceptor at one trigger point. */
export function interceptorChecks(trigger: Trigger): Check[] {
  const part = trigger.name;
  const named = (name: string) => ({ name: `${part}/${name}`, aliases: [name], group, part }) as const;
  const contract = {
    expects: '200 with decision ALLOW or DENY, and a body that follows the contract',
    why: 'Scalekit counts an unreadable response as a failure, and its failure policy decides instead',
    fix: 'always answer 200 with {"decision":"ALLOW"} or {"decision":"DENY","error":{"message":"…"}}',
  } as const;
  return [
    {
      ...named('decides'),
      ...contract,
      sends: `a ${part} request`,
      meaning: 'breaks the interceptor contract',
      run: async (bench) => judgeDecision(trigger, await ask(bench, trigger)),
    },
    {
      ...named('empty-data'),
      ...contract,
      sends: 'the same request with data: {}, as for a new user',
      meaning: 'requires data that can be absent',
      async run(bench) {
        const finding = judgeDecision(trigger, await ask(bench, trigger, (text) => withData(text, '{}')));
        // The docs allow empty data only for PRE_SIGNUP.
        const isCertain = part === 'PRE_SIGNUP' || finding.status !== 'fail';
        return isCertain ? finding : { ...finding, status: 'warn' };
      },
    },
    {
      ...named('unknown-fields'),
      ...contract,
      sends: 'the same request with an unknown field',
      meaning: 'rejects unknown fields',
      run: async (bench) =>
        judgeDecision(
          trigger,
          await ask(bench, trigger, (text) => text.replace(/^\{/, '{"check":{"is_new":true},')),
        ),
    },
    ...faults.map((fault) => forgedCheck(trigger, fault, named(fault.name))),
    {
      ...named('not-json'),
      sends: 'a correctly signed body that is not JSON',
      expects: 'no ALLOW and no 5xx',
      meaning: 'does not deny a request that it cannot parse',
      why: 'after an error, the failure policy decides, and it may allow everyone',
      fix: 'verify first, then parse, and answer DENY when parsing fails',
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
    expects: 'DENY or 4xx',
    isForged: true,
    meaning: `allows a request ${fault.summary}`,
    why: 'anyone who knows the URL can request decisions and learn who may sign in',
    fix: 'verify every request with the SDK before anything else, and answer DENY if that fails',
    async run(bench) {
      const { faulty, sound } = twins(bench, () => trigger.build(bench.materials.now()).body, fault);
      const forged = await bench.send(faulty, { part: trigger.name, isHostile: true });
      return judgeForged(
        trigger,
        forged,
        await bench.send(sound, { part: trigger.name, role: WITHOUT_FAULT }),
      );
    },
  };
}

function ask(bench: Workbench, trigger: Trigger, change = (text: string) => text): Promise<Exchange> {
  const text = change(textOfBody(trigger.build(bench.materials.now())));
  return bench.send(bench.sign(bench.content(Buffer.from(text))), { part: trigger.name });
}

function withData(text: string, json: string): string {
  const standIn = 'stand-in for data';
  return JSON.stringify({ ...JSON.parse(text), data: standIn }).replace(JSON.stringify(standIn), () => json);
}

function judgeDecision(trigger: Trigger, exchange: Exchange): Finding {
  const { outcome } = exchange;
  const found = describeOutcome(outcome);
  if (!outcome.answered || outcome.brokenOff) return fail('no-answer', found, [exchange]);
  if (outcome.status === 429) return warn('rate-limited', found, [exchange]);
  if (isWithin(outcome, 300, 399)) return fail('redirected', found, [exchange]);
  const { decision, problems, remarks } = readDecision(trigger.name, outcome);
  if (problems[0] !== undefined)
    return fail('contract-broken', `${found}: ${problems.join('; ')}`, [exchange]);
  const decided = `${found} ${decision}`;
  return remarks.length > 0
    ? warn('contract-warning', `${decided}: ${remarks.join('; ')}`, [exchange])
    : pass(decided, [exchange]);
}

/**
 * A rejection counts only if the valid request without the fault is allowed or gets a different response: an
 * interceptor that denies every request may not verify at all.
 */
function judgeForged(trigger: Trigger, forged: Exchange, sound: Exchange): Finding {
  const both = [forged, sound];
  const { outcome } = forged;
  const found = describeOutcome(outcome);
  if (!outcome.answered || outcome.brokenOff) return fail('no-answer', found, both);
  const decision = readDecision(trigger.name, outcome);
  if (decision.decision === 'ALLOW' && isWithin(outcome, 200, 299))
    return fail('allowed', `${found} ALLOW`, both);
  if (hasSameResponse(trigger, forged, sound)) {
    return skip(
      'inconclusive',
      `${found}, and the same request without the fault got the same response, so the fault is not the cause`,
      both,
    );
  }
  if (outcome.status === 429) return skip('inconclusive', '429 from a rate limit', both);
  if (outcome.status >= 500) return warn('rejected-with-5xx', found, both);
  if (outcome.status >= 300 && outcome.status < 400) return warn('rejected-with-3xx', found, both);
  return pass(decision.decision === null ? found : `${found} ${decision.decision}`, both);
}

function hasSameResponse(trigger: Trigger, forged: Exchange, sound: Exchange): boolean {
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
