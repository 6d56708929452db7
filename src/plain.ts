import type { Work } from './commands/context.ts';
import type { Io } from './io.ts';
import { runCommand, settle } from './run-command.ts';

/**
 * Commands that are usually called without arguments, as in `$(scalekit-hooks secret)`. Skipping the parser saves half
 * of their time.
 */
const plainCommands: Record<string, () => Promise<Work>> = {
  events: async () => {
    const { events } = await import('./commands/events/run.ts');
    return (context) => events({}, context);
  },
  secret: async () => {
    const { printSecret } = await import('./commands/secret/run.ts');
    return (context) => printSecret([], context);
  },
};

/** Runs a plain command and returns its exit code; undefined for any other command line. */
export async function runPlain(io: Io): Promise<number | undefined> {
  const [name = '', ...rest] = io.argv;
  if (rest.length > 0 || !Object.hasOwn(plainCommands, name)) return undefined;
  const work = await plainCommands[name]!();
  return settle(await runCommand(io, {}, work), io, {});
}
