import {
  capturesFlags,
  deliveryFlags,
  editFlags,
  filterFlags,
  followFlags,
  paceFlags,
  retryFlags,
} from '../../cli/flag-sets.ts';
import { oneOf, toggle, type Values, value } from '../../cli/flags.ts';
import { filled } from '../../cli/values.ts';

export const positionals = {
  ids: {
    form: '[ids...]',
    summary: 'cap_ ids, event or webhook ids, unique prefixes, last, or last:3 for the third newest',
    label: 'an id',
    suggests: ['last'],
    completes: 'captures',
  },
} as const;

export const flags = {
  ...filterFlags,
  ...followFlags,
  failed: toggle('--failed', 'captures that the app did not accept at the last delivery'),
  all: toggle('--all', 'every capture'),
  from: value('--from <file>', 'captures from a file, or - for stdin', {
    parse: filled('a file, or - for stdin', 'captures.jsonl'),
  }),
  newId: toggle('--new-id', 'replay as new events: new webhook-id and event id'),
  trust: toggle('--trust', 'also replay captures that do not verify with your secret'),
  exact: toggle('--exact', 'send the original bytes and headers; rejected after 5 minutes'),
  ...deliveryFlags,
  ...editFlags,
  ...retryFlags,
  ...paceFlags,
  dryRun: toggle('--dry-run', 'print the messages; send nothing'),
  print: value('--print <form>', 'print curl commands; send nothing', {
    words: ['curl'],
    parse: oneOf(['curl' as const]),
  }),
  ...capturesFlags,
  noCapture: toggle('--no-capture', 'do not store the outcome of the deliveries'),
};

export type ReplayFlags = Values<typeof flags, typeof positionals>;
