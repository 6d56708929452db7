import type { OptionalField, Rule, Shape } from './shapes/field.ts';

/** A value that breaks a rule: where it is, and what it must be. */
export interface Fault {
  readonly path: readonly PropertyKey[];
  /** As the end of a sentence that begins with the field: `must be text`, `is missing`. */
  readonly reason: string;
}

/** Holds an object against a shape, field by field. Fields that the shape does not know are let through. */
export function* faultsIn(value: unknown, shape: Shape, path: readonly PropertyKey[] = []): Generator<Fault> {
  if (!isObject(value)) {
    yield { path, reason: path.length === 0 ? 'must be a JSON object' : 'must be an object' };
    return;
  }
  for (const [name, field] of Object.entries(shape)) {
    const inner = [...path, name];
    const isThere = Object.hasOwn(value, name);
    const member = isThere ? (value as Record<string, unknown>)[name] : undefined;
    const { isOptional = false, isNullable = false } = field as Partial<OptionalField<unknown>>;
    if (member === undefined) {
      if (!isOptional) yield { path: inner, reason: 'is missing' };
    } else if (member !== null || !isNullable) yield* faultsOf(member, field.rule, inner);
  }
}

function* faultsOf(value: unknown, rule: Rule, path: readonly PropertyKey[]): Generator<Fault> {
  const must = (isSo: boolean, what: string): Fault[] => (isSo ? [] : [{ path, reason: `must be ${what}` }]);
  switch (rule.kind) {
    case 'any':
      return;
    case 'text':
      yield* must(typeof value === 'string' && (rule.form?.test(value) ?? true), rule.must);
      return;
    case 'word':
      yield* must(rule.words.includes(value as string), `one of ${rule.words.join(', ')}`);
      return;
    case 'flag':
      yield* must(typeof value === 'boolean', 'true or false');
      return;
    case 'map':
      yield* must(isObject(value), 'an object');
      return;
    case 'object':
      yield* faultsIn(value, rule.shape, path);
      return;
    case 'list':
      if (!Array.isArray(value)) yield* must(false, 'a list');
      else
        for (const [index, item] of value.entries()) yield* faultsOf(item, rule.item.rule, [...path, index]);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
