import { capturesFlags, secretFlags } from '../../cli/flag-sets.ts';
import { list, toggle, type Values, value } from '../../cli/flags.ts';
import { parseHeader } from '../../cli/headers.ts';
import { parseDuration, parseTime } from '../../cli/times.ts';

export const positionals = {
  message: {
    form: '[message]',
    summary: 'a file with an HTTP request or lines of listen --json, - for stdin, or a capture id',
    label: 'a message',
    suggests: ['last'],
    completes: 'captures',
  },
} as const;

export const flags = {
  ...secretFlags,
  at: value('--at <time>', 'verify as of this time: a date, Unix seconds, an age such as 1h, now', {
    parse: parseTime,
  }),
  showSignedText: toggle('--show-signed-text', 'print the signed text, with lengths and SHA-256 hashes'),
  body: value('--body <body>', 'the body, for use with -H: @file, - for stdin, or JSON'),
  header: list('-H, --header <name: value>', 'a header of the message, for use with --body; repeatable', {
    parse: parseHeader,
  }),
  tolerance: value('--tolerance <duration>', 'tolerance of the timestamp (default: 5m)', {
    parse: parseDuration,
  }),
  ...capturesFlags,
};

export type VerifyFlags = Values<typeof flags, typeof positionals>;
