import { capturesFlags, deliveryFlags, filterFlags, followFlags, retryFlags } from '../../cli/flag-sets.ts';
import { toggle, type Values, value } from '../../cli/flags.ts';
import { count } from '../../cli/values.ts';

export const flags = {
  since: filterFlags.since,
  before: filterFlags.before,
  type: filterFlags.type,
  organization: filterFlags.organization,
  ...followFlags,
  limit: value('--limit <n>', 'only the newest n events; with --follow, stop after this many', {
    parse: count(100_000_000),
  }),
  includeInternal: toggle(
    '--include-internal',
    'also logged events that are not webhooks, such as sign-in steps',
  ),
  environmentUrl: value(
    '--environment-url <url>',
    'URL of the environment (default: SCALEKIT_ENVIRONMENT_URL)',
  ),
  ...deliveryFlags,
  ...retryFlags,
  dryRun: toggle('--dry-run', 'print the messages; send nothing'),
  save: value('--save <folder>', 'write the newest event of each type as an event file; send nothing'),
  scrub: toggle(
    '--scrub',
    'with --save, replace email addresses, names, phone numbers, IP addresses and secrets',
  ),
  ...capturesFlags,
  noCapture: toggle('--no-capture', 'do not store captures and the outcomes of deliveries'),
};

export type PullFlags = Values<typeof flags>;
