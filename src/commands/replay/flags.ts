import {
  capturesFlags,
  deliveryFlags,
  editFlags,
  filterFlags,
  paceFlags,
  retryFlags,
} from '../../cli/flag-sets.ts';
import { oneOf, toggle, type Values, value } from '../../cli/flags.ts';

export const positionals = {
  ids: {
    form: '[ids...]',
    summary: 'cap_ ids, event or webhook ids, beginnings of one, last, or last:3 for the third newest',
    label: 'an id',
  },
} as const;

export const flags = {
  ...filterFlags,
  failed: toggle('--failed', 'what the app failed to accept the last time, or never answered'),
  all: toggle('--all', 'every capture'),
  from: value('--from <file>', 'captures of a file, or - for stdin, instead of the stored ones'),
  newId: toggle('--new-id', 'as new events: another webhook-id and event id'),
  exact: toggle('--exact', 'the original bytes and headers; handlers reject them after 5 minutes'),
  ...deliveryFlags,
  ...editFlags,
  ...retryFlags,
  ...paceFlags,
  dryRun: toggle('--dry-run', 'print the messages, send nothing'),
  print: value('--print <form>', 'print curl commands, send nothing', {
    words: ['curl'],
    parse: oneOf(['curl' as const]),
  }),
  ...capturesFlags,
  noCapture: toggle('--no-capture', 'do not store what the app did with them'),
};

/** What `replay` receives. */
export type ReplayFlags = Values<typeof flags, typeof positionals>;
