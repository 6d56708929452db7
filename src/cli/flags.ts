import { HooksError } from '../errors.ts';

/** Parses the text of a flag. `flag` is its long name, for errors; `now` is in ms since 1970. Throws HooksError. */
export type Parse<T> = (flag: string, text: string, now: number) => T;

/** A list that shells complete: event types, names of checks or scenarios, or ids of stored captures. */
export type Completes = 'types' | 'checks' | 'scenarios' | 'captures';

/** One flag: its syntax, its help text, and how a command gets its value. */
export interface Flag<T> {
  /** As shown in help: `--to <url>` or `-H, --header <name: value>`. */
  readonly form: string;
  readonly summary: string;
  readonly kind: 'value' | 'list' | 'switch';
  /** The allowed values, for help and completion; empty if any value is allowed. */
  readonly words: readonly string[];
  /** The one of `words` that an absent flag means, for help. */
  readonly usual?: string | undefined;
  readonly completes?: Completes | undefined;
  /** `given` is a string, a list of strings or a boolean from the command line; undefined if the flag is absent. */
  read(given: unknown, now: number): T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** An argument without a flag. */
export interface Positional<F extends string = string> {
  /** `<id>` is required, `[url]` optional, `[types...]` any number. */
  readonly form: F;
  readonly summary: string;
  /** Its name in errors: `a URL`. */
  readonly label: string;
  /** The only values that it takes. */
  readonly words?: readonly string[];
  /** Values that completion offers among others. */
  readonly suggests?: readonly string[];
  readonly completes?: Completes;
}

export type Positionals = Readonly<Record<string, Positional>>;

type PositionalValue<F extends string> = F extends `${string}...${string}`
  ? readonly string[]
  : F extends `<${string}>`
    ? string
    : string | undefined;

/** The value of every flag and argument, by its key in the command's table. */
export type Values<F extends Flags, P extends Positionals = Record<never, never>> = {
  readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
} & { readonly [K in keyof P]: P[K] extends Positional<infer Form> ? PositionalValue<Form> : never };

interface Options<T> {
  readonly parse?: Parse<T>;
  readonly words?: readonly string[];
  readonly usual?: string;
  readonly completes?: Completes;
}

/** A flag with one value; `fallback` is used when the flag is absent. */
export function value<T = string, F = undefined>(
  form: string,
  summary: string,
  { parse = asText, words = [], usual, completes, fallback }: Options<T> & { readonly fallback?: F } = {},
): Flag<T | F> {
  return {
    form,
    summary,
    kind: 'value',
    words,
    usual,
    completes,
    read: (given, now) => (given === undefined ? (fallback as F) : parse(longName(form), String(given), now)),
  };
}

/** A repeatable flag with one value each time. */
export function list<T = string>(
  form: string,
  summary: string,
  { parse = asText, words = [], completes }: Options<T> = {},
): Flag<readonly T[]> {
  return {
    form,
    summary,
    kind: 'list',
    words,
    completes,
    read: (given, now) =>
      ((given ?? []) as readonly string[]).map((text) => parse(longName(form), text, now)),
  };
}

/** A flag without a value. */
export function toggle(form: string, summary: string): Flag<boolean> {
  return { form, summary, kind: 'switch', words: [], read: (given) => given === true };
}

function asText<T>(_flag: string, text: string): T {
  return text as T;
}

/** Accepts only these words. Throws HooksError. */
export function oneOf<W extends string>(words: readonly W[]): Parse<W> {
  return (flag, text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    const expected = `one of ${words.join(', ')}`;
    throw new HooksError('invalid_value', { flag, value: text, expected, example: `${flag} ${words[0]}` });
  };
}

/** `--header` for the form `-H, --header <name: value>`. */
export function longName(form: string): string {
  return /--[\w-]+/.exec(form)![0];
}

/** Without this check, a flag with a missing value would consume the next flag as its value. */
export function rejectFlagAsValue(form: string, text: string): void {
  if (!/^--|^-[a-zA-Z]$/.test(text)) return;
  const message = `${longName(form)} needs a value, but ${text} is a flag`;
  throw new HooksError('usage', { message, fix: `put a value after the flag: ${form}` });
}

/** Two flags or arguments that exclude each other, or a flag that requires another one. */
export type Rule<K extends string> =
  | { readonly kind: 'excludes'; readonly first: K; readonly second: K; readonly why: string }
  | {
      readonly kind: 'requires';
      readonly flag: K;
      /** At least one of them must be given. */
      readonly needs: readonly K[];
      readonly why: string;
      readonly example: string;
    };

/** One rule for each pair of `first` and another flag. */
export function excludes<K extends string>(first: K, others: readonly K[], why: string): Rule<K>[] {
  return others.map((second) => ({ kind: 'excludes', first, second, why }));
}

/** One rule per flag: it requires at least one of `needs`. */
export function requires<K extends string>(
  flags: readonly K[],
  needs: readonly K[],
  { why, example }: { readonly why: string; readonly example: string },
): Rule<K>[] {
  return flags.map((flag) => ({ kind: 'requires', flag, needs, why, example }));
}

/** All that a command line may have, and the rules that flags alone cannot express. */
export interface FlagTable {
  readonly flags: Flags;
  readonly positionals: Positionals;
  readonly rules: readonly Rule<string>[];
}

/** Throws HooksError for the first rule that is broken. `given` holds the keys of the flags and arguments in use. */
export function holdToRules({ flags, positionals, rules }: FlagTable, given: ReadonlySet<string>): void {
  const label = (key: string) => (flags[key] ? longName(flags[key].form) : positionals[key]!.label);
  for (const rule of rules) {
    if (rule.kind === 'excludes' && given.has(rule.first) && given.has(rule.second)) {
      const [first, second] = [label(rule.first), label(rule.second)];
      throw new HooksError('conflicting_flags', {
        first,
        second,
        detail: rule.why,
        example: `omit ${second}`,
      });
    }
    if (rule.kind === 'requires' && given.has(rule.flag) && !rule.needs.some((key) => given.has(key))) {
      const [flag, needs] = [label(rule.flag), rule.needs.map(label)];
      throw new HooksError('missing_flag', { flag, needs, detail: rule.why, example: rule.example });
    }
  }
}
