import { envelope } from './envelope.ts';
import { type FieldRule, type OptionalField, object, type Shape } from './field.ts';
import { dataShapes, type EventType } from './shapes.ts';

/** A JSON Schema, 2020-12. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The schema of one event type, from the same table as the exported types and the checks. Unknown fields are allowed. */
export function schemaOf(type: EventType): JsonSchema {
  const { properties, ...rest } = schemaOfShape({ ...envelope, data: object(dataShapes[type]) });
  return {
    $schema: DIALECT,
    title: type,
    ...rest,
    properties: { ...(properties as JsonSchema), type: { const: type } },
  };
}

/** One schema for several types; `type` selects. */
export function schemaOfAll(types: readonly EventType[]): JsonSchema {
  const schemas = types.map((type) => {
    const { $schema, ...schema } = schemaOf(type);
    return [type, schema] as const;
  });
  return {
    $schema: DIALECT,
    title: 'Scalekit events',
    oneOf: types.map((type) => ({ $ref: `#/$defs/${type}` })),
    $defs: Object.fromEntries(schemas),
  };
}

function schemaOfShape(shape: Shape): JsonSchema {
  const fields = Object.entries(shape);
  const required = fields.filter(([, field]) => !isOptional(field)).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(
      fields.map(([name, field]) => {
        const schema = schemaOfRule(field.rule);
        const { isNullable = false } = field as Partial<OptionalField<unknown>>;
        return [
          name,
          isNullable && field.rule.kind !== 'any' ? { anyOf: [schema, { type: 'null' }] } : schema,
        ];
      }),
    ),
    ...(required.length > 0 && { required }),
  };
}

function isOptional(field: Shape[string]): boolean {
  return (field as Partial<OptionalField<unknown>>).isOptional ?? false;
}

function schemaOfRule(rule: FieldRule): JsonSchema {
  switch (rule.kind) {
    case 'any':
      return {};
    case 'text':
      return { type: 'string', ...(rule.form && { pattern: rule.form.source }) };
    case 'word':
      return { enum: rule.words };
    case 'flag':
      return { type: 'boolean' };
    case 'map':
      return { type: 'object' };
    case 'object':
      return schemaOfShape(rule.shape);
    case 'list':
      return { type: 'array', items: schemaOfRule(rule.item.rule) };
  }
}
