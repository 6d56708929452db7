import { excludes } from '../../cli/flags.ts';
import { defineCommand } from '../define.ts';
import { flags, positionals } from './flags.ts';

const named = 'the ids already say which captures to replay';
const whole = '--all means every capture';
const unchanged = '--exact sends the original bytes: nothing is edited or signed';

export const command = defineCommand({
  positionals,
  flags,
  groups: {
    'Common options': ['failed', 'to', 'type', 'since', 'set'],
    'What to replay': ['all', 'from', 'newId', 'exact', 'unset', 'add'],
    'How to deliver it': [
      'secret',
      'header',
      'force',
      'retry',
      'retryScale',
      'retrySchedule',
      'concurrency',
      'rate',
      'timeout',
      'allowHost',
      'insecure',
    ],
    'What to print and store': ['dryRun', 'print', 'captures', 'noCapture'],
  },
  rules: [
    ...excludes('ids', ['type', 'since', 'failed', 'all', 'from'], named),
    ...excludes('all', ['type', 'since', 'failed'], whole),
    ...excludes('from', ['failed'], 'what failed is known of stored captures only'),
    ...excludes('exact', ['newId', 'set', 'unset', 'add', 'secret'], unchanged),
  ],
  details: `Each message is re-signed and keeps its webhook-id, as a real retry does.
--new-id makes new events of them; --exact sends the original bytes and headers.
Edits are made in the original body. Captures go out in the order in which they
came, one at a time unless --concurrency says otherwise. --type, --since,
--failed and --all leave out what was rejected: name such a capture by its id.`,
  examples: [
    'replay last',
    'replay --failed --to localhost:8080/webhook',
    "replay --type 'user.*' --since 1h",
    'replay last --set data.email=x@example.com --new-id',
    'replay --from captures.jsonl --concurrency 10',
  ],
  async run(given, context) {
    const [{ readReplaySettings }, { replay }] = await Promise.all([
      import('./options.ts'),
      import('./run.ts'),
    ]);
    return replay(readReplaySettings(given, context.io), context);
  },
});
