import { type Fault, findFault } from '../../checks/faults.ts';
import { readEdits } from '../../cli/edits.ts';
import { retryPolicyOf } from '../../cli/flag-sets.ts';
import { INTERCEPTOR_SECRET_VARIABLE } from '../../config/secret-places.ts';
import { findFixturesFolder } from '../../config/target.ts';
import { INTERCEPTOR_TIMEOUT } from '../../delivery/schedules.ts';
import { HooksError } from '../../errors.ts';
import { withActor } from '../../events/actor.ts';
import { type Event, type EventTemplate, eventBuilder, makeTemplate } from '../../events/build.ts';
import { type EventPlaces, readRequestedEvents } from '../../events/builders.ts';
import { triggerPoints } from '../../events/catalog/trigger-points.ts';
import { editTemplates } from '../../events/edit-events.ts';
import { aboutNewSubjects } from '../../events/fresh-ids.ts';
import { identifyEvent } from '../../events/identify.ts';
import type { ScenarioStep } from '../../events/scenarios/scenario.ts';
import { readBody } from '../../input/bytes.ts';
import type { Context } from '../context.ts';
import { readDelivery } from '../delivery-options.ts';
import type { Manner } from '../dispatch.ts';
import type { SendFlags } from './flags.ts';
import type { InterceptorCalls } from './interceptor.ts';

/** Valid settings: sending them throws no usage error. */
export interface SendSettings extends Manner {
  /** Each builds one event that occurs at `now` (ms since 1970). */
  readonly sources: readonly ((now: number) => Event)[];
  /** Defined if the sources are the steps of a scenario, which are sent in order. */
  readonly steps: readonly ScenarioStep[] | undefined;
  /** Whether a scenario goes on after a step that fails. */
  readonly keepsGoing: boolean;
  /** How many times each event is sent. */
  readonly count: number;
  /** The id of every message, as header bytes; undefined for a new id per message. */
  readonly webhookId: string | undefined;
  /** The timestamp to sign, in whole seconds, for a message built at `now` (ms since 1970). */
  timestampAt(now: number): number;
  /** Defined if interceptors are called instead of sending events. */
  readonly interceptor: InterceptorCalls | undefined;
  readonly fault: Fault | undefined;
  /** Prints the messages instead of sending them. */
  readonly show: 'message' | 'curl' | 'http' | undefined;
}

/** Sends nothing. Throws HooksError. */
export async function readSendSettings(given: SendFlags, { io, report }: Context): Promise<SendSettings> {
  checkCombinations(given);
  const edits = readEdits(given);
  const settings = {
    steps: undefined,
    keepsGoing: given.keepGoing,
    delivery: readDelivery(given, io, given.interceptor.length > 0 ? interceptorDelivery : {}),
    interceptor: undefined,
    count: given.count,
    pace: { concurrency: given.concurrency, perSecond: given.rate },
    retry: retryPolicyOf(given),
    webhookId: given.webhookId,
    timestampAt: timestampFrom(given),
    fault: given.fault === undefined ? undefined : findFault(given.fault),
    show: given.print ?? (given.dryRun ? ('message' as const) : undefined),
  };
  if (given.body !== undefined) {
    if (given.body === '-' && io.stdin.isTerminal)
      report.note('reading the body from the terminal. Press Ctrl-D to finish');
    const body = await readBody(given.body, io);
    return { ...settings, sources: [() => ({ ...identifyEvent(body), body })] };
  }
  const fixtures = findFixturesFolder(io, given.fixtures);
  if (given.interceptor.length > 0) {
    const [{ interceptorCalls }, { readInterceptorBuilders }] = await Promise.all([
      import('./interceptor.ts'),
      import('../../events/files/interceptors.ts'),
    ]);
    const builders = readInterceptorBuilders(given.interceptor, edits, { root: io.root, fixtures });
    const sources = builders.map(({ build }) => build);
    return { ...settings, sources, interceptor: interceptorCalls(given.interceptorHeadersOnly) };
  }
  const places = { root: io.root, cwd: io.cwd, fixtures };
  const steps = given.scenario === undefined ? undefined : await readSteps(given.scenario, places, given);
  const templates = steps
    ? steps.map(({ template }) => template)
    : await readTemplates(given.all ? ['*'] : given.types, places, given);
  const actor = { organization: given.asOrganization, user: given.asUser, email: given.asEmail };
  const builders = editTemplates(withActor(templates, actor), edits).map(eventBuilder);
  const sources = given.freshIds ? aboutNewSubjects(builders) : builders;
  return { ...settings, steps, sources };
}

async function readTemplates(
  requests: readonly string[],
  places: EventPlaces,
  { keepId }: SendFlags,
): Promise<EventTemplate[]> {
  const requested = await readRequestedEvents(requests, places).catch(async (error) => {
    throw await (await import('./mistaken-type.ts')).mistakenType(error, requests, places);
  });
  return requested.map((members) => makeTemplate(members, { keepId }));
}

/** Loaded on demand: the format of scenarios is validated by a library. */
async function readSteps(request: string, places: EventPlaces, { keepId }: SendFlags) {
  const [{ findScenario }, { readScenario }] = await Promise.all([
    import('../../events/scenarios/catalog.ts'),
    import('../../events/scenarios/read.ts'),
  ]);
  return (await readScenario(findScenario(request, places), { ...places, keepId })).steps;
}

const interceptorDelivery = {
  variable: INTERCEPTOR_SECRET_VARIABLE,
  usualTimeout: INTERCEPTOR_TIMEOUT,
} as const;

/** The function takes the current time in ms and returns the timestamp to sign, in whole seconds. */
function timestampFrom({ timestamp, age = 0 }: SendFlags): (now: number) => number {
  return (now) => Math.max(0, Math.floor((timestamp ?? now - age) / 1000));
}

/** Rules that the flag table cannot express. */
function checkCombinations({
  types,
  all,
  body,
  interceptor,
  scenario,
  fault,
  age,
  timestamp,
}: SendFlags): void {
  const isBuilt = types.length > 0 || all || scenario !== undefined;
  if (body !== undefined && isBuilt) throw new HooksError('body_and_types', {});
  if (body === undefined && !isBuilt && interceptor.length === 0) throw new HooksError('nothing_to_send', {});
  const trigger = triggerPoints.find((name) => types.includes(name));
  if (trigger) throw new HooksError('trigger_point_as_type', { name: trigger });
  const isShifted = fault === 'stale' || fault === 'future';
  if (isShifted && (age !== undefined || timestamp !== undefined)) {
    throw new HooksError('conflicting_flags', {
      first: `--fault ${fault}`,
      second: age === undefined ? '--timestamp' : '--age',
      detail: 'both set the timestamp of the message',
      example: `omit ${age === undefined ? '--timestamp' : '--age'}`,
    });
  }
}
