import { outputFlags } from '../../cli/flag-sets.ts';
import { type Flag, type Flags, longName } from '../../cli/flags.ts';
import { findFixturesFolder } from '../../config/target.ts';
import { HooksError } from '../../errors.ts';
import { listFixtures } from '../../events/catalog/fixtures.ts';
import type { Io } from '../../io.ts';
import type { Context } from '../context.ts';
import type { CommandDefinition, CommandEntry } from '../define.ts';
import { type Completable, type CompletableFlag, isPlain, type Shell, shells } from './scripts.ts';

export async function completion(
  shell: Shell,
  commands: readonly CommandEntry[],
  { io, report }: Context,
): Promise<number> {
  if (report.isJson) {
    throw new HooksError('conflicting_flags', {
      first: 'completion',
      second: '--json',
      detail: 'it prints a shell script, not JSON',
      example: `scalekit-hooks completion ${shell}`,
    });
  }
  io.stdout.write(shells[shell](await completable(commands, findTypes(io))));
  return 0;
}

/** An unreadable fixtures folder must not break the start of a shell. */
function findTypes(io: Io): string[] {
  const own = findFixturesFolder(io, undefined);
  const names = (folder: string | undefined) => listFixtures(io.root, folder).map(({ name }) => name);
  try {
    return names(own).filter(isPlain);
  } catch {
    return names(undefined);
  }
}

const help: CompletableFlag = { name: '--help', summary: 'show help', takesValue: false, values: [] };

/** Built from the declarations of all commands, so that completion never differs from them. */
async function completable(commands: readonly CommandEntry[], types: string[]): Promise<Completable> {
  const describe = ({ form, summary, kind, words, completes }: Flag<unknown>): CompletableFlag => ({
    name: longName(form),
    summary,
    takesValue: kind !== 'switch',
    values: completes === 'types' ? types : words,
  });
  const allFlags = (flags: Flags) => Object.values(flags).map(describe);
  const described = commands.map(async ({ name, summary, load }) => {
    const definition: CommandDefinition = await load();
    const subcommands = Object.entries(definition.subcommands);
    const words = [
      ...Object.values(definition.positionals).flatMap(({ words, suggests = [], completes }) =>
        completes === 'types' ? types : (words ?? suggests),
      ),
      ...subcommands.map(([subcommand]) => subcommand),
    ];
    const flags = [definition, ...subcommands.map(([, subcommand]) => subcommand)].flatMap(({ flags }) =>
      allFlags(flags),
    );
    return { name, summary, words, flags: [...new Map(flags.map((flag) => [flag.name, flag])).values()] };
  });
  return {
    program: 'scalekit-hooks',
    commands: await Promise.all(described),
    flags: [...allFlags(outputFlags), { ...help, name: '--version', summary: 'print the version' }, help],
  };
}
