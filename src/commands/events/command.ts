import { fixturesFlags } from '../../cli/flag-sets.ts';
import { defineCommand } from '../define.ts';

export const command = defineCommand({
  positionals: {
    type: {
      form: '[type]',
      summary: "an event type to show, or a pattern such as 'user.*' to list",
      label: 'an event type',
      completes: 'types',
    },
  },
  flags: fixturesFlags,
  details: `Lists every event type with its category and documentation source. For a single
type, prints its sample event.`,
  examples: ["events 'organization.*'", 'events user.created > event.json'],
  run: async (given, context) => (await import('./run.ts')).events(given, context),
});
