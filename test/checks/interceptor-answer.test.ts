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

describe('answers that the contract allows', () => {
  it.each<[TriggerPoint, object, string[]]>([
    ['PRE_SIGNUP', { decision: 'ALLOW' }, []],
    ['PRE_SIGNUP', { decision: 'DENY', error: { message: 'no' } }, []],
    ['PRE_SIGNUP', { decision: 'DENY', error: { message: 'x'.repeat(500), code: 'x'.repeat(50) } }, []],
    ['PRE_SIGNUP', { decision: 'ALLOW', ...membership({ organization_id: 'org_1', roles: ['admin'] }) }, []],
    ['PRE_SIGNUP', { decision: 'ALLOW', ...membership({ external_organization_id: 'ext_1' }) }, []],
    ['PRE_SESSION_CREATION', { decision: 'ALLOW', ...claims }, []],
    ['PRE_M2M_TOKEN_CREATION', { decision: 'ALLOW', ...claims }, []],
    ['PRE_USER_INVITATION', { decision: 'ALLOW', response: null, error: null, more: 1 }, []],
    ['PRE_SIGNUP', { decision: 'DENY' }, ['without error.message the user is shown a generic text']],
    [
      'PRE_SIGNUP',
      { decision: 'DENY', error: { message: 'no' }, response: {} },
      ['response is read for ALLOW only'],
    ],
    [
      'PRE_USER_INVITATION',
      { decision: 'ALLOW', ...claims },
      ['response.claims is not read at PRE_USER_INVITATION'],
    ],
    ['PRE_SIGNUP', { decision: 'ALLOW', error: { message: 'x' } }, ['error.message is shown for DENY only']],
    ['PRE_SESSION_CREATION', { decision: 'ALLOW', claims: {} }, ['claims is read in response.claims only']],
  ])('%s %j', (trigger, answer, remarks) => {
    const decision = readDecision(trigger, answered(answer));
    expect(decision.problems).toEqual([]);
    expect(decision.remarks).toEqual(remarks);
    expect(decision.decision).toBe((answer as { decision: string }).decision);
  });

  it('what is decided is read', () => {
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

describe('answers that break it', () => {
  it.each<[TriggerPoint, unknown, string]>([
    ['PRE_SIGNUP', {}, 'decision is missing'],
    ['PRE_SIGNUP', { decision: 'allow' }, 'decision must be ALLOW or DENY'],
    ['PRE_SIGNUP', { decision: true }, 'decision must be ALLOW or DENY'],
    ['PRE_SIGNUP', [], 'it must be a JSON object'],
    ['PRE_SIGNUP', 'ok', 'the answer must be JSON: {"decision":"ALLOW"}'],
    ['PRE_SIGNUP', '', 'the answer must be JSON: {"decision":"ALLOW"}'],
    [
      'PRE_SIGNUP',
      { decision: 'DENY', error: { message: '' } },
      'error.message must be text of 1 to 500 characters',
    ],
    [
      'PRE_SIGNUP',
      { decision: 'DENY', error: { message: 'x'.repeat(501) } },
      'error.message must be text of 1 to 500 characters',
    ],
    ['PRE_SIGNUP', { decision: 'DENY', error: { message: 1 } }, 'error.message must be text'],
    ['PRE_SIGNUP', { decision: 'DENY', error: 'no' }, 'error must be an object'],
    [
      'PRE_SIGNUP',
      { decision: 'DENY', error: { code: '' } },
      'error.code must be text of 1 to 50 characters',
    ],
    ['PRE_SIGNUP', { decision: 'ALLOW', response: [] }, 'response must be an object'],
    [
      'PRE_SIGNUP',
      { decision: 'ALLOW', ...membership({ roles: [] }) },
      'response.create_organization_membership must be an object with organization_id or external_organization_id',
    ],
    [
      'PRE_SIGNUP',
      { decision: 'ALLOW', ...membership({ organization_id: 'org_1', roles: 'admin' }) },
      'response.create_organization_membership.roles must be a list of text',
    ],
    [
      'PRE_SESSION_CREATION',
      { decision: 'ALLOW', response: { claims: [1] } },
      'response.claims must be an object',
    ],
  ])('%s %j', (trigger, answer, problem) => {
    expect(readDecision(trigger, answered(answer)).problems).toContain(problem);
  });

  it('an answer that broke off or was cut is no decision', () => {
    const whole = answered({ decision: 'ALLOW' });
    if (!whole.answered) throw new Error();
    expect(readDecision('PRE_SIGNUP', { ...whole, brokenOff: 'reset' }).decision).toBe(null);
    expect(readDecision('PRE_SIGNUP', { ...whole, isCut: true })).toMatchObject({
      decision: null,
      problems: ['the answer is too long to be read'],
    });
  });

  it.each([201, 204, 300, 401, 500])('status %i', (status) => {
    const { problems } = readDecision('PRE_SIGNUP', answered({ decision: 'ALLOW' }, status));
    expect(problems).toEqual([`the status must be 200, for DENY as well, and is ${status}`]);
  });

  it('no answer at all is told by its failure alone', () => {
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
