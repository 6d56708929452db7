import * as z from 'zod/mini';
import type { Outcome } from '../delivery/outcome.ts';
import type { TriggerPoint } from '../events/catalog/trigger-points.ts';
import { parseJson } from '../json.ts';

/** What an interceptor decided, as far as its answer can be read. */
export interface Decision {
  readonly decision: 'ALLOW' | 'DENY' | null;
  /** What the user is shown on DENY. */
  readonly message: string | null;
  /** What an ALLOW adds: claims, or a membership. */
  readonly response: Readonly<Record<string, unknown>> | null;
  /** Where the answer breaks the contract, so that Scalekit would not know what to do with it. */
  readonly problems: readonly string[];
  /** What is allowed, and hardly meant. */
  readonly remarks: readonly string[];
}

/** What `response` may hold, by trigger point; made when first needed. */
const responses: Record<TriggerPoint, () => Readonly<Record<string, z.ZodMiniType>>> = {
  PRE_SIGNUP: () => ({
    create_organization_membership: z.optional(
      z
        .looseObject(
          {
            organization_id: z.optional(z.string(must('text'))),
            external_organization_id: z.optional(z.string(must('text'))),
            roles: z.optional(z.array(z.string(must('text')), must('a list of text'))),
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
 * Holds an interceptor's answer against the contract: status 200, JSON with `decision` ALLOW or DENY, `error.message` of
 * 1 to 500 characters, and `response` as the trigger point has it (Scalekit's documents, "Auth flow interceptors").
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
    outcome.status === 200 ? [] : [`the status must be 200, for DENY as well, and is ${outcome.status}`];
  if (outcome.status >= 300) return unread(status);
  if (outcome.isCut) return unread([...status, 'the answer is too long to be read']);
  const answer = parseJson(outcome.body);
  if (answer === undefined) return unread([...status, 'the answer must be JSON: {"decision":"ALLOW"}']);
  const result = contract(trigger).safeParse(answer);
  const issues = result.success ? [] : result.error.issues.map((issue) => describeIssue(issue, answer));
  const told = read(answer);
  return {
    ...told,
    problems: [...status, ...issues],
    remarks: [...remarksOn(trigger, told), ...misplaced(trigger, answer)],
  };
}

function contract(trigger: TriggerPoint) {
  const text = (most: number) =>
    z.optional(
      z
        .string(must('text'))
        .check(
          z.minLength(1, must(`text of 1 to ${most} characters`)),
          z.maxLength(most, must(`text of 1 to ${most} characters`)),
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

/** The sentence that a schema says of a value that breaks its rule. */
function must(rule: string) {
  return { error: `must be ${rule}` };
}

/** A finding of the schema in our words; of what zod finds, a member that is missing has no words of its own. */
function describeIssue({ path, message }: z.core.$ZodIssue, answer: unknown): string {
  const field = path.map(String).join('.') || 'it';
  const isMissing = path.length === 1 && !Object.hasOwn(Object(answer), path[0]!);
  return `${field} ${isMissing ? 'is missing' : message}`;
}

type ReadAnswer = Pick<Decision, 'decision' | 'message' | 'response'>;

/** What can be read of an answer, right or wrong. */
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
      ? ['without error.message the user is shown a generic text']
      : []),
    ...(decision === 'DENY' && response !== null ? ['response is read for ALLOW only'] : []),
    ...(decision === 'ALLOW' && message !== null ? ['error.message is shown for DENY only'] : []),
    ...(decision === 'ALLOW' && others.length > 0 ? [`response.${others[0]} is not read at ${trigger}`] : []),
  ];
}

/** What stands beside `response` and belongs into it. */
function misplaced(trigger: TriggerPoint, answer: unknown): string[] {
  const outer = members(answer);
  return Object.keys(responses[trigger]())
    .filter((name) => Object.hasOwn(outer, name))
    .map((name) => `${name} is read in response.${name} only`);
}
