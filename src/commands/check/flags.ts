import { deliveryFlags, filterFlags, fixturesFlags } from '../../cli/flag-sets.ts';
import { list, toggle, type Values, value } from '../../cli/flags.ts';
import { parseReport, reportFormats } from '../../cli/report-file.ts';
import { parseDuration } from '../../cli/times.ts';
import { triggerPoints } from '../../events/catalog/trigger-points.ts';

export const positionals = {
  url: {
    form: '[url]',
    summary: 'the handler, as with --to: a port, host/path or URL',
    label: 'a URL',
  },
} as const;

export const flags = {
  start: value('--start <command>', 'start the app with this command, and stop it afterwards'),
  only: list('--only <check>', 'only checks of this name, group or pattern; repeatable'),
  report: list('--report <format:path>', 'write a report: junit:PATH or markdown:PATH; repeatable', {
    words: reportFormats.map((format) => `${format}:`),
    parse: parseReport,
  }),
  strict: toggle('--strict', 'warnings count as failures'),
  ...deliveryFlags,
  skip: list('--skip <check>', 'no checks of this name, group or pattern; repeatable'),
  type: {
    ...filterFlags.type,
    summary: "event types that the handler is for, such as 'user.*'; repeatable",
  },
  interceptor: list('--interceptor <point>', 'check an interceptor at this trigger point; repeatable', {
    words: triggerPoints,
  }),
  list: toggle('--list', 'list the checks, send nothing'),
  bail: toggle('--bail', 'stop after the first failure'),
  wait: value('--wait <duration>', 'how long the app may take to start (default: 30s)', {
    parse: parseDuration,
    fallback: 30_000,
  }),
  ...fixturesFlags,
};

/** What `check` receives. */
export type CheckFlags = Values<typeof flags, typeof positionals>;
