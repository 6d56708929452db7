import { excludes, requires } from '../../cli/flags.ts';
import { defineCommand } from '../define.ts';
import { flags, positionals } from './flags.ts';

const asGiven = '--body is sent byte for byte, without edits';

export const command = defineCommand({
  positionals,
  flags,
  groups: {
    'Common options': ['to', 'secret', 'set', 'all', 'scenario', 'dryRun'],
    'What to send': [
      'freshIds',
      'keepGoing',
      'asOrganization',
      'asUser',
      'asEmail',
      'unset',
      'add',
      'body',
      'fixtures',
      'keepId',
      'interceptor',
      'interceptorHeadersOnly',
    ],
    'How to sign it': ['webhookId', 'timestamp', 'age', 'fault', 'header', 'force'],
    'How to deliver it': [
      'retry',
      'retryScale',
      'retrySchedule',
      'timeout',
      'allowHost',
      'insecure',
      'print',
    ],
    'How often': ['count', 'concurrency', 'rate'],
  },
  rules: [
    ...excludes(
      'interceptor',
      ['types', 'all'],
      'an interceptor is called at a trigger point, not with an event',
    ),
    ...excludes('types', ['all'], '--all selects every event type'),
    ...excludes('interceptor', ['body'], 'both set the body'),
    ...excludes(
      'interceptor',
      ['asOrganization', 'asUser', 'asEmail'],
      'use --set for the requests of interceptors',
    ),
    ...excludes('interceptor', ['keepId'], 'interceptor requests have no id'),
    ...excludes(
      'interceptor',
      ['retry', 'retryScale', 'retrySchedule'],
      'Scalekit does not retry interceptor calls',
    ),
    ...requires(['interceptorHeadersOnly'], ['interceptor'], {
      why: 'only requests to interceptors have interceptor-* headers',
      example: 'scalekit-hooks send --interceptor PRE_SIGNUP --interceptor-headers-only',
    }),
    ...excludes(
      'body',
      ['set', 'unset', 'add', 'asOrganization', 'asUser', 'asEmail', 'keepId', 'fixtures'],
      asGiven,
    ),
    ...excludes(
      'fault',
      ['retry', 'retryScale', 'retrySchedule'],
      'the handler is expected to reject the message, so a retry is useless',
    ),
    ...excludes('scenario', ['types', 'all', 'body', 'interceptor'], 'a scenario names the events to send'),
    ...excludes('scenario', ['concurrency'], 'the steps of a scenario are sent in order'),
    ...excludes(
      'scenario',
      ['retry', 'retryScale', 'retrySchedule'],
      'a step is sent once, and its response is compared with what the scenario expects',
    ),
    ...excludes('scenario', ['fault'], 'the handler would reject every step; a step has its own expect'),
    ...excludes(
      'freshIds',
      ['body', 'interceptor'],
      'only events that are built from fixtures have ids to replace',
    ),
    ...requires(['keepGoing'], ['scenario'], {
      why: 'without a scenario, every event is sent anyway',
      example: 'scalekit-hooks send --scenario user-lifecycle --keep-going',
    }),
    ...excludes('timestamp', ['age'], 'both set the timestamp of the message'),
  ],
  details: `In a pattern, * matches any characters, dots included: 'organization.*' also
matches organization.directory.user_created. Paths start at the root of the
event: data.email, data.groups[0].name; quote names with dots:
'data."Order No."=7'. --set and --unset require the field; --add creates it.

A scenario sends the events of a flow in order, with ids that agree, and ends at
the first response that a step does not expect. events --scenarios lists them.

The exit code reflects the handler's response: 0 for 2xx, 1 for any other
status, 3 for no response. If a handler rejects a message and you do not know
why, run scalekit-hooks check.`,
  examples: [
    'send user.created',
    "send 'user.*' 'session.*' --to localhost:8080/hooks",
    "send user.created --set data.email=x@y.dev --add 'data.age:=36'",
    'send --body @event.json --age 10m',
    'send user.created --fault wrong-secret',
    'send --scenario scim-lifecycle --fresh-ids',
    'send --interceptor PRE_SIGNUP --to :3000/auth/interceptor',
    'send --all --count 100 --concurrency 10',
  ],
  async run(given, context) {
    const [{ readSendSettings }, { send }] = await Promise.all([import('./options.ts'), import('./run.ts')]);
    return send(await readSendSettings(given, context), context);
  },
});
