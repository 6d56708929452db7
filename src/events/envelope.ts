import * as z from 'zod/mini';

/** A field of an event that breaks the envelope's rule, and how. */
export interface EnvelopeFault {
  field: string;
  reason: string;
}

let schema: ReturnType<typeof envelopeSchema> | undefined;

/**
 * Holds a parsed event against the envelope that all events share (Scalekit's API reference, "webhooks").
 * `object` and `type` are left open, as there: new ones may come. Returns the first fault, or undefined.
 */
export function findEnvelopeFault(event: unknown): EnvelopeFault | undefined {
  schema ??= envelopeSchema();
  const result = schema.safeParse(event);
  if (result.success) return undefined;
  const [issue] = result.error.issues;
  const field = issue?.path.join('.') || 'it';
  const isMissing = issue?.path.length === 1 && !Object.hasOwn(Object(event), issue.path[0] as string);
  return { field, reason: isMissing ? 'is missing' : (issue?.message ?? 'is wrong') };
}

/** Made on first use: most commands never need it. */
function envelopeSchema() {
  const must = (rule: string) => ({ error: `must be ${rule}` });
  const text = (rule: string, pattern: RegExp) => z.string(must(rule)).check(z.regex(pattern, must(rule)));
  const id = (prefix: string) =>
    text(`text that starts with ${prefix}_ (at most 32 characters)`, new RegExp(`^${prefix}_.{1,28}$`));
  return z.looseObject(
    {
      spec_version: text('text of digits', /^[0-9]+$/),
      id: text('text that starts with evt_', /^evt_./),
      type: text('text, not empty', /./),
      occurred_at: text(
        'a date and time such as 2026-01-31T12:00:00.123456789Z',
        /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
      ),
      environment_id: id('env'),
      object: text('text, not empty', /./),
      organization_id: z.optional(id('org')),
      display_name: z.optional(z.string(must('text'))),
      data: z.record(z.string(), z.unknown(), must('an object')),
    },
    must('a JSON object'),
  );
}
