import { outputFlags } from '../../cli/flag-sets.ts';
import { type Flags, longName, type Positional } from '../../cli/flags.ts';
import { findFixturesFolder } from '../../config/target.ts';
import { HooksError } from '../../errors.ts';
import { listFixtures } from '../../events/catalog/fixtures.ts';
import type { Io } from '../../io.ts';
import type { Context } from '../context.ts';
import type { CommandDefinition, CommandEntry } from '../define.ts';
import {
  type Completable,
  type CompletableFlag,
  isPlain,
  type Offered,
  type Shell,
  shells,
} from './scripts.ts';

/** Prints the completion script of a shell. Throws HooksError with --json. */
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

const help: CompletableFlag = {
  name: '--help',
  summary: 'show help',
  takesValue: false,
  words: { fixed: [], asks: undefined },
};

/** Built from the declarations of all commands, so that completion never differs from them. */
async function completable(commands: readonly CommandEntry[], types: string[]): Promise<Completable> {
  const wordsOf = ({ words = [], suggests = [], completes }: Completing): Offered => ({
    fixed: [...words, ...suggests],
    asks: completes,
  });
  const flagsOf = ({ flags }: { readonly flags: Flags }) =>
    Object.values(flags).map(
      (flag): CompletableFlag => ({
        name: longName(flag.form),
        summary: flag.summary,
        takesValue: flag.kind !== 'switch',
        words: wordsOf(flag),
      }),
    );
  const argumentOf = ({ positionals }: CommandDefinition): Offered =>
    wordsOf(Object.values(positionals)[0] ?? {});
  const described = commands.map(async ({ name, summary, load }) => {
    const definition = await load();
    const subcommands = Object.entries(definition.subcommands);
    const flags = [definition, ...Object.values(definition.subcommands)].flatMap(flagsOf);
    return {
      name,
      summary,
      words: argumentOf(definition),
      subcommands: subcommands.map(([word, subcommand]) => ({ name: word, words: argumentOf(subcommand) })),
      flags: [...new Map(flags.map((flag) => [flag.name, flag])).values()],
    };
  });
  return {
    program: 'scalekit-hooks',
    types,
    commands: await Promise.all(described),
    flags: [
      ...flagsOf({ flags: outputFlags }),
      { ...help, name: '--version', summary: 'print the version' },
      help,
    ],
  };
}

/** What a flag or an argument says about its completion. */
type Completing = Partial<Pick<Positional, 'words' | 'suggests' | 'completes'>>;
