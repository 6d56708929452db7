import { describe, expect, it } from 'vitest';
import { readDecision } from '../../src/checks/interceptor-answer.ts';
import type { Outcome } from '../../src/delivery/outcome.ts';
import type { TriggerPoint } from '../../src/events/catalog/trigger-points.ts';

function answered(body: unknown, status = 200): Outcome {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  return { answered: true, status, headers: [], body: bytes, isCut: false, milliseconds: 1 };
}

const claims = { response: { claims: { tier: 'gold' } } };
const membership = (value: unknown) => ({ response: { create_organization_membership: value } });

describe('responses within the contract', () => {
  it.each<[TriggerPoint, object, RegExp[]]>([
    ['PRE_SIGNUP', { decision: 'ALLOW' }, []],
    ['PRE_SIGNUP', { decision: 'DENY', error: { message: 'no' } }, []],
    ['PRE_SIGNUP', { decision: 'DENY', error: { message: 'x'.repeat(500), code: 'x'.repeat(50) } }, []],
    ['PRE_SIGNUP', { decision: 'ALLOW', ...membership({ organization_id: 'org_1', roles: ['admin'] }) }, []],
    ['PRE_SIGNUP', { decision: 'ALLOW', ...membership({ external_organization_id: 'ext_1' }) }, []],
    ['PRE_SESSION_CREATION', { decision: 'ALLOW', ...claims }, []],
    ['PRE_M2M_TOKEN_CREATION', { decision: 'ALLOW', ...claims }, []],
    ['PRE_USER_INVITATION', { decision: 'ALLOW', response: null, error: null, more: 1 }, []],
    ['PRE_SIGNUP', { decision: 'DENY' }, [/without error\.message/]],
    ['PRE_SIGNUP', { decision: 'DENY', error: { message: 'no' }, response: {} }, [/^response\b.*ALLOW/]],
    [
      'PRE_USER_INVITATION',
      { decision: 'ALLOW', ...claims },
      [/^response\.claims\b.*\bnot\b.*PRE_USER_INVITATION/],
    ],
    ['PRE_SIGNUP', { decision: 'ALLOW', error: { message: 'x' } }, [/^error\.message\b.*DENY/]],
    ['PRE_SESSION_CREATION', { decision: 'ALLOW', claims: {} }, [/^claims\b.*response\.claims/]],
  ])('%s %j', (trigger, answer, remarks) => {
    const decision = readDecision(trigger, answered(answer));
    expect(decision.problems).toEqual([]);
    expect(decision.remarks).toEqual(remarks.map((remark) => expect.stringMatching(remark)));
    expect(decision.decision).toBe((answer as { decision: string }).decision);
  });

  it('reads the decision, the message and the additions', () => {
    expect(readDecision('PRE_SESSION_CREATION', answered({ decision: 'ALLOW', ...claims }))).toMatchObject({
      decision: 'ALLOW',
      message: null,
      response: { claims: { tier: 'gold' } },
    });
    expect(
      readDecision('PRE_SIGNUP', answered({ decision: 'DENY', error: { message: 'not today' } })).message,
    ).toBe('not today');
  });
});

describe('responses that break the contract', () => {
  it.each<[TriggerPoint, unknown, RegExp]>([
    ['PRE_SIGNUP', {}, /^decision\b.*missing/],
    ['PRE_SIGNUP', { decision: 'allow' }, /^decision\b.*ALLOW or DENY/],
    ['PRE_SIGNUP', { decision: true }, /^decision\b.*ALLOW or DENY/],
    ['PRE_SIGNUP', [], /JSON object/],
    ['PRE_SIGNUP', 'ok', /JSON\b.*\{"decision":"ALLOW"\}/],
    ['PRE_SIGNUP', '', /JSON\b.*\{"decision":"ALLOW"\}/],
    ['PRE_SIGNUP', { decision: 'DENY', error: { message: '' } }, /^error\.message\b.*1 to 500 characters/],
    [
      'PRE_SIGNUP',
      { decision: 'DENY', error: { message: 'x'.repeat(501) } },
      /^error\.message\b.*1 to 500 characters/,
    ],
    ['PRE_SIGNUP', { decision: 'DENY', error: { message: 1 } }, /^error\.message\b.*\bstring$/],
    ['PRE_SIGNUP', { decision: 'DENY', error: 'no' }, /^error\b.*\bobject$/],
    ['PRE_SIGNUP', { decision: 'DENY', error: { code: '' } }, /^error\.code\b.*1 to 50 characters/],
    ['PRE_SIGNUP', { decision: 'ALLOW', response: [] }, /^response must\b.*\bobject$/],
    [
      'PRE_SIGNUP',
      { decision: 'ALLOW', ...membership({ roles: [] }) },
      /^response\.create_organization_membership\b.*organization_id or external_organization_id/,
    ],
    [
      'PRE_SIGNUP',
      { decision: 'ALLOW', ...membership({ organization_id: 'org_1', roles: 'admin' }) },
      /^response\.create_organization_membership\.roles\b.*array of strings/,
    ],
    [
      'PRE_SESSION_CREATION',
      { decision: 'ALLOW', response: { claims: [1] } },
      /^response\.claims\b.*\bobject$/,
    ],
  ])('%s %j', (trigger, answer, problem) => {
    expect(readDecision(trigger, answered(answer)).problems).toEqual([expect.stringMatching(problem)]);
  });

  it('a response that broke off or was cut off contains no decision', () => {
    const whole = answered({ decision: 'ALLOW' });
    if (!whole.answered) throw new Error();
    expect(readDecision('PRE_SIGNUP', { ...whole, brokenOff: 'reset' }).decision).toBe(null);
    expect(readDecision('PRE_SIGNUP', { ...whole, isCut: true })).toMatchObject({
      decision: null,
      problems: [expect.stringContaining('too long')],
    });
  });

  it.each([201, 204, 300, 401, 500])('status %i', (status) => {
    const { problems } = readDecision('PRE_SIGNUP', answered({ decision: 'ALLOW' }, status));
    expect(problems).toEqual([
      expect.stringMatching(new RegExp(`^the status\\b.*\\b200\\b.*DENY.*\\b${status}$`)),
    ]);
  });

  it('no response: neither a decision nor a problem', () => {
    const none: Outcome = {
      answered: false,
      failure: 'connection_refused',
      detail: '',
      wasSent: false,
      milliseconds: 1,
    };
    expect(readDecision('PRE_SIGNUP', none)).toMatchObject({ decision: null, problems: [] });
  });
});
