import { excludes, requires } from '../../cli/flags.ts';
import { defineCommand } from '../define.ts';
import { flags } from './flags.ts';

export const command = defineCommand({
  flags,
  groups: {
    'Common options': ['port', 'forwardTo', 'secret', 'type', 'path'],
    'How to answer': ['host', 'status', 'delay', 'acceptUnverified'],
    'How to forward': [
      'route',
      'forwardUnverified',
      'retry',
      'retryScale',
      'retrySchedule',
      'timeout',
      'allowHost',
      'insecure',
    ],
    'What to expect': ['expect', 'within'],
    'What to keep': ['captures', 'noCapture', 'sync'],
  },
  rules: [
    ...excludes('forwardTo', ['status'], 'with --forward-to the sender gets the response of your app'),
    ...excludes('route', ['status'], 'with --route the sender gets the response of your app'),
    ...excludes('noCapture', ['captures', 'sync'], 'nothing is kept, so there is no folder to write to'),
    ...requires(
      ['forwardUnverified', 'retry', 'retryScale', 'retrySchedule', 'timeout', 'insecure', 'allowHost'],
      ['forwardTo', 'route'],
      {
        why: 'it is about forwarding, and nothing is forwarded',
        example: 'scalekit-hooks listen --forward-to localhost:8080/webhook',
      },
    ),
    ...requires(['within'], ['expect'], {
      why: '--within limits how long to wait for the events of --expect',
      example: "scalekit-hooks listen --expect 'user.created=1' --within 30s",
    }),
  ],
  details: `Answers 201 to a message that verifies, and 401 with the reason code to one that
does not. Every request is stored in .scalekit-hooks/captures before it is
answered: see captures and replay. --type limits what is printed, never what is
verified or stored. With --forward-to the sender gets the response of your app,
or 502 or 504 if there is none.

With --expect it is a test: exit code 0 when the expected events arrived, else
1. =n is met by the nth event; ==n is judged when the time is over. Retries
count. Only verified messages count, unless --accept-unverified is given.`,
  examples: [
    'listen --port 3000',
    'listen --forward-to localhost:8080/webhook',
    "listen --path /webhook --type 'user.*' --verbose",
    "listen --expect 'user.created=1' --within 10s",
    'listen --status 500,500,201',
    'listen --port 0 --json',
  ],
  async run(given, context) {
    const [{ readListenSettings }, { listen }] = await Promise.all([
      import('./options.ts'),
      import('./run.ts'),
    ]);
    return listen(readListenSettings(given, context.io), context);
  },
});
