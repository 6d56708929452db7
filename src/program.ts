import { Command, CommanderError } from 'commander';
import { type OutputFlags, outputFlags } from './cli/flag-sets.ts';
import type { Flag } from './cli/flags.ts';
import { optionOf, register, sentence } from './commands/define.ts';
import { commands } from './commands/index.ts';
import type { Io } from './io.ts';
import { openReport } from './report/index.ts';
import { reportError, runCommand, settle } from './run-command.ts';

const epilogue = `
Exit codes:
  0         done, accepted, passed
  1         rejected, failed, or an expectation was not met
  2         usage or configuration error
  3         no response from any target, the captures store or the event log
  4         unexpected internal error
  130, 143  stopped by Ctrl-C or SIGTERM

Environment:
  SCALEKIT_WEBHOOK_SECRET      signing secret, or several separated by commas
                               (also read from .env.local and .env)
  SCALEKIT_INTERCEPTOR_SECRET  the same, for interceptors
  SCALEKIT_HOOKS_TO            default target of deliveries
  SCALEKIT_HOOKS_FIXTURES      folder with your own event files
  SCALEKIT_HOOKS_CAPTURES      captures folder, or redis:// URL of the store
  SCALEKIT_HOOKS_ALLOW_HOSTS   allowed hosts outside this machine and network
  NO_COLOR, FORCE_COLOR, CI    control color and the spinner

Examples:
  $ scalekit-hooks demo
  $ scalekit-hooks listen --port 3000
  $ scalekit-hooks send user.created --to localhost:3000/webhook
  $ scalekit-hooks check localhost:3000/webhook --start "npm start"
  $ scalekit-hooks verify last
  $ scalekit-hooks replay --failed --to localhost:8080/webhook`;

/** Columns: fits the default width of a terminal. */
const HELP_WIDTH = 80;

/** Parses the command line, runs its command, reports any error, and returns the exit code. */
export async function runProgram(io: Io, version: string): Promise<number> {
  const program = declareProgram(io, version);
  let exitCode = 0;
  try {
    for (const { name, summary, load } of commands) {
      const command = program.command(name).summary(summary).description(sentence(summary));
      // Other commands only need their name and summary, for help and suggestions.
      if (!io.argv.includes(name)) continue;
      register(command, await load(), async (work) => {
        exitCode = await runCommand(io, outputOf(program), work);
      });
    }
    if (io.argv.length === 0) program.outputHelp();
    else await program.parseAsync([...io.argv], { from: 'user' });
  } catch (error) {
    const isHelp = error instanceof CommanderError && error.exitCode === 0;
    exitCode = isHelp
      ? 0
      : reportError(await inWords(error, io, program), await openReport(io, outputOfInvalid(program, io)));
  }
  return settle(exitCode, io, outputOfInvalid(program, io));
}

/** An error of the parser becomes a HooksError. */
async function inWords(error: unknown, { argv }: Io, program: Command): Promise<unknown> {
  if (!(error instanceof CommanderError)) return error;
  return (await import('./commands/usage-error.ts')).usageError(error, argv, program);
}

/** The output flags. Throws HooksError for an invalid value. */
function outputOf(program: Command): OutputFlags {
  const given = program.opts();
  const values = Object.entries<Flag<unknown>>(outputFlags).map(([key, flag]) => [
    key,
    flag.read(given[key], 0),
  ]);
  return Object.fromEntries(values);
}

/** The output flags of an invalid command line: --json may not be parsed yet, and --color may have any value. */
function outputOfInvalid(program: Command, io: Io): OutputFlags {
  const { color, ...given } = program.opts();
  const isColor = outputFlags.color.words.includes(color);
  const json = given.json || (io.argv.includes('--json') && !io.stdout.failure);
  return { ...given, ...(isColor && { color }), json };
}

function declareProgram(io: Io, version: string): Command {
  const program = new Command('scalekit-hooks')
    .description('Send, receive, verify and replay Scalekit webhooks, and test webhook handlers.')
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand('help [command]', 'show help for a command')
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => (title === 'Global Options:' ? 'Global options:' : title),
    })
    .addHelpText('after', epilogue)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: () => {}, // Errors are reported by reportError.
      // The defaults would load process.stdout.
      getOutHelpWidth: () => HELP_WIDTH,
      getOutHasColors: () => false,
    });
  for (const flag of Object.values<Flag<unknown>>(outputFlags)) program.addOption(optionOf(flag));
  return program;
}
