import { Command, CommanderError, Option } from 'commander';
import { oneOf } from './cli/flags.ts';
import type { RunWith } from './commands/context.ts';
import { commands } from './commands/index.ts';
import { HooksError } from './errors.ts';
import type { Io } from './io.ts';
import { type OutputFlags, openReport } from './report/index.ts';
import { runCommand, settle, tellError } from './run-command.ts';

const epilogue = `
Exit codes:
  0  done; every answer 2xx; every message verified; every check passed; what was expected came
  1  an HTTP status that is not 2xx; a message that verify refuses; a check that failed; what was expected did not come
  2  the request was wrong: flag, setting, file, fixture, secret, id, port; captures cannot be kept or read
  3  no status line came: refused, DNS, TLS, reset, timeout
  4  a bug of scalekit-hooks      130, 143  ended by Ctrl-C or SIGTERM

Environment:
  SCALEKIT_WEBHOOK_SECRET     signing secret, several separated by commas (also read from .env.local and .env)
  SCALEKIT_INTERCEPTOR_SECRET the same for send --interceptor
  SCALEKIT_HOOKS_TO           target of deliveries    SCALEKIT_HOOKS_FIXTURES     folder with event files of your own
  SCALEKIT_HOOKS_ALLOW_HOSTS  hosts that are allowed  NO_COLOR, FORCE_COLOR, CI   colour and spinner

Try:
  $ scalekit-hooks demo
  $ scalekit-hooks listen --port 3000
  $ scalekit-hooks send user.created --to localhost:3000/webhook
  $ scalekit-hooks listen --forward-to localhost:8080/webhook
  $ scalekit-hooks replay --failed --to localhost:8080/webhook
  $ scalekit-hooks verify last`;

/** Parses the command line, runs its command, and turns every error into sentences and an exit code. */
export async function runProgram(io: Io, version: string): Promise<number> {
  const program = declareProgram(io, version);
  let exitCode = 0;
  const runWith: RunWith = async (work) => {
    exitCode = await runCommand(io, program.opts<OutputFlags>(), work);
  };
  try {
    for (const { name, summary, load } of commands) {
      const command = program.command(name).description(summary);
      // The others are there to be listed and suggested: only what is called is loaded.
      if (io.argv.includes(name)) (await load()).register(command, runWith);
    }
    await program.parseAsync([...io.argv], { from: 'user' });
  } catch (error) {
    const isHelp = error instanceof CommanderError && error.exitCode === 0;
    exitCode = isHelp
      ? 0
      : tellError(usageOf(error, io, program), await openReport(io, flagsOf(program, io)));
  }
  return settle(exitCode, io, program.opts<OutputFlags>());
}

/** The flags of how to speak: when parsing failed, it may not have come to --json. */
function flagsOf(program: Command, io: Io): OutputFlags {
  const flags = program.opts<OutputFlags>();
  return { ...flags, json: flags.json || (io.argv.includes('--json') && !io.stdout.failure) };
}

function declareProgram(io: Io, version: string): Command {
  return new Command('scalekit-hooks')
    .description(
      'Send every Scalekit event, signed, to any handler; receive and verify what arrives, and say why it does not match.',
    )
    .version(version, '-V, --version', 'print the version')
    .addOption(new Option('--json', 'one JSON object per line on stdout, errors included'))
    .addOption(new Option('--quiet', 'say only what failed'))
    .addOption(new Option('--verbose', 'show more: headers, data, answers'))
    .addOption(oneOf('--color <when>', 'auto, always or never', ['auto', 'always', 'never']))
    .addOption(new Option('--debug', 'show the stack of an error'))
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show the help of a command')
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', epilogue)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {}, // Errors are told in our own sentences.
      // Asked of the world, these would load process.stdout.
      getOutHelpWidth: () => 110,
      getOutHasColors: () => false,
    });
}

/** The command of a command line, with its subcommand if it has one: each has a help of its own. */
function findCommand(program: Command, argv: readonly string[]): string | undefined {
  const name = argv.find((argument) => commands.some((command) => command.name === argument));
  const actions = program.commands.find((command) => command.name() === name)?.commands ?? [];
  const action = actions.find((candidate) => argv.includes(candidate.name()));
  return action ? `${name} ${action.name()}` : name;
}

/** An error of parsing in our own sentences; any other error as it is. */
function usageOf(error: unknown, io: Io, program: Command): unknown {
  if (!(error instanceof CommanderError)) return error;
  const asked = io.argv[0] === 'help' ? io.argv[1] : undefined;
  return usageError(error, findCommand(program, io.argv) ?? asked);
}

/** Puts commander's message (`error: …`, and perhaps `(Did you mean …?)`) into our sentences. */
function usageError(error: CommanderError, command: string | undefined): HooksError {
  if (error.code === 'commander.help') {
    return new HooksError('usage', {
      what: command === undefined ? 'no command given' : `there is no command "${command}"`,
      suggestion: 'scalekit-hooks --help, or scalekit-hooks demo',
    });
  }
  const [message = '', hint = ''] = error.message.split('\n');
  const suggestion = /\(Did you mean (?:one of )?(.*)\?\)/.exec(hint)?.[1];
  return new HooksError('usage', {
    what: message.replace(/^error: /, '').replaceAll("'", '"'),
    why: suggestion && `did you mean ${suggestion}?`,
    command,
  });
}
