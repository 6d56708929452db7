import type { Command } from 'commander';
import type { RunWith } from '../context.ts';

export function register(command: Command, run: RunWith): void {
  command
    .addHelpText(
      'after',
      `
Starts a listener on a free port, sends it every event type through real HTTP, and then a forged message, which it must
refuse. Nothing has to be set up, and nothing is left behind. Exit code 0 only if all of it held.`,
    )
    .action(() => run(async (context) => (await import('./run.ts')).demo(context)));
}
