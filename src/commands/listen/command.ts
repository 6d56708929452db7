import { observeRules } from '../../cli/flag-sets.ts';
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
    'What to store': ['captures', 'noCapture', 'retention', 'sync'],
    Inspector: ['ui', 'uiPort', 'open', 'fixtures', 'observe', 'observeType', 'settle'],
  },
  rules: [
    ...excludes('forwardTo', ['status'], 'with --forward-to, the sender gets the response of your app'),
    ...excludes('route', ['status'], 'with --route, the sender gets the response of your app'),
    ...excludes('noCapture', ['captures', 'retention', 'sync'], '--no-capture stores nothing'),
    ...excludes('noCapture', ['ui'], 'the inspector shows stored captures'),
    ...requires(['uiPort', 'open', 'fixtures', 'observe', 'observeType', 'settle'], ['ui'], {
      why: 'it applies to the inspector only',
      example: 'scalekit-hooks listen --ui --open',
    }),
    ...observeRules('scalekit-hooks listen --ui --observe "cat state.json" --settle 5s'),
    ...requires(
      ['forwardUnverified', 'retry', 'retryScale', 'retrySchedule', 'timeout', 'insecure', 'allowHost'],
      ['forwardTo', 'route'],
      {
        why: 'it applies to forwarded messages only',
        example: 'scalekit-hooks listen --forward-to localhost:8080/webhook',
      },
    ),
    ...requires(['within'], ['expect'], {
      why: '--within limits how long to wait for the events from --expect',
      example: "scalekit-hooks listen --expect 'user.created=1' --within 30s",
    }),
  ],
  details: `Answers 201 if a message verifies, and 401 with the reason code if it does not.
Stores every request in .scalekit-hooks/captures before answering: see captures
and replay. --type filters only the output, not what is verified or stored. With
--forward-to, the sender gets the response of your app, or 502 or 504 if your
app does not respond.

With --expect, listen is a test: exit code 0 if the expected events arrive, else
1. =n is met at the nth event; ==n is decided when the time is up. Retries are
counted. Unverified messages are counted only with --accept-unverified or
--forward-unverified.`,
  examples: [
    'listen --port 3000',
    'listen --forward-to localhost:8080/webhook',
    "listen --path /webhook --type 'user.*' --verbose",
    "listen --expect 'user.created=1' --within 10s",
    'listen --status 500,500,201',
    'listen --ui --forward-to localhost:8080/webhook',
    'listen --port 0 --json',
  ],
  async run(given, context) {
    const [{ readListenSettings }, { listen }] = await Promise.all([
      import('./options.ts'),
      import('./run.ts'),
    ]);
    return listen(await readListenSettings(given, context), context);
  },
});
