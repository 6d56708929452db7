/**
 * What a field of an event's data must be, as a value that the type checker can read too: from one table come the types
 * that the library gives and the schemas that it checks by.
 */
export interface Field<T> {
  readonly rule: Rule;
  /** There for the type checker only. */
  readonly type?: T;
}

/** A field that may be absent, or null: the reference marks few as nullable, and real events have more. */
export interface OptionalField<T> extends Field<T | null> {
  readonly isOptional: true;
}

/** How a field is checked. */
export type Rule =
  | { readonly kind: 'text' | 'time' | 'flag' | 'map' | 'any' }
  | { readonly kind: 'id'; readonly prefix: string }
  | { readonly kind: 'word'; readonly words: readonly string[] }
  | { readonly kind: 'list'; readonly item: Field<unknown> }
  | { readonly kind: 'object'; readonly shape: Shape };

/** The fields of an object by name; unknown ones are let through. */
export type Shape = Readonly<Record<string, Field<unknown>>>;

/** The value that a shape describes. */
export type ValueOf<S extends Shape> = Flat<
  { -readonly [K in keyof S as S[K] extends { isOptional: true } ? never : K]: TypeOf<S[K]> } & {
    -readonly [K in keyof S as S[K] extends { isOptional: true } ? K : never]?: TypeOf<S[K]>;
  }
>;

type TypeOf<F> = F extends Field<infer T> ? T : never;
type Flat<T> = { [K in keyof T]: T[K] };

export const text: Field<string> = { rule: { kind: 'text' } };
/** RFC 3339, with up to nine digits of a second. */
export const time: Field<string> = { rule: { kind: 'time' } };
export const flag: Field<boolean> = { rule: { kind: 'flag' } };
/** An object whose fields anybody may choose. */
export const map: Field<Record<string, unknown>> = { rule: { kind: 'map' } };
export const any: Field<unknown> = { rule: { kind: 'any' } };

/** `<prefix>_` and what makes it one. */
export function id(prefix: string): Field<string> {
  return { rule: { kind: 'id', prefix } };
}

/** One of a few words. */
export function word<const W extends readonly string[]>(...words: W): Field<W[number]> {
  return { rule: { kind: 'word', words } };
}

export function list<T>(item: Field<T>): Field<T[]> {
  return { rule: { kind: 'list', item } };
}

export function object<const S extends Shape>(shape: S): Field<ValueOf<S>> {
  return { rule: { kind: 'object', shape } };
}

export function optional<T>(field: Field<T>): OptionalField<T> {
  return { rule: field.rule, isOptional: true };
}
