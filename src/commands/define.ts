import { Argument, type Command, Option } from 'commander';
import {
  type Flag,
  type Flags,
  type FlagTable,
  holdToRules,
  type Positional,
  type Positionals,
  type Rule,
  rejectFlagAsValue,
  type Values,
} from '../cli/flags.ts';
import { HooksError } from '../errors.ts';
import type { Context } from '../report/index.ts';
import type { Work } from './context.ts';

/** What a command declares about itself. Everything else about its flags follows: help, parsing, rules, completion. */
interface Declaration<F extends Flags, P extends Positionals> {
  readonly positionals?: P;
  readonly flags: F;
  /** Headings of the help and the flags below them, the flags used most first. */
  readonly groups?: Readonly<Record<string, readonly (keyof F & string)[]>>;
  readonly rules?: readonly Rule<(keyof F | keyof P) & string>[];
  /** Sentences after the flags. */
  readonly details?: string;
  readonly examples?: readonly string[];
  /** Loads what does the work, does it, and returns the exit code. */
  run(values: Values<F, P>, context: Context): Promise<number>;
}

/** A command, or one of its subcommands. */
export interface CommandDefinition extends FlagTable {
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly details: string;
  readonly examples: readonly string[];
  /** By name; the one that is called `defaultSubcommand` runs when none is named. */
  readonly subcommands: Readonly<Record<string, Subcommand>>;
  readonly defaultSubcommand?: string;
  /** Reads what the command line holds, and does the work. Throws HooksError before anything is done. */
  run(given: Given, context: Context): Promise<number>;
}

export interface Subcommand extends CommandDefinition {
  readonly summary: string;
}

/** A command as the program knows it before it is needed. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<CommandDefinition>;
}

/** Flags and arguments as the parser found them, by the key in the command's table; absent ones are undefined. */
export type Given = Readonly<Record<string, unknown>>;

export function defineCommand<const F extends Flags, const P extends Positionals = Record<never, never>>(
  declaration: Declaration<F, P>,
): CommandDefinition {
  const { positionals = {}, flags, rules = [], groups = {}, details = '', examples = [] } = declaration;
  const table: FlagTable = { flags, positionals, rules };
  return {
    ...table,
    groups,
    details,
    examples,
    subcommands: {},
    run(given, context) {
      holdToRules(table, new Set(Object.keys(given)));
      const now = context.io.now();
      const values = Object.entries<Flag<unknown>>(flags).map(([key, flag]) => [
        key,
        flag.read(given[key], now),
      ]);
      const others = Object.entries<Positional>(positionals).map(([key, { form }]) => [
        key,
        given[key] ?? (form.includes('...') ? [] : undefined),
      ]);
      return declaration.run(Object.fromEntries([...values, ...others]) as Values<F, P>, context);
    },
  };
}

/** `build, sign and deliver events` as a sentence of its own. */
export function sentence(summary: string): string {
  return `${summary[0]!.toUpperCase()}${summary.slice(1)}.`;
}

/** Gives a command to the parser. `run` receives what it is called with. */
export function register(
  command: Command,
  definition: CommandDefinition,
  run: (work: Work) => Promise<void>,
): void {
  for (const [name, subcommand] of Object.entries(definition.subcommands)) {
    const isDefault = name === definition.defaultSubcommand;
    register(
      command
        .command(name, { isDefault })
        .summary(subcommand.summary)
        .description(sentence(subcommand.summary)),
      subcommand,
      run,
    );
  }
  for (const { form, summary, words } of Object.values(definition.positionals)) {
    const argument = new Argument(form, summary);
    command.addArgument(words ? argument.choices([...words]) : argument);
  }
  const options = new Map(Object.entries(definition.flags).map(([key, flag]) => [key, optionOf(flag)]));
  for (const [heading, keys] of Object.entries(definition.groups)) {
    for (const key of keys) command.addOption(options.get(key)!.helpGroup(`${heading}:`));
  }
  const grouped = new Set(Object.values(definition.groups).flat());
  for (const [key, option] of options) if (!grouped.has(key)) command.addOption(option);
  command.addHelpText('after', afterText(definition));
  if (definition.defaultSubcommand !== undefined) return;
  command.action((...called: unknown[]) => {
    const given = givenOf(definition, options, called);
    return run((context) => definition.run(given, context));
  });
}

function afterText({ details, examples }: CommandDefinition): string {
  const shown =
    examples.length > 0 ? ['Examples:', ...examples.map((line) => `  $ scalekit-hooks ${line}`)] : [];
  return [...(details ? ['', details] : []), ...(shown.length > 0 ? ['', ...shown] : [])].join('\n');
}

/** What commander calls an action with: each argument, the flags by names of its own, and the command. */
function givenOf(
  { flags, positionals }: CommandDefinition,
  options: ReadonlyMap<string, Option>,
  called: readonly unknown[],
): Given {
  const keys = Object.keys(positionals);
  const raw = called[keys.length] as Record<string, unknown>;
  const given: [string, unknown][] = keys.flatMap((key, index) => {
    const value = called[index];
    const isAbsent = value === undefined || (Array.isArray(value) && value.length === 0);
    return isAbsent ? [] : [[key, value]];
  });
  for (const key of Object.keys(flags)) {
    const option = options.get(key)!;
    const value = raw[option.attributeName()];
    // `--no-capture` is kept as `capture: false`.
    if (option.negate ? value === false : value !== undefined) given.push([key, option.negate || value]);
  }
  return Object.fromEntries(given);
}

/** A flag as the parser takes it: text, or a list of texts. */
export function optionOf({ form, summary, kind, words }: Flag<unknown>): Option {
  const option = new Option(form, summary);
  if (kind === 'switch') return option;
  if (words.length > 0) option.argChoices = [...words];
  return option.argParser((text: string, previous: unknown) => {
    rejectFlagAsValue(form, text);
    if (kind === 'list') return [...((previous as string[] | undefined) ?? []), text];
    // A repeated flag whose last value silently wins has cost users of other tools hours.
    if (previous !== undefined && previous !== text) {
      throw new HooksError('repeated_flag', { flag: option.long!, first: String(previous), second: text });
    }
    return text;
  });
}
