import { capturesFlags, secretFlags } from '../../cli/flag-sets.ts';
import { list, toggle, type Values, value } from '../../cli/flags.ts';
import { parseHeader } from '../../cli/headers.ts';
import { parseDuration, parseTime } from '../../cli/times.ts';

export const positionals = {
  message: {
    form: '[message]',
    summary: 'a file with an HTTP request or lines of listen --json, - for stdin, or a capture id',
    label: 'a message',
  },
} as const;

export const flags = {
  ...secretFlags,
  at: value('--at <time>', 'judge as if it were this time: a date, seconds, an age such as 1h, or now', {
    parse: parseTime,
  }),
  showSignedText: toggle('--show-signed-text', 'print what is signed, with lengths and SHA-256 sums'),
  body: value('--body <body>', 'the body alone, with -H: @file, - for stdin, or JSON'),
  header: list('-H, --header <name: value>', 'a header of the message, with --body; repeatable', {
    parse: parseHeader,
  }),
  tolerance: value('--tolerance <duration>', 'how far its timestamp may be off (default: 5m)', {
    parse: parseDuration,
  }),
  ...capturesFlags,
};

/** What `verify` receives. */
export type VerifyFlags = Values<typeof flags, typeof positionals>;
