import { HooksError } from '../errors.ts';

/** Turns the text of a flag into its value. `flag` is its long name, `now` is in milliseconds since 1970. Throws HooksError. */
export type Parse<T> = (flag: string, text: string, now: number) => T;

/** What a shell can offer for a value beside fixed words: event types. */
export type Completes = 'types';

/** One flag: how it is written, what help says about it, and the value that a command receives. */
export interface Flag<T> {
  /** As in help: `--to <url>` or `-H, --header <name: value>`. */
  readonly form: string;
  readonly summary: string;
  readonly kind: 'value' | 'list' | 'switch';
  /** The words that its value can be, for help and completion; empty when it can be anything. */
  readonly words: readonly string[];
  readonly completes?: Completes | undefined;
  /** The value for what the command line holds: a text, a list of texts, true or false; undefined when the flag is absent. */
  read(given: unknown, now: number): T;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;

/** An argument without a flag. */
export interface Positional<F extends string = string> {
  /** `<id>` is required, `[url]` optional, `[types...]` any number. */
  readonly form: F;
  readonly summary: string;
  /** How an error names it: `a URL`. */
  readonly label: string;
  readonly words?: readonly string[];
  readonly completes?: Completes;
}

export type Positionals = Readonly<Record<string, Positional>>;

type PositionalValue<F extends string> = F extends `${string}...${string}`
  ? readonly string[]
  : F extends `<${string}>`
    ? string
    : string | undefined;

/** What a command receives: the value of every flag and argument, by the key in its table. */
export type Values<F extends Flags, P extends Positionals = Record<never, never>> = {
  readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
} & { readonly [K in keyof P]: P[K] extends Positional<infer Form> ? PositionalValue<Form> : never };

interface Options<T> {
  readonly parse?: Parse<T>;
  readonly words?: readonly string[];
  readonly completes?: Completes;
}

/** A flag with one value; `fallback` is the value of an absent one. */
export function value<T = string, F = undefined>(
  form: string,
  summary: string,
  { parse = asText, words = [], completes, fallback }: Options<T> & { readonly fallback?: F } = {},
): Flag<T | F> {
  return {
    form,
    summary,
    kind: 'value',
    words,
    completes,
    read: (given, now) => (given === undefined ? (fallback as F) : parse(longName(form), String(given), now)),
  };
}

/** A flag that can be given several times, each time with one value. */
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

/** Accepts one of a few words. */
export function oneOf<W extends string>(words: readonly W[]): Parse<W> {
  return (flag, text) => {
    const found = words.find((word) => word === text);
    if (found !== undefined) return found;
    const expected = `one of ${words.join(', ')}`;
    throw new HooksError('invalid_value', { flag, value: text, expected, example: `${flag} ${words[0]}` });
  };
}

/** `--to` of `--to <url>`, `--header` of `-H, --header <name: value>`. */
export function longName(form: string): string {
  return /--[\w-]+/.exec(form)![0];
}

/** A value that is missing would take the next flag for it, and the command would run without that flag. */
export function rejectFlagAsValue(form: string, text: string): void {
  if (!/^--|^-[a-zA-Z]$/.test(text)) return;
  const message = `${longName(form)} needs a value, and ${text} is a flag`;
  throw new HooksError('usage', { message, command: undefined });
}

/** Two flags or arguments that exclude each other, or a flag that makes sense only beside another. */
export type Rule<K extends string> =
  | { readonly kind: 'excludes'; readonly first: K; readonly second: K; readonly why: string }
  | {
      readonly kind: 'requires';
      readonly flag: K;
      /** One of them is enough. */
      readonly needs: readonly K[];
      readonly why: string;
      readonly example: string;
    };

/** Rows for `first` with each of the others. */
export function excludes<K extends string>(first: K, others: readonly K[], why: string): Rule<K>[] {
  return others.map((second) => ({ kind: 'excludes', first, second, why }));
}

/** Rows for flags each of which needs at least one of `needs`. */
export function requires<K extends string>(
  flags: readonly K[],
  needs: readonly K[],
  { why, example }: { readonly why: string; readonly example: string },
): Rule<K>[] {
  return flags.map((flag) => ({ kind: 'requires', flag, needs, why, example }));
}

/** Flags and arguments of one command, and the rules between them. */
export interface FlagTable {
  readonly flags: Flags;
  readonly positionals: Positionals;
  readonly rules: readonly Rule<string>[];
}

/** Throws HooksError for the first rule that the given flags and arguments break. */
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
