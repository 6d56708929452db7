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

/** Help, parsing, rules and completion are all derived from this declaration. */
interface Declaration<F extends Flags, P extends Positionals> {
  readonly positionals?: P;
  readonly flags: F;
  /** Help headings and their flags, the most used first. */
  readonly groups?: Readonly<Record<string, readonly (keyof F & string)[]>>;
  readonly rules?: readonly Rule<(keyof F | keyof P) & string>[];
  /** Help text after the flags. */
  readonly details?: string;
  readonly examples?: readonly string[];
  /** Loads the implementation, runs it and returns the exit code. */
  run(values: Values<F, P>, context: Context): Promise<number>;
}

/** A command with its table of flags, its help and its work. */
export interface CommandDefinition extends FlagTable {
  readonly groups: Readonly<Record<string, readonly string[]>>;
  readonly details: string;
  readonly examples: readonly string[];
  /** By name; `defaultSubcommand` runs if none is named. */
  readonly subcommands: Readonly<Record<string, Subcommand>>;
  readonly defaultSubcommand?: string;
  /** Throws HooksError for an invalid command line before it does anything. */
  run(given: Given, context: Context): Promise<number>;
}

export interface Subcommand extends CommandDefinition {
  readonly summary: string;
}

/** The part of a command that is known before it is loaded. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<CommandDefinition>;
}

/** Parsed flags and arguments by their keys in the command's table; absent ones are undefined. */
export type Given = Readonly<Record<string, unknown>>;

/** Checks the rules of the table before `run` gets typed values. */
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

/** Turns `build, sign and deliver events` into a sentence. */
export function sentence(summary: string): string {
  return `${summary[0]!.toUpperCase()}${summary.slice(1)}.`;
}

/** Adds a command to the parser. `run` receives the work to do. */
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

/** Commander calls an action with each argument, then the flags under its own names, then the command. */
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
    // Commander stores `--no-capture` as `capture: false`.
    if (option.negate ? value === false : value !== undefined) given.push([key, option.negate || value]);
  }
  return Object.fromEntries(given);
}

/** Written here, because Commander shows a default only if it also returns it as if it had been given. */
function choicesOf(words: readonly string[], usual: string | undefined): string {
  if (words.length === 0) return '';
  const choices = words.map((word) => JSON.stringify(word)).join(', ');
  return usual === undefined ? ` (choices: ${choices})` : ` (choices: ${choices}, default: "${usual}")`;
}

/** The parser's option for a flag, which rejects a second value, and a flag in place of a value. */
export function optionOf({ form, summary, kind, words, usual }: Flag<unknown>): Option {
  const option = new Option(form, `${summary}${choicesOf(words, usual)}`);
  if (kind === 'switch') return option;
  return option.argParser((text: string, previous: unknown) => {
    rejectFlagAsValue(form, text);
    if (kind === 'list') return [...((previous as string[] | undefined) ?? []), text];
    // Other tools silently use the last value, which is hard to notice.
    if (previous !== undefined && previous !== text) {
      throw new HooksError('repeated_flag', { flag: option.long!, first: String(previous), second: text });
    }
    return text;
  });
}
