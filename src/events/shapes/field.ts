/** A field of an event. One definition provides both the exported type and the runtime check. */
export interface Field<T> {
  readonly rule: FieldRule;
  /** For the type checker only; never set. */
  readonly type?: T;
}

/** A field that may be absent or null: real events have more null fields than the API reference marks as nullable. */
export interface OptionalField<T> extends Field<T | null> {
  readonly isOptional: true;
  readonly isNullable: true;
}

/** A field that may be absent, but not null. */
export interface OmittableField<T> extends Field<T> {
  readonly isOptional: true;
}

/** How a field is checked. */
export type FieldRule =
  | { readonly kind: 'text'; readonly form?: RegExp; readonly must: string }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'flag' | 'map' | 'any' }
  | { readonly kind: 'list'; readonly item: Field<unknown> }
  | { readonly kind: 'object'; readonly shape: Shape };

/** The fields of an object by name; unknown fields are allowed. */
export type Shape = Readonly<Record<string, Field<unknown>>>;

/** The value that a shape describes. */
export type ValueOf<S extends Shape> = Flat<
  { -readonly [K in keyof S as S[K] extends { isOptional: true } ? never : K]: TypeOf<S[K]> } & {
    -readonly [K in keyof S as S[K] extends { isOptional: true } ? K : never]?: TypeOf<S[K]>;
  }
>;

type TypeOf<F> = F extends Field<infer T> ? T : never;
type Flat<T> = { [K in keyof T]: T[K] };

/** A string that matches `form`; `must` completes the sentence "must be …". */
export function textOf(form: RegExp, must: string): Field<string> {
  return { rule: { kind: 'text', form, must } };
}

export const text: Field<string> = { rule: { kind: 'text', must: 'a string' } };
/** RFC 3339, usually with nine fractional digits. */
export const time = textOf(
  /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  'an RFC 3339 timestamp such as 2026-01-31T12:00:00.123456789Z',
);
export const flag: Field<boolean> = { rule: { kind: 'flag' } };
/** An object with arbitrary fields. */
export const map: Field<Record<string, unknown>> = { rule: { kind: 'map' } };
export const any: Field<unknown> = { rule: { kind: 'any' } };

/** An id with a prefix, such as `org` for `org_123`. */
export function id(prefix: string): Field<string> {
  return textOf(new RegExp(`^${prefix}_`), `a string that starts with ${prefix}_`);
}

/** One of these strings. */
export function word<const W extends readonly string[]>(...words: W): Field<W[number]> {
  return { rule: { kind: 'word', words } };
}

/** A list whose items all match one field. */
export function list<T>(item: Field<T>): Field<T[]> {
  return { rule: { kind: 'list', item } };
}

/** An object with these fields, and possibly others. */
export function object<const S extends Shape>(shape: S): Field<ValueOf<S>> {
  return { rule: { kind: 'object', shape } };
}

/** May be null or missing. */
export function optional<T>(field: Field<T>): OptionalField<T> {
  return { rule: field.rule, isOptional: true, isNullable: true };
}

/** May be missing, but not null. */
export function omittable<T>(field: Field<T>): OmittableField<T> {
  return { rule: field.rule, isOptional: true };
}
