import { findFault } from '../../checks/faults.ts';
import { type EditFlags, readEdits } from '../../cli/edits.ts';
import { refuseContradictions } from '../../cli/flags.ts';
import { type PaceFlags, readPace } from '../../cli/pace.ts';
import { readStamp, type StampFlags } from '../../cli/stamp.ts';
import { INTERCEPTOR_SECRET_VARIABLE } from '../../config/secrets.ts';
import { findFixturesFolder } from '../../config/target.ts';
import { INTERCEPTOR_TIMEOUT } from '../../delivery/schedules.ts';
import { HooksError } from '../../errors.ts';
import { eventBuilder, makeTemplate } from '../../events/build.ts';
import { readRequestedEvents } from '../../events/builders.ts';
import { triggerPoints } from '../../events/catalog/trigger-points.ts';
import { editTemplates } from '../../events/edit-events.ts';
import { identifyEvent } from '../../events/identify.ts';

import { readBody } from '../../input/bytes.ts';
import type { Context } from '../context.ts';
import { type DeliveryFlags, readDelivery } from '../delivery-options.ts';
import type { SendSettings } from './run.ts';

/** The flags of `send` as they are given. */
export interface SendFlags extends DeliveryFlags, EditFlags, PaceFlags, StampFlags {
  readonly all?: boolean;
  readonly fixtures?: string;
  readonly keepId?: boolean;
  readonly interceptor?: readonly string[];
  readonly interceptorHeadersOnly?: boolean;
  readonly body?: string;
  readonly fault?: string;
  readonly dryRun?: boolean;
  readonly print?: string;
}

/** What the flags come to. Throws HooksError, and nothing is sent. */
export async function readSendOptions(
  types: string[],
  given: SendFlags,
  { io, report }: Context,
): Promise<SendSettings> {
  refuseCombinations(types, given);
  const edits = readEdits(given);
  const options = {
    delivery: readDelivery(given, io, given.interceptor ? interceptorDelivery : {}),
    asking: undefined,
    pace: readPace(given),
    stamp: readStamp(given),
    fault: given.fault === undefined ? undefined : findFault(given.fault),
    show: given.print === 'curl' ? ('curl' as const) : given.dryRun ? ('message' as const) : undefined,
  };
  if (given.body !== undefined) {
    if (given.body === '-' && io.stdin.isTerminal)
      report.note('reading the body from the keyboard, Ctrl-D ends it');
    const body = await readBody(given.body, io);
    return { ...options, sources: [() => ({ ...identifyEvent(body), body })] };
  }
  const fixtures = findFixturesFolder(io, given.fixtures);
  if (given.interceptor) {
    const [{ asking }, { readInterceptorBuilders }] = await Promise.all([
      import('./interceptor.ts'),
      import('../../events/files/interceptors.ts'),
    ]);
    const builders = readInterceptorBuilders(given.interceptor, edits, { root: io.root, fixtures });
    const sources = builders.map(({ build }) => build);
    return { ...options, sources, asking: asking(given.interceptorHeadersOnly ?? false) };
  }
  const places = { root: io.root, cwd: io.cwd, fixtures };
  const requested = await readRequestedEvents(given.all ? ['*'] : types, places);
  const templates = requested.map((members) => makeTemplate(members, { keepId: given.keepId ?? false }));
  return {
    ...options,
    sources: editTemplates(templates, edits).map(eventBuilder),
  };
}

/** What differs when an interceptor is asked. */
const interceptorDelivery = {
  variable: INTERCEPTOR_SECRET_VARIABLE,
  usualTimeout: INTERCEPTOR_TIMEOUT,
} as const;

/** Flags that contradict each other: the first two of a row, and why. */
function refuseCombinations(types: string[], given: SendFlags): void {
  const isBuilt = types.length > 0 || given.all;
  if (types.length > 0 && given.all) throw new HooksError('types_and_all', {});
  if (given.body !== undefined && isBuilt) throw new HooksError('body_and_types', {});
  if (given.body === undefined && !isBuilt && !given.interceptor) throw new HooksError('nothing_to_send', {});
  const trigger = triggerPoints.find((name) => types.includes(name));
  if (trigger) throw new HooksError('trigger_point_as_type', { name: trigger });
  const retries = given.retry || given.retryScale !== undefined || given.retrySchedule !== undefined;
  const isShifted = given.fault === 'stale' || given.fault === 'future';
  const bytes = '--body is sent byte for byte: there is nothing to build or to edit';
  refuseContradictions([
    [
      given.interceptor && isBuilt,
      '--interceptor',
      'event types',
      'an interceptor is asked about one thing, and is no event',
    ],
    [given.interceptor && given.body !== undefined, '--interceptor', '--body', 'both say what to send'],
    [given.interceptor && given.keepId, '--interceptor', '--keep-id', 'its requests have no id'],
    [given.interceptor && retries, '--interceptor', '--retry', 'Scalekit asks an interceptor once'],
    [
      given.interceptorHeadersOnly && !given.interceptor,
      '--interceptor-headers-only',
      'no --interceptor',
      'events have webhook-* headers',
    ],
    [given.body !== undefined && given.set, '--body', '--set', bytes],
    [given.body !== undefined && given.unset, '--body', '--unset', bytes],
    [given.body !== undefined && given.add, '--body', '--add', bytes],
    [given.body !== undefined && given.keepId, '--body', '--keep-id', bytes],
    [given.body !== undefined && given.fixtures, '--body', '--fixtures', bytes],
    [
      given.fault !== undefined && retries,
      '--fault',
      '--retry',
      'a spoiled message is to be refused, and then there is nothing to try again',
    ],
    [isShifted && given.age, `--fault ${given.fault}`, '--age', 'both say how old the messages are'],
    [
      isShifted && given.timestamp,
      `--fault ${given.fault}`,
      '--timestamp',
      'both say how old the messages are',
    ],
  ]);
}
