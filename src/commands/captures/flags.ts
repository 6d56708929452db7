import { capturesFlags, filterFlags, followFlags } from '../../cli/flag-sets.ts';
import { oneOf, toggle, type Values, value } from '../../cli/flags.ts';
import { parseTime } from '../../cli/times.ts';
import { count } from '../../cli/values.ts';
import { rejectionReasons } from '../../signature/verdict.ts';

const id = {
  form: '<id>',
  summary:
    'a cap_ id, an event or webhook id (its newest capture), a unique prefix, last, or last:3 for the third newest',
  label: 'an id',
  suggests: ['last'],
  completes: 'captures',
} as const;

const verdicts = ['verified', 'rejected', ...rejectionReasons] as const;

export const listTable = {
  flags: {
    ...filterFlags,
    verdict: value('--verdict <verdict>', 'only captures with this verdict or reason', {
      words: verdicts,
      parse: oneOf(verdicts),
    }),
    ...followFlags,
    limit: value('--limit <n>', 'number of captures to list (default: 20)', { parse: count(100_000_000) }),
    ...capturesFlags,
  },
} as const;

export const showTable = {
  positionals: { id },
  flags: { raw: toggle('--raw', 'print only the raw body'), ...capturesFlags },
} as const;

export const saveTable = {
  positionals: { id, file: { form: '<file>', summary: 'the file to write', label: 'a file' } },
  flags: {
    scrub: toggle('--scrub', 'replace email addresses, names, phone numbers, IP addresses and secrets'),
    force: toggle('--force', 'replace an existing file'),
    ...capturesFlags,
  },
} as const;

export const exportTable = {
  positionals: {
    file: { form: '<file>', summary: 'the scenario to write', label: 'a file' },
    ids: {
      form: '[ids...]',
      summary: 'the captures, as for show; last:10 is the newest ten (default: all that the filters select)',
      label: 'ids',
      suggests: ['last:10'],
      completes: 'captures',
    },
  },
  flags: {
    ...filterFlags,
    scrub: saveTable.flags.scrub,
    force: saveTable.flags.force,
    ...capturesFlags,
  },
} as const;

export const clearTable = {
  flags: {
    before: value('--before <time>', 'only before this time: an age such as 7d, or a date', {
      parse: parseTime,
    }),
    yes: toggle('--yes', 'delete the captures'),
    ...capturesFlags,
  },
} as const;

export type ListFlags = Values<typeof listTable.flags>;
export type ShowFlags = Values<typeof showTable.flags, typeof showTable.positionals>;
export type SaveFlags = Values<typeof saveTable.flags, typeof saveTable.positionals>;
export type ExportFlags = Values<typeof exportTable.flags, typeof exportTable.positionals>;
export type ClearFlags = Values<typeof clearTable.flags>;
