import { excludes, requires } from '../../cli/flags.ts';
import { defineCommand } from '../define.ts';
import { flags, positionals } from './flags.ts';

const named = 'the ids already select the captures to replay';
const whole = '--all selects every capture';
const unchanged = '--exact sends the original bytes without editing or signing them';

export const command = defineCommand({
  positionals,
  flags,
  groups: {
    'Common options': ['failed', 'to', 'type', 'since', 'set'],
    'What to replay': ['all', 'before', 'organization', 'from', 'trust', 'newId', 'exact', 'unset', 'add'],
    Follow: ['follow', 'name', 'limit'],
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
    ...excludes('ids', ['type', 'since', 'before', 'organization', 'failed', 'all', 'from', 'follow'], named),
    ...(['type', 'since', 'before', 'organization', 'failed', 'follow'] as const).flatMap((filter) =>
      excludes(filter, ['all'], whole),
    ),
    ...excludes('follow', ['failed', 'from', 'before'], '--follow delivers events that arrive from now on'),
    ...excludes('follow', ['retry', 'retryScale', 'retrySchedule'], '--follow continues after any response'),
    ...excludes(
      'follow',
      ['concurrency', 'dryRun', 'print', 'set', 'unset', 'add'],
      '--follow delivers one event at a time, unchanged',
    ),
    ...requires(['limit'], ['follow'], {
      why: 'only a follower has a limit',
      example: 'scalekit-hooks replay --follow --limit 10',
    }),
    ...excludes('from', ['failed'], '--failed works on stored captures only'),
    ...excludes('exact', ['newId', 'set', 'unset', 'add', 'secret'], unchanged),
  ],
  details: `Each message is re-signed and keeps its webhook-id, as a real retry does.
--new-id makes them new events; --exact sends the original bytes and headers.
Edits change the original body. Captures are sent in the order in which they
were received, one at a time unless --concurrency is given. --type, --since,
--failed and --all skip rejected captures. To replay one, use its id and
--trust.`,
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
