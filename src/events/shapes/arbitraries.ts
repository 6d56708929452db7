import { defaultObject } from '../build.ts';
import { envelope } from './envelope.ts';
import { type FieldRule, type OptionalField, object, type Shape, time } from './field.ts';
import { dataShapes, type EventType } from './shapes.ts';

/** The parts of fast-check that are used, so that any version 3 or 4 of it can be passed. */
export interface FastCheck {
  constant(value: unknown): Arbitrary;
  constantFrom(...values: readonly unknown[]): Arbitrary;
  boolean(): Arbitrary;
  integer(limits: { min: number; max: number }): Arbitrary;
  string(limits: { maxLength: number }): Arbitrary;
  array(item: Arbitrary, limits: { minLength?: number; maxLength: number }): Arbitrary;
  record(fields: Record<string, Arbitrary>, limits: { noNullPrototype: true }): Arbitrary;
  oneof(...choices: readonly { readonly weight: number; readonly arbitrary: Arbitrary }[]): Arbitrary;
}

/** A generator of values. */
export interface Arbitrary {
  map(change: (value: never) => unknown): Arbitrary;
}

/** Texts that programs often get wrong. None has U+0000, which databases reject and Scalekit does not send. */
const hardTexts = [
  ' ',
  '0',
  'null',
  "O'Brien",
  'quotes " and \\ backslash',
  '<b>&amp;</b>',
  'two\nlines\tand a tab',
  '\u2028\u2029\u0085',
  'e\u0301 and \u00e9',
  '\u1e9b\u0323',
  '\u202eright to left',
  'עברית',
  'العربية',
  '日本語',
  'İstanbul ſtraße',
  '😀',
  '👩‍👩‍👧‍👦🇨🇭',
  '{{name}} #{name} %s %d',
  '../../etc/passwd',
  '-1',
  'x'.repeat(300),
];

/** Rare, so that events keep a usual size. */
const longText = '漢'.repeat(4000);

const hardNumbers = [0, 1, -1, 0.1, 1.5, 2 ** 31 - 1, 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, 1e21, 5e-324];

/** RFC 3339 at its limits: years, leap days, 32-bit seconds, digits of a second, zones. */
const hardTimes = [
  '2026-03-05T16:40:12.083451927Z',
  '2026-03-05T16:40:12Z',
  '2026-03-05T16:40:12.1Z',
  '2026-03-05T16:40:12.000000000Z',
  '2026-03-05T16:40:12+14:00',
  '2026-03-05T16:40:12.5-12:00',
  '2024-02-29T23:59:59.999999999Z',
  '1970-01-01T00:00:00Z',
  '1969-12-31T23:59:59.999Z',
  '0001-01-01T00:00:00Z',
  '2038-01-19T03:14:08Z',
  '9999-12-31T23:59:59.999999999Z',
];

/** Fields that the documentation does not have. */
const newFields = ['added_later', 'x-new field', 'Ünïcode'];

/**
 * Events of one type that match its documentation: with optional fields absent, null or there, empty and large lists,
 * unusual texts, and fields that are not documented. From the same table as the types, the checks and JSON Schema.
 */
export function arbitraryEvent(fc: FastCheck, type: string): Arbitrary {
  return arbitraryEvents(fc)(type);
}

/** The same for several types, which share what their fields have in common: making that takes as long as many events. */
export function arbitraryEvents(fc: FastCheck): (type: string) => Arbitrary {
  const make = new Maker(fc);
  return (type) => {
    const data = Object.hasOwn(dataShapes, type) ? make.object(dataShapes[type as EventType]) : make.map(2);
    const kind = fc.constantFrom(defaultObject(type), 'AddedLater');
    return make.object({ ...envelope, data: object({}) }, { type: fc.constant(type), object: kind, data });
  };
}

/** Objects as JSON.parse makes them, which are also faster than those without a prototype. */
const usual = { noNullPrototype: true } as const;

/** Makes an arbitrary of each rule. */
class Maker {
  readonly #fc: FastCheck;
  readonly #text: Arbitrary;
  /** The value of a field that is not documented, which few objects have. */
  readonly #added: Arbitrary;
  readonly #made = new Map<FieldRule, Arbitrary>();

