import { defineCommand } from '../define.ts';
import { clearTable, exportTable, listTable, saveTable, showTable } from './flags.ts';

const work = () => import('./run.ts');

export const command = {
  ...defineCommand({
    flags: {},
    details: `Without a subcommand, captures lists: captures --type 'user.*' is the same as
captures list --type 'user.*'. Each subcommand has its own --help.`,
    examples: [
      "captures --type 'user.*' --since 1h",
      'captures --follow --organization org_123',
      'captures show last',
      'captures save last user.created.json --scrub',
      'captures export flow.json last:10',
      'captures clear --before 7d --yes',
    ],
    run: async () => 0,
  }),
  defaultSubcommand: 'list',
  subcommands: {
    list: {
      summary: 'list captures, newest first',
      ...defineCommand({ ...listTable, run: async (given, context) => (await work()).list(given, context) }),
    },
    show: {
      summary: 'show one capture: verdict, responses of handlers, headers, body',
      ...defineCommand({ ...showTable, run: async (given, context) => (await work()).show(given, context) }),
    },
    save: {
      summary: 'save the event of a capture as an event file, without headers',
      ...defineCommand({ ...saveTable, run: async (given, context) => (await work()).save(given, context) }),
    },
    export: {
      summary: 'save captured events as a scenario, to send them again in order',
      ...defineCommand({
        ...exportTable,
        run: async (given, context) => (await import('./export.ts')).exportScenario(given, context),
      }),
    },
    clear: {
      summary: 'delete captures; without --yes, only count them',
      ...defineCommand({
        ...clearTable,
        run: async (given, context) => (await work()).clear(given, context),
      }),
    },
  },
};
