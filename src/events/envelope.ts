import * as z from 'zod/mini';
import { describeIssue, type FieldFault } from './field-fault.ts';

let schema: ReturnType<typeof envelopeSchema> | undefined;

/**
 * Holds a parsed event against the envelope that all events share (Scalekit's API reference, "webhooks").
 * `object` and `type` are left open, as there: new ones may come. Returns the first fault, or undefined.
 */
export function findEnvelopeFault(event: unknown): FieldFault | undefined {
  schema ??= envelopeSchema();
  const result = schema.safeParse(event);
  return result.success ? undefined : describeIssue(result.error.issues[0]!, event);
}

/** Made on first use: most commands never need it. */
function envelopeSchema() {
  return z.looseObject(envelopeMembers(), must('a JSON object'));
}

/** The sentence that a schema says of a value that breaks its rule. */
export function must(rule: string) {
  return { error: `must be ${rule}` };
}

/** Text of a form. */
export function textOf(rule: string, form: RegExp) {
  return z.string(must(rule)).check(z.regex(form, must(rule)));
}

/** The members of the envelope. */
export function envelopeMembers() {
  const id = (prefix: string) =>
    textOf(`text that starts with ${prefix}_ (at most 32 characters)`, new RegExp(`^${prefix}_.{1,28}$`));
  return {
    spec_version: textOf('text of digits', /^[0-9]+$/),
    id: textOf('text that starts with evt_', /^evt_./),
    type: textOf('text, not empty', /./),
    occurred_at: textOf(
      'a date and time such as 2026-01-31T12:00:00.123456789Z',
      /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
    ),
    environment_id: id('env'),
    object: textOf('text, not empty', /./),
    organization_id: z.optional(id('org')),
    display_name: z.optional(z.string(must('text'))),
    data: z.record(z.string(), z.unknown(), must('an object')),
  };
}