  constructor(fc: FastCheck) {
    this.#fc = fc;
    this.#text = fc.oneof(
      { weight: 16, arbitrary: fc.constant('') },
      { weight: 44, arbitrary: fc.constantFrom(...hardTexts) },
      { weight: 1, arbitrary: fc.constant(longText) },
      {
        weight: 16,
        arbitrary: fc.string({ maxLength: 40 }).map((text: string) => text.replaceAll('\0', '')),
      },
    );
    this.#added = fc.oneof(
      { weight: 4, arbitrary: fc.constant(ABSENT) },
      { weight: 1, arbitrary: this.#any(1) },
    );
  }

  /** `given` replaces the arbitraries of fields. */
  object(shape: Shape, given: Readonly<Record<string, Arbitrary>> = {}): Arbitrary {
    const fc = this.#fc;
    const fields = Object.fromEntries(
      Object.entries(shape).map(([name, field]) => [name, given[name] ?? this.#field(field)]),
    );
    return fc
      .record(
        { known: fc.record(fields, usual), name: fc.constantFrom(...newFields), added: this.#added },
        usual,
      )
      .map(withoutAbsent);
  }

  map(depth: number): Arbitrary {
    const fc = this.#fc;
    const entry = fc.record({ name: this.#name(), value: this.#any(depth - 1) }, usual);
    return fc
      .array(entry, { maxLength: 5 })
      .map((entries: readonly NamedValue[]) =>
        Object.fromEntries(entries.map(({ name, value }) => [name, value])),
      );
  }

  /** Names that no object has from its prototype. */
  #name(): Arbitrary {
    return this.#fc.constantFrom('a', 'b', 'first name', 'x.y', '0', 'ünïcode', '😀');
  }

  #field(field: Shape[string]): Arbitrary {
    const { constant, oneof } = this.#fc;
    const { isOptional, isNullable } = field as Partial<OptionalField<unknown>>;
    const value = this.#ofRule(field.rule);
    if (!isOptional && !isNullable) return value;
    return oneof(
      { weight: 4, arbitrary: value },
      ...(isOptional ? [{ weight: 1, arbitrary: constant(ABSENT) }] : []),
      ...(isNullable ? [{ weight: 1, arbitrary: constant(null) }] : []),
    );
  }

  #ofRule(rule: FieldRule): Arbitrary {
    const made = this.#made.get(rule) ?? this.#rule(rule);
    this.#made.set(rule, made);
    return made;
  }

  #rule(rule: FieldRule): Arbitrary {
    const fc = this.#fc;
    switch (rule.kind) {
      case 'text':
        return rule.form === undefined ? this.#text : this.#formed(rule.form);
      case 'word':
        return fc.constantFrom(...rule.words);
      case 'flag':
        return fc.boolean();
      case 'map':
        return this.map(2);
      case 'any':
        return this.#any(2);
      case 'object':
        return this.object(rule.shape);
      case 'list': {
        const item = this.#ofRule(rule.item.rule);
        return fc.oneof(
          { weight: 1, arbitrary: fc.constant([]) },
          { weight: 6, arbitrary: fc.array(item, { maxLength: 4 }) },
          { weight: 1, arbitrary: fc.array(item, { minLength: 50, maxLength: 80 }) },
        );
      }
    }
  }

  /** A text of a form: a time, digits, an id with a prefix, or any text that is not empty. */
  #formed(form: RegExp): Arbitrary {
    const fc = this.#fc;
    if (form === (time.rule as { readonly form: RegExp }).form) return fc.constantFrom(...hardTimes);
    if (form.test('1'))
      return form.test('x') ? this.#text.map((text: string) => text || 'x') : fc.constant('1');
    const prefix = /^\^([a-z]+_)/.exec(form.source)![1]!;
    return fc
      .integer({ min: 0, max: 2 ** 31 - 1 })
      .map((number: number) => `${prefix}1${String(number).padStart(17, '0')}`);
  }

  #any(depth: number): Arbitrary {
    const fc = this.#fc;
    return fc.oneof(
      { weight: 2, arbitrary: this.#text },
      { weight: 1, arbitrary: fc.constantFrom(...hardNumbers) },
      { weight: 1, arbitrary: fc.constantFrom(true, false, null) },
      ...(depth > 0
        ? [
            { weight: 1, arbitrary: this.map(depth) },
            { weight: 1, arbitrary: fc.array(this.#any(depth - 1), { maxLength: 3 }) },
          ]
        : []),
    );
  }
}

/** Stands for a field that is not there. */
const ABSENT = Symbol('absent');

interface Made {
  readonly known: Record<string, unknown>;
  readonly name: string;
  readonly added: unknown;
}

interface NamedValue {
  readonly name: string;
  readonly value: unknown;
}

function withoutAbsent({ known, name, added }: Made): Record<string, unknown> {
  const fields: Record<string, unknown> = {};
  for (const [own, value] of Object.entries(known)) if (value !== ABSENT) fields[own] = value;
  if (added !== ABSENT) fields[name] = added;
  return fields;
}
