import type { Filter } from '../captures/filter.ts';
import type { RetryPolicy } from '../delivery/retry.ts';
import { schedules } from '../delivery/schedules.ts';
import { list, oneOf, requires, toggle, type Values, value } from './flags.ts';
import { parseHeader } from './headers.ts';
import { parseDuration, parseTime } from './times.ts';
import { count, factor, filled, parseName, parsePattern, parsePort } from './values.ts';

// The flags that several commands share.

/** Flags that every command has. */
export const outputFlags = {
  json: toggle('--json', 'print one JSON object per line on stdout, errors included'),
  quiet: toggle('--quiet', 'print only failures'),
  verbose: toggle('--verbose', 'print more: headers, data, responses'),
  color: value('--color <when>', 'when to use color', {
    words: ['auto', 'always', 'never'],
    parse: oneOf(['auto', 'always', 'never']),
  }),
  debug: toggle('--debug', 'print the stack trace of an error'),
};

/** An absent member leaves the choice to the command. */
export type OutputFlags = Partial<Values<typeof outputFlags>>;

export const secretFlags = {
  secret: list('--secret <secret>', 'signing secret (better: environment or .env); repeatable'),
};

export const localTargetFlags = {
  timeout: value('--timeout <duration>', 'time limit for each delivery (default: 10s)', {
    parse: parseDuration,
  }),
  allowHost: list('--allow-host <host>', 'allow a target outside this machine and network; repeatable', {
    parse: filled('a host', 'app.example.com'),
  }),
  insecure: toggle('--insecure', 'accept any TLS certificate from a local target'),
};

export const deliveryFlags = {
  to: value('--to <target>', 'target: a port, host/path or URL (default: localhost:3000/webhook)'),
  ...secretFlags,
  header: list('-H, --header <name: value>', 'add a header; repeatable', { parse: parseHeader }),
  force: toggle('--force', 'let -H replace the signature headers'),
  ...localTargetFlags,
};

/** For commands that also call interceptors. */
export const interceptorTimeout = {
  ...localTargetFlags.timeout,
  summary: 'time limit for each delivery (default: 10s, 5s for interceptors)',
};

export const retryFlags = {
  retry: toggle('--retry', 'retry like Scalekit: after 5 s, 30 s, 2 min, 5 min and 15 min'),
  retryScale: value('--retry-scale <factor>', 'multiply the retry waits: 0.001 turns 5 s into 5 ms', {
    parse: factor(100),
  }),
  retrySchedule: value('--retry-schedule <name>', 'documented retry schedule to use', {
    words: Object.keys(schedules),
    usual: 'overview' satisfies keyof typeof schedules,
    parse: oneOf(Object.keys(schedules) as (keyof typeof schedules)[]),
  }),
};

export const paceFlags = {
  concurrency: value('--concurrency <n>', 'number of parallel deliveries (default: 1)', {
    parse: count(1000),
    fallback: 1,
  }),
  rate: value('--rate <n>', 'maximum deliveries per second', { parse: factor(1_000_000) }),
};

export const editFlags = {
  set: list('--set <path=value>', 'change a field: path=text or path:=json; repeatable'),
  unset: list('--unset <path>', 'remove a field; repeatable'),
  add: list('--add <path=value>', 'add a field; repeatable'),
};

export const capturesFlags = {
  captures: value('--captures <place>', 'a folder, or a redis:// URL (default: .scalekit-hooks/captures)'),
};

export const filterFlags = {
  type: list('--type <pattern>', "only these event types, such as 'user.*'; repeatable", {
    parse: parsePattern,
    completes: 'types',
  }),
  since: value('--since <time>', 'only since this time: an age such as 1h, or a date', {
    parse: parseTime,
    fallback: Number.NEGATIVE_INFINITY,
  }),
  before: value('--before <time>', 'only before this time: an age such as 1h, or a date', {
    parse: parseTime,
    fallback: Number.POSITIVE_INFINITY,
  }),
  organization: list('--organization <id>', 'only events of this organization, such as org_123; repeatable', {
    parse: filled('the id of an organization', 'org_123'),
  }),
};

export const followFlags = {
  follow: toggle('--follow', 'keep running and handle new events, until Ctrl-C'),
  name: value('--name <name>', 'name of this follower; a restart picks up where it left off', {
    parse: parseName,
  }),
  limit: value('--limit <n>', 'stop after this many', { parse: count(100_000_000) }),
};

export const uiFlags = {
  uiPort: value('--ui-port <port>', 'port of the inspector (default: 4040 or the next free one)', {
    parse: parsePort,
  }),
  open: toggle('--open', 'open the inspector in the browser'),
};

/** How long an app may take to act after its response, in ms. */
export const USUAL_SETTLE_MS = 2000;

/** What reads the state of the app, to test what messages change. */
export const observeFlags = {
  observe: value(
    '--observe <command|url>',
    "command or URL that returns the app's state, to test how messages change it",
  ),
  observeType: value(
    '--observe-type <type>',
    'event type to send in these tests (default: the first that changes the state)',
    { completes: 'types', parse: parsePattern },
  ),
  settle: value(
    '--settle <duration>',
    'how long to wait for the state to change after a response (default: 2s)',
    {
      parse: parseDuration,
      fallback: USUAL_SETTLE_MS,
    },
  ),
};

/** The other flags of `observeFlags` need --observe; `example` is a complete command line. */
export const observeRules = (example: string) =>
  requires(['observeType', 'settle'], ['observe'], {
    why: 'it applies only to the state that --observe reads',
    example,
  });

export const fixturesFlags = {
  fixtures: value('--fixtures <folder>', 'folder with your own event files', {
    parse: filled('a folder', './events'),
  }),
};

/** Undefined for a single attempt. Any retry flag turns retries on. */
export function retryPolicyOf({
  retry,
  retryScale,
  retrySchedule,
}: Values<typeof retryFlags>): RetryPolicy | undefined {
  if (!retry && retrySchedule === undefined && retryScale === undefined) return undefined;
  return { waits: schedules[retrySchedule ?? 'overview'], scale: retryScale ?? 1 };
}

/** The filter that the flags describe. */
export function filterOf({ type, since, before, organization }: Values<typeof filterFlags>): Filter {
  return { patterns: patternsOf(type), organizations: organization, since, before };
}

/** The given patterns, or `*` for none. */
export function patternsOf(types: readonly string[]): readonly string[] {
  return types.length === 0 ? ['*'] : types;
}
