import { Argument, Command, type Option } from 'commander';
import { listFixtures } from '../events/fixtures.ts';
import { type Completable, type CompletableFlag, type Shell, shells } from '../report/completion.ts';
import { findFixturesFolder } from '../settings/environment.ts';
import type { Context, RunWith } from './context.ts';
import { commands } from './index.ts';

export function register(command: Command, run: RunWith): void {
  command
    .addArgument(new Argument('<shell>', 'the shell to write for').choices(Object.keys(shells)))
    .addHelpText(
      'after',
      `
  bash:  echo 'source <(scalekit-hooks completion bash)' >> ~/.bashrc
  zsh:   echo 'source <(scalekit-hooks completion zsh)' >> ~/.zshrc      (after compinit)
  fish:  scalekit-hooks completion fish > ~/.config/fish/completions/scalekit-hooks.fish`,
    )
    .action((shell: Shell) => run((context) => completion(shell, command.parent!, context)));
}

async function completion(shell: Shell, program: Command, { io }: Context): Promise<number> {
  const types = listFixtures(io.root, findFixturesFolder(io, undefined)).map(({ name }) => name);
  io.stdout.write(shells[shell](await completable(program, types)));
  return 0;
}

/** Commands whose arguments, and flags whose values, are event types. */
const takesTypes = ['send', 'events'];
const typeFlags = ['--type'];

/** Reads every command's declaration: what is completed is what there is. */
async function completable(program: Command, types: string[]): Promise<Completable> {
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
    ];
    return { name, summary, words, flags: command.options.map(describe) };
  });
  return {
    program: program.name(),
    commands: await Promise.all(described),
    flags: program.options.map(describe),
  };
}
