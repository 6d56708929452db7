import * as z from 'zod/mini';
import type { Outcome } from '../delivery/outcome.ts';
import type { TriggerPoint } from '../events/catalog/trigger-points.ts';
import { parseJson } from '../json.ts';

/** An interceptor's decision, as far as its response can be read. */
export interface Decision {
  readonly decision: 'ALLOW' | 'DENY' | null;
  /** The message that the user sees on DENY. */
  readonly message: string | null;
  /** Additions to an ALLOW: claims or a membership. */
  readonly response: Readonly<Record<string, unknown>> | null;
  /** Violations of the contract, which Scalekit cannot process. */
  readonly problems: readonly string[];
  /** Valid, but ignored or probably a mistake. */
  readonly remarks: readonly string[];
}

/** Schemas of `response` by trigger point, created on first use. */
const responses: Record<TriggerPoint, () => Readonly<Record<string, z.ZodMiniType>>> = {
  PRE_SIGNUP: () => ({
    create_organization_membership: z.optional(
      z
        .looseObject(
          {
            organization_id: z.optional(z.string(must('a string'))),
            external_organization_id: z.optional(z.string(must('a string'))),
            roles: z.optional(z.array(z.string(must('a string')), must('an array of strings'))),
          },
          must('an object'),
        )
        .check(
          z.refine(
            ({ organization_id: own, external_organization_id: external }) =>
              own !== undefined || external !== undefined,
            must('an object with organization_id or external_organization_id'),
          ),
        ),
    ),
  }),
  PRE_SESSION_CREATION: claims,
  PRE_USER_INVITATION: () => ({}),
  PRE_M2M_TOKEN_CREATION: claims,
};

function claims() {
  return { claims: z.optional(z.record(z.string(), z.unknown(), must('an object'))) };
}

/**
 * Validates a response against the contract: status 200, JSON with `decision` ALLOW or DENY, `error.message` of 1 to
 * 500 characters, and the `response` of the trigger point (Scalekit docs, "Auth flow interceptors").
 */
export function readDecision(trigger: TriggerPoint, outcome: Outcome): Decision {
  const unread = (problems: string[]): Decision => ({
    decision: null,
    message: null,
    response: null,
    problems,
    remarks: [],
  });
  if (!outcome.answered || outcome.brokenOff) return unread([]);
  const status =
    outcome.status === 200 ? [] : [`the status must be 200, even for DENY, but it is ${outcome.status}`];
  if (outcome.status >= 300) return unread(status);
  if (outcome.isCut) return unread([...status, 'the response is too long to read']);
  const answer = parseJson(outcome.body);
  if (answer === undefined)
    return unread([...status, 'the response must be JSON, such as {"decision":"ALLOW"}']);
  const result = contract(trigger).safeParse(answer);
  const issues = result.success ? [] : result.error.issues.map((issue) => describeIssue(issue, answer));
  const decided = read(answer);
  return {
    ...decided,
    problems: [...status, ...issues],
    remarks: [...remarksOn(trigger, decided), ...misplaced(trigger, answer)],
  };
}

function contract(trigger: TriggerPoint) {
  const text = (maxLength: number) =>
    z.optional(
      z
        .string(must('a string'))
        .check(
          z.minLength(1, must(`a string of 1 to ${maxLength} characters`)),
          z.maxLength(maxLength, must(`a string of 1 to ${maxLength} characters`)),
        ),
    );
  return z.looseObject(
    {
      decision: z.enum(['ALLOW', 'DENY'], must('ALLOW or DENY')),
      error: z.nullish(z.looseObject({ message: text(500), code: text(50) }, must('an object'))),
      response: z.nullish(z.looseObject(responses[trigger](), must('an object'))),
    },
    must('a JSON object'),
  );
}

/** The schema's error message for a value that breaks a rule. */
function must(rule: string) {
  return { error: `must be ${rule}` };
}

/** One schema violation as text. zod's message for a missing member is unclear, so it is replaced. */
function describeIssue({ path, message }: z.core.$ZodIssue, answer: unknown): string {
  const field = path.map(String).join('.') || 'the response';
  const isMissing = path.length === 1 && !Object.hasOwn(Object(answer), path[0]!);
  return `${field} ${isMissing ? 'is missing' : message}`;
}

type ReadAnswer = Pick<Decision, 'decision' | 'message' | 'response'>;

/** Reads the known members, whether the response is valid or not. */
function read(answer: unknown): ReadAnswer {
  const { decision, error, response } = members(answer);
  const { message } = members(error);
  return {
    decision: decision === 'ALLOW' || decision === 'DENY' ? decision : null,
    message: typeof message === 'string' ? message : null,
    response: typeof response === 'object' && response !== null ? members(response) : null,
  };
}

function members(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function remarksOn(trigger: TriggerPoint, { decision, message, response }: ReadAnswer): string[] {
  const known = Object.keys(responses[trigger]());
  const others = Object.keys(response ?? {}).filter((name) => !known.includes(name));
  return [
    ...(decision === 'DENY' && message === null
      ? ['without error.message, the user sees a generic message']
      : []),
    ...(decision === 'DENY' && response !== null ? ['response is only read for ALLOW'] : []),
    ...(decision === 'ALLOW' && message !== null ? ['error.message is only shown for DENY'] : []),
    ...(decision === 'ALLOW' && others.length > 0 ? [`response.${others[0]} is not read at ${trigger}`] : []),
  ];
}

/** Members next to `response` that belong inside it. */
function misplaced(trigger: TriggerPoint, answer: unknown): string[] {
  const outer = members(answer);
  return Object.keys(responses[trigger]())
    .filter((name) => Object.hasOwn(outer, name))
    .map((name) => `${name} is only read as response.${name}`);
}
