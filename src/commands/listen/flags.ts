import { parseExpectation } from '../../cli/expectations.ts';
import {
  capturesFlags,
  filterFlags,
  fixturesFlags,
  localTargetFlags,
  observeFlags,
  retryFlags,
  secretFlags,
  uiFlags,
} from '../../cli/flag-sets.ts';
import { list, toggle, type Values, value } from '../../cli/flags.ts';
import { parseRetention } from '../../cli/retention.ts';
import { parseDuration } from '../../cli/times.ts';
import { parseHost, parsePath, parsePort, parseStatuses } from '../../cli/values.ts';

export const flags = {
  port: value('--port <port>', 'port to listen on; 0 for any free port (default: 3000)', {
    parse: parsePort,
    fallback: 3000,
  }),
  forwardTo: value('--forward-to <target>', 'forward verified events to your app: same bytes, same headers'),
  ...secretFlags,
  type: { ...filterFlags.type, summary: "event types to print, such as 'user.*'; repeatable" },
  path: value('--path <path>', 'accept requests on this path only (default: any)', { parse: parsePath }),
  host: value('--host <address>', 'address to listen on; 0.0.0.0 for all (default: 127.0.0.1)', {
    parse: parseHost,
    fallback: '127.0.0.1',
  }),
  status: value('--status <list>', 'statuses for verified messages, in turn, such as 500,500,201', {
    parse: parseStatuses,
    fallback: [201] as const,
  }),
  delay: value('--delay <duration>', 'wait before each response, such as 11s', {
    parse: parseDuration,
    fallback: 0,
  }),
  acceptUnverified: toggle('--accept-unverified', 'also accept requests that fail verification'),
  route: list('--route <type=target>', 'forward events of a type or pattern to another target; repeatable'),
  forwardUnverified: toggle('--forward-unverified', 'also forward requests that fail verification'),
  ...retryFlags,
  ...localTargetFlags,
  expect: list('--expect <type=n>', 'wait for n deliveries of a type or pattern (==n: exactly); repeatable', {
    parse: parseExpectation,
    completes: 'types',
  }),
  within: value('--within <duration>', 'how long to wait for the expected events (default: 30s)', {
    parse: parseDuration,
    fallback: 30_000,
  }),
  ...capturesFlags,
  ui: toggle('--ui', 'serve the inspector beside the listener'),
  ...uiFlags,
  ...fixturesFlags,
  ...observeFlags,
  noCapture: toggle('--no-capture', 'do not store captures'),
  retention: value(
    '--retention <limit>',
    'how long Redis keeps captures (default: 7d), or how many, such as 10000',
    {
      parse: parseRetention,
    },
  ),
  sync: toggle('--sync', 'fsync each capture before answering, to survive power loss'),
};

export type ListenFlags = Values<typeof flags>;
