import { faultNames } from '../../checks/fault-names.ts';
import {
  deliveryFlags,
  editFlags,
  fixturesFlags,
  interceptorTimeout,
  paceFlags,
  retryFlags,
} from '../../cli/flag-sets.ts';
import { list, oneOf, toggle, type Values, value } from '../../cli/flags.ts';
import { parseAge, parseTime } from '../../cli/times.ts';
import { count, filled, parseWebhookId } from '../../cli/values.ts';
import { triggerPoints } from '../../events/catalog/trigger-points.ts';

export const positionals = {
  types: {
    form: '[types...]',
    summary: "event types, patterns such as 'user.*', or event files such as ./event.json",
    label: 'event types',
    completes: 'types',
  },
} as const;

export const flags = {
  ...deliveryFlags,
  timeout: interceptorTimeout,
  ...editFlags,
  ...retryFlags,
  ...paceFlags,
  ...fixturesFlags,
  asOrganization: value('--as-organization <id>', 'set this organization id wherever an event names one', {
    parse: filled('the id of an organization', 'org_123'),
  }),
  asUser: value('--as-user <id>', 'set this user id wherever an event names one', {
    parse: filled('the id of a user', 'usr_123'),
  }),
  asEmail: value('--as-email <address>', 'set this email address wherever an event names one', {
    parse: filled('an email address', 'ada@example.com'),
  }),
  all: toggle('--all', 'send every event type'),
  dryRun: toggle('--dry-run', 'print the messages; send nothing'),
  print: value('--print <form>', 'print curl commands, or http for REST clients of editors; send nothing', {
    words: ['curl', 'http'],
    parse: oneOf(['curl', 'http'] as const),
  }),
  body: value('--body <body>', 'send this body unchanged: @file, - for stdin, or JSON'),
  keepId: toggle('--keep-id', 'keep the id and occurred_at of the event file'),
  webhookId: value('--webhook-id <id>', 'use this webhook-id (default: a new one for each message)', {
    parse: parseWebhookId,
  }),
  timestamp: value('--timestamp <time>', 'sign with this timestamp: a date or Unix seconds (default: now)', {
    parse: parseTime,
  }),
  age: value('--age <duration>', 'sign with a timestamp of this age: 10m; -10m is in the future', {
    parse: parseAge,
  }),
  fault: value('--fault <name>', 'send messages that the handler must reject; exit code 0 if it does', {
    words: faultNames,
  }),
  interceptor: list('--interceptor <point>', 'call an interceptor at this trigger point; repeatable', {
    words: triggerPoints,
  }),
  interceptorHeadersOnly: toggle(
    '--interceptor-headers-only',
    'omit the webhook-* headers, which the Go SDK reads',
  ),
  scenario: value('--scenario <name|file>', 'send a flow of events in order, such as user-lifecycle', {
    completes: 'scenarios',
  }),
  freshIds: toggle('--fresh-ids', 'new ids for what the events are about, the same in all of them'),
  keepGoing: toggle('--keep-going', 'send the rest of a scenario after a step fails'),
  count: value('--count <n>', 'send everything n times, with new ids each time', {
    parse: count(100_000_000),
    fallback: 1,
  }),
};

export type SendFlags = Values<typeof flags, typeof positionals>;
