import { fixturesFlags } from '../../cli/flag-sets.ts';
import { excludes, toggle } from '../../cli/flags.ts';
import { defineCommand } from '../define.ts';

export const command = defineCommand({
  positionals: {
    type: {
      form: '[type]',
      summary: "an event type to show; a category, or a pattern such as 'user.*', to list",
      label: 'an event type',
      completes: 'types',
    },
  },
  flags: {
    ...fixturesFlags,
    scenarios: toggle('--scenarios', 'list the scenarios of send --scenario, or show one'),
    jsonSchema: toggle('--json-schema', 'print a JSON Schema (2020-12) of the type, or of all that match'),
  },
  rules: [...excludes('scenarios', ['jsonSchema'], 'only event types have a schema')],
  details: `Lists every event type by category, and when Scalekit sends it. For a single
type, prints its sample event. --json-schema prints a JSON Schema instead, for
handlers in any language. --scenarios lists flows of events; with the name of
one, it prints its file, to edit and send.`,
  examples: [
    "events 'organization.*'",
    'events user.created > event.json',
    'events --scenarios user-lifecycle > flow.json',
    'events user.created --json-schema > user.created.schema.json',
  ],
  run: async (given, context) => (await import('./run.ts')).events(given, context),
});
