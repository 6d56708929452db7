import {
  deliveryFlags,
  filterFlags,
  fixturesFlags,
  interceptorTimeout,
  observeFlags,
} from '../../cli/flag-sets.ts';
import { list, toggle, type Values, value } from '../../cli/flags.ts';
import { parseReport, reportFormats } from '../../cli/report-file.ts';
import { parseDuration } from '../../cli/times.ts';
import { count, parseSeed } from '../../cli/values.ts';
import { triggerPoints } from '../../events/catalog/trigger-points.ts';

export const positionals = {
  url: {
    form: '[url]',
    summary: 'the handler: a port, host/path or URL, as for --to',
    label: 'a URL',
  },
} as const;

export const flags = {
  start: value('--start <command>', 'start the app with this command; stop it afterwards'),
  only: list('--only <check>', 'run only this check, part, group or pattern; repeatable', {
    completes: 'checks',
  }),
  report: list('--report <format:path>', 'write a report, such as junit:reports/webhook.xml; repeatable', {
    words: reportFormats.map((format) => `${format}:`),
    parse: parseReport,
  }),
  strict: toggle('--strict', 'treat warnings as failures'),
  ...deliveryFlags,
  timeout: interceptorTimeout,
  skip: list('--skip <check>', 'skip this check, part, group or pattern; repeatable', {
    completes: 'checks',
  }),
  type: {
    ...filterFlags.type,
    summary: "event types that the handler supports, such as 'user.*'; repeatable",
  },
  interceptor: list('--interceptor <point>', 'check an interceptor at this trigger point; repeatable', {
    words: triggerPoints,
  }),
  ...observeFlags,
  fuzz: value('--fuzz <n>', 'also send n generated events that match the documentation', {
    parse: count(1_000_000),
  }),
  seed: value('--seed <n>', 'generate the events of this seed again (default: a new one)', {
    parse: parseSeed,
  }),
  list: toggle('--list', 'list the checks; send nothing'),
  bail: toggle('--bail', 'stop after the first failure'),
  wait: value('--wait <duration>', 'time limit for the app to start (default: 30s)', {
    parse: parseDuration,
    fallback: 30_000,
  }),
  ...fixturesFlags,
};

export type CheckFlags = Values<typeof flags, typeof positionals>;
