import { type Command, CommanderError } from 'commander';
import { HooksError } from '../errors.ts';
import { nearestNames } from '../names.ts';
import { commands } from './index.ts';

/** Converts an error of parsing `argv` to a HooksError; returns any other error unchanged. */
export function usageOf(error: unknown, argv: readonly string[], program: Command): unknown {
  if (!(error instanceof CommanderError)) return error;
  const helpTopic = argv[0] === 'help' ? argv[1] : undefined;
  return usageError(error, findCommand(program, argv) ?? helpTopic);
}

/** The command in a command line, with its subcommand if present, because each has its own help. */
function findCommand(program: Command, argv: readonly string[]): string | undefined {
  const name = argv.find((argument) => commands.some((command) => command.name === argument));
  const subcommands = program.commands.find((command) => command.name() === name)?.commands ?? [];
  const subcommand = subcommands.find((candidate) => argv.includes(candidate.name()));
  return subcommand ? `${name} ${subcommand.name()}` : name;
}

/** Converts commander's message: `error: …`, optionally with `(Did you mean …?)`. */
function usageError(error: CommanderError, command: string | undefined): HooksError {
  if (error.code === 'commander.help') {
    const nearest = nearestNames(
      command ?? '',
      commands.map(({ name }) => name),
    );
    return new HooksError('usage', {
      message: command === undefined ? 'no command given' : `unknown command "${command}"`,
      ...(nearest.length > 0 && { detail: `did you mean ${nearest.join(', ')}?` }),
      fix: 'run scalekit-hooks --help or scalekit-hooks demo',
    });
  }
  const [text = '', hint = ''] = error.message.split('\n');
  const usage = text.replace(/^error: /, '').replaceAll("'", '"');
  const suggestion = /\(Did you mean (?:one of )?(.*)\?\)/.exec(hint)?.[1];
  const detail = suggestion && `did you mean ${suggestion}?`;
  for (const [pattern, words] of commanderMessages) {
    const match = pattern.exec(usage);
    if (match) return new HooksError('usage', { ...words(match), command });
  }
  return new HooksError('usage', { message: usage, detail, command });
}

/** Commander's messages that are put in this program's words. */
const commanderMessages: readonly (readonly [
  pattern: RegExp,
  words: (match: RegExpExecArray) => { message: string; detail?: string },
])[] = [
  [
    /^option ".*?(--[\w-]+) (.+)" argument missing$/,
    ([, flag, form]) => ({ message: `${flag} needs a value`, detail: `its form is ${flag} ${form}` }),
  ],
  [/^missing required argument "(.+)"$/, ([, name]) => ({ message: `the argument <${name}> is missing` })],
  [
    /^too many arguments for "(.+)"\. Expected (\d+) arguments? but got (\d+)\.$/,
    ([, command, expected, given]) => ({
      message: `too many arguments for ${command}`,
      detail: `expected at most ${expected}, but got ${given}`,
    }),
  ],
  [
    /value "(.*)" is invalid for argument "(.+)"\. Allowed choices are (.*)\.$/,
    ([, value, name, choices]) => ({
      message: `invalid value "${value}" for <${name}>`,
      detail: `expected one of ${choices}`,
    }),
  ],
];
