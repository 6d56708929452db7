import type { Command, CommanderError } from 'commander';
import { HooksError } from '../errors.ts';
import { nearestNames } from '../names.ts';
import { commands } from './index.ts';

// Loaded only for an invalid command line.

interface UsageWords {
  readonly message: string;
  readonly detail?: string | undefined;
  readonly fix?: string | undefined;
}

/** Converts an error of parsing `argv` to a HooksError. */
export function usageError(error: CommanderError, argv: readonly string[], program: Command): HooksError {
  if (error.code === 'commander.help') return new HooksError('usage', unknownHelp(argv));
  const command = findCommand(program, argv);
  const [text = '', hint = ''] = error.message.split('\n');
  const usage = text.replace(/^error: /, '').replaceAll("'", '"');
  for (const [pattern, words] of commanderMessages) {
    const match = pattern.exec(usage);
    const found = match && words(match, command);
    if (found instanceof HooksError) return found;
    if (found) return new HooksError('usage', { ...found, command: pathOf(command) });
  }
  const suggestion = /\(Did you mean (?:one of )?(.*)\?\)/.exec(hint)?.[1];
  const detail = suggestion && `did you mean ${suggestion}?`;
  return new HooksError('usage', { message: usage, detail, command: pathOf(command) });
}

function unknownHelp([help, topic]: readonly string[]): UsageWords {
  const command = help === 'help' ? topic : undefined;
  const names = commands.map(({ name }) => name);
  const [nearest] = command === undefined ? [] : nearestNames(command, names);
  return {
    message: command === undefined ? 'no command given' : `unknown command "${command}"`,
    detail: nearest && `did you mean ${nearest}?`,
    fix: 'run scalekit-hooks --help or scalekit-hooks demo',
  };
}

/** The command in a command line, or its subcommand, because each has its own help. */
function findCommand(program: Command, argv: readonly string[]): Command {
  const [command] = argv.flatMap((word) => named(program, word));
  if (!command) return program;
  // Without a subcommand, captures lists.
  const [subcommand = command] = [...argv, 'list'].flatMap((word) => named(command, word));
  return subcommand;
}

function named(parent: Command, word: string): readonly Command[] {
  return parent.commands.filter((command) => command.name() === word);
}

/** `captures show`; empty for the program. */
function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}`.trim() : '';
}

/** Commander's messages that are put in this program's words. */
const commanderMessages: readonly (readonly [
  pattern: RegExp,
  words: (match: RegExpExecArray, command: Command) => UsageWords | HooksError | undefined,
])[] = [
  [
    /^option ".*?(--[\w-]+) (.+)" argument missing$/,
    ([, flag, form]) => ({ message: `${flag} needs a value`, detail: `its form is ${flag} ${form}` }),
  ],
  [
    /^missing required argument "(.+)"$/,
    ([, name], command) => ({
      message: `the argument <${name}> is missing`,
      detail: `its form is scalekit-hooks ${pathOf(command)} ${command.usage()}`,
    }),
  ],
  [/^too many arguments /, (_match, command) => unexpectedArgument(command)],
  [
    /value "(.*)" is invalid for argument "(.+)"\. Allowed choices are (.*)\.$/,
    ([, value, name, choices]) => ({
      message: `invalid value "${value}" for <${name}>`,
      detail: `expected one of ${choices}`,
    }),
  ],
  [/^unknown command "(.*)"$/, ([message, word]) => meant(message, commandFor(word!))],
  [/^unknown option "(.*)"$/, ([message, flag], command) => meant(message, flagFor(flag!, command))],
];

function meant(message: string, suggestion: string | undefined): UsageWords | undefined {
  return suggestion === undefined ? undefined : { message, detail: `did you mean ${suggestion}?` };
}

/** Other tools' names of commands. */
const commandWords: Readonly<Record<string, string>> = {
  version: '--version',
  trigger: 'send',
  emit: 'send',
  serve: 'listen',
  forward: 'listen --forward-to',
  receive: 'listen',
  test: 'check',
  ui: 'inspect',
  logs: 'captures',
  types: 'events',
  resend: 'replay',
};

function commandFor(word: string): string | undefined {
  if (Object.hasOwn(commandWords, word)) return commandWords[word];
  const isEventType = /^[a-z_]+(\.[a-z_*]+)+$/.test(word);
  return isEventType ? `send ${word}` : undefined;
}

/** Other tools' names of flags, and ours: the first that the command has is meant. */
const flagWords: readonly (readonly [theirs: readonly string[], ours: readonly string[]])[] = [
  [
    ['--url', '--target', '--endpoint', '--webhook-url', '-u'],
    ['--to', '--forward-to'],
  ],
  [
    ['--port', '-p'],
    ['--port', '--to'],
  ],
  [['--data', '--payload', '-d'], ['--body']],
  [['-v'], ['--verbose']],
  [['-q'], ['--quiet']],
];

/** Flags of a command, or of the program, that are something else here. */
const argumentWords: Readonly<Record<string, string>> = {
  ' -v': '--version',
  'send --type': 'send user.created',
  'send --event': 'send user.created',
  'verify --file': 'verify request.http',
};

function flagFor(flag: string, command: Command): string | undefined {
  const call = `${pathOf(command)} ${flag}`;
  if (Object.hasOwn(argumentWords, call)) return argumentWords[call];
  const ours = flagWords.find(([theirs]) => theirs.includes(flag))?.[1] ?? [];
  const flags = [command, command.parent].flatMap((each) => each?.options ?? []).map(({ long }) => long);
  return ours.find((each) => flags.includes(each));
}

/** A word that a command does not take: a subcommand of `captures` that does not exist, or a value without its flag. */
function unexpectedArgument(command: Command): UsageWords | HooksError {
  const allowed = command.registeredArguments.length;
  const word = command.args[allowed]!;
  if (pathOf(command) === 'captures list') return unknownSubcommand(word, command.parent!);
  const flag = /^(?:\d{1,5}|https?:\/\/.*|localhost\b.*|:\d.*)$/.test(word) && flagFor('--port', command);
  return {
    message: `unexpected argument "${word}"`,
    detail: `${pathOf(command)} takes ${allowed === 0 ? 'no arguments' : `at most ${allowed} argument${allowed === 1 ? '' : 's'}`}`,
    fix: flag ? `use ${flag} ${word}` : undefined,
  };
}

function unknownSubcommand(word: string, captures: Command): HooksError {
  const known = captures.commands.map((each) => each.name());
  const isId = /^(cap|evt|msg)_|^last/.test(word);
  const nearest = isId ? ['show'] : nearestNames(word, known);
  return new HooksError('unknown_subcommand', { word, isId, known, nearest });
}
