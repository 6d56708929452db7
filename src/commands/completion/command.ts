import { Argument, Command, type Option } from 'commander';
import { findFixturesFolder } from '../../config/target.ts';
import { HooksError } from '../../errors.ts';
import { listFixtures } from '../../events/catalog/fixtures.ts';
import type { Io } from '../../io.ts';
import type { CommandEntry, CommandFile, Context } from '../context.ts';
import { type Completable, type CompletableFlag, isPlain, type Shell, shells } from './scripts.ts';

/** The command that completes `commands`, itself among them. */
export function completionOf(commands: readonly CommandEntry[]): CommandFile {
  return {
    register: (command, run) => {
      command
        .addArgument(new Argument('<shell>', 'the shell to write for').choices(Object.keys(shells)))
        .addHelpText(
          'after',
          `
  bash:  echo 'source <(scalekit-hooks completion bash)' >> ~/.bashrc
  zsh:   echo 'source <(scalekit-hooks completion zsh)' >> ~/.zshrc      (after compinit)
  fish:  scalekit-hooks completion fish > ~/.config/fish/completions/scalekit-hooks.fish`,
        )
        .action((shell: Shell) =>
          run((context) => completion(shell, { program: command.parent!, commands }, context)),
        );
    },
  };
}

/** What there is to complete. */
interface Declared {
  readonly program: Command;
  readonly commands: readonly CommandEntry[];
}

async function completion(shell: Shell, declared: Declared, { io, report }: Context): Promise<number> {
  if (report.isJson) {
    throw new HooksError('conflicting_flags', {
      first: 'completion',
      second: '--json',
      why: 'what is printed is a script for a shell',
      example: `scalekit-hooks completion ${shell}`,
    });
  }
  io.stdout.write(shells[shell](await completable(declared, findTypes(io))));
  return 0;
}

/** The types to complete. A folder of the user's own that cannot be read is no reason to break a shell's start. */
function findTypes(io: Io): string[] {
  const own = findFixturesFolder(io, undefined);
  const names = (folder: string | undefined) => listFixtures(io.root, folder).map(({ name }) => name);
  try {
    return names(own).filter(isPlain);
  } catch {
    return names(undefined);
  }
}

/** Commands whose arguments, and flags whose values, are event types. */
const takesTypes = ['send', 'events'];
const typeFlags = ['--type', '--expect'];

const help: CompletableFlag = { name: '--help', summary: 'show help', takesValue: false, values: [] };

/** Reads every command's declaration: what is completed is what there is. */
async function completable({ program, commands }: Declared, types: string[]): Promise<Completable> {
  const describe = (option: Option): CompletableFlag => ({
    name: option.long!,
    summary: option.description,
    takesValue: option.required,
    values: typeFlags.includes(option.long!) ? types : (option.argChoices ?? []),
  });
  const described = commands.map(async ({ name, summary, load }) => {
    const command = new Command(name);
    (await load()).register(command, async () => {});
    const words = [
      ...(takesTypes.includes(name) ? types : []),
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
      ...command.commands.map((action) => action.name()),
    ];
    const options = [command, ...command.commands].flatMap((each) => each.options);
    const flags = new Map(options.map((option) => [option.long, describe(option)]));
    return { name, summary, words, flags: [...flags.values()] };
  });
  return {
    program: program.name(),
    commands: await Promise.all(described),
    flags: [...program.options.map(describe), help],
  };
}
