import type { Command } from 'commander';
import { flags } from '../../cli/flags.ts';
import type { RunWith } from '../context.ts';
import type { EventsFlags } from './run.ts';

export function register(command: Command, run: RunWith): void {
  command
    .argument('[type]', "an event type to show, or a pattern such as 'user.*' to list")
    .addOption(flags.fixtures())
    .addHelpText(
      'after',
      `
Lists every event type with its category and where it is documented; with one type, prints its sample event.

  $ scalekit-hooks events 'organization.*'
  $ scalekit-hooks events user.created > event.json`,
    )
    .action((type: string | undefined, given: EventsFlags) =>
      run(async (context) => (await import('./run.ts')).events(type, given, context)),
    );
}
