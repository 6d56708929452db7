import * as z from 'zod/mini';
import { envelopeMembers, must, textOf } from './envelope.ts';
import type { Field, Rule, Shape } from './shapes/field.ts';
import { dataShapes, type EventType } from './shapes/shapes.ts';

/** A schema of events. */
export type EventSchema = z.ZodMiniType;

const known = new Map<EventType, EventSchema>();

/** Whether a type is one of those that are documented. */
export function isEventType(type: unknown): type is EventType {
  return typeof type === 'string' && Object.hasOwn(dataShapes, type);
}

/** The schema of an event of a type, made when it is first asked for. Unknown fields are let through. */
export function eventSchema(type: EventType): EventSchema {
  const schema = known.get(type) ?? makeEventSchema(type);
  known.set(type, schema);
  return schema;
}

function makeEventSchema(type: EventType): EventSchema {
  const members = {
    ...envelopeMembers(),
    type: z.literal(type, must(`"${type}"`)),
    data: objectSchema(dataShapes[type]),
  };
  return z.looseObject(members, must('a JSON object'));
}

function objectSchema(shape: Shape): EventSchema {
  const members = Object.entries(shape).map(([name, field]) => [name, fieldSchema(field)] as const);
  return z.looseObject(Object.fromEntries(members), must('an object'));
}

function fieldSchema(field: Field<unknown> & { readonly isOptional?: boolean }): EventSchema {
  const schema = ruleSchema(field.rule);
  return field.isOptional ? z.nullish(schema) : schema;
}

const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;

function ruleSchema(rule: Rule): EventSchema {
  switch (rule.kind) {
    case 'text':
      return z.string(must('text'));
    case 'time':
      return textOf('a date and time', time);
    case 'flag':
      return z.boolean(must('true or false'));
    case 'any':
      return z.unknown();
    case 'map':
      return z.record(z.string(), z.unknown(), must('an object'));
    case 'id':
      return textOf(`text that starts with ${rule.prefix}_`, new RegExp(`^${rule.prefix}_`));
    case 'word':
      return z.enum(rule.words as [string, ...string[]], must(`one of ${rule.words.join(', ')}`));
    case 'list':
      return z.array(fieldSchema(rule.item), must('a list'));
    case 'object':
      return objectSchema(rule.shape);
  }
}

let anySchema: EventSchema | undefined;

/** The schema of an event whose type is not documented: it says what it is, and has data. */
export function anyEventSchema(): EventSchema {
  anySchema ??= z.looseObject(
    { type: textOf('text, not empty', /./), data: z.record(z.string(), z.unknown(), must('an object')) },
    must('a JSON object'),
  );
  return anySchema;
}
