import { excludes, requires } from '../../cli/flags.ts';
import { defineCommand } from '../define.ts';
import { flags } from './flags.ts';

export const command = defineCommand({
  flags,
  groups: {
    'Common options': ['since', 'to', 'type', 'organization', 'limit'],
    'What to pull': ['before', 'includeInternal', 'environmentUrl'],
    Follow: ['follow', 'name'],
    'How to deliver it': [
      'secret',
      'header',
      'force',
      'retry',
      'retryScale',
      'retrySchedule',
      'timeout',
      'allowHost',
      'insecure',
    ],
    'What to print and store': ['dryRun', 'save', 'scrub', 'captures', 'noCapture'],
  },
  rules: [
    ...excludes('follow', ['before', 'dryRun', 'save'], '--follow delivers events that happen from now on'),
    ...excludes('follow', ['retry', 'retryScale', 'retrySchedule'], '--follow continues after any response'),
    ...excludes('save', ['dryRun', 'to'], '--save sends nothing'),
    ...requires(['name'], ['follow'], {
      why: 'only a follower has a name',
      example: 'scalekit-hooks pull --follow --name ada',
    }),
    ...requires(['scrub'], ['save'], {
      why: 'it applies to saved files only',
      example: 'scalekit-hooks pull --since 1d --save events --scrub',
    }),
  ],
  details: `Reads Scalekit's event log with the API credentials of your environment and
delivers each event to your handler, oldest first, signed with your signing
secret. Set SCALEKIT_ENVIRONMENT_URL, SCALEKIT_CLIENT_ID and
SCALEKIT_CLIENT_SECRET, all in the environment or all in one .env file. Without
--since, the last hour is pulled. The webhook-id is derived from the event id,
so handlers recognize a repeated event.`,
  examples: [
    'pull --since 1h --to 8080',
    "pull --since 1d --type 'user.*' --organization org_123",
    'pull --follow --to localhost:8080/webhook',
    'pull --since 7d --save my-events --scrub',
  ],
  async run(given, context) {
    const [{ readPullSettings }, { pull }] = await Promise.all([import('./options.ts'), import('./run.ts')]);
    return pull(readPullSettings(given, context.io), context);
  },
});
