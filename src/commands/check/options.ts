import { randomInt } from 'node:crypto';
import { resolve } from 'node:path';
import { type Battery, batteryOf } from '../../checks/battery/index.ts';
import type { Check } from '../../checks/check.ts';
import type { Effects } from '../../checks/effects/index.ts';
import type { FuzzOptions } from '../../checks/fuzz/index.ts';
import { prepareChecks, selectChecks } from '../../checks/selection.ts';
import { patternsOf } from '../../cli/flag-sets.ts';
import type { ReportFile } from '../../cli/report-file.ts';
import { INTERCEPTOR_SECRET_VARIABLE } from '../../config/secret-places.ts';
import { otherSecrets } from '../../config/secrets.ts';
import { findFixturesFolder } from '../../config/target.ts';
import { INTERCEPTOR_TIMEOUT } from '../../delivery/schedules.ts';
import { HooksError } from '../../errors.ts';
import type { NamedBuilder } from '../../events/build.ts';
import { readEventBuilders } from '../../events/builders.ts';
import { readInterceptorBuilders } from '../../events/files/interceptors.ts';
import { fromHeaderBytes, isCredential, MASKED } from '../../message.ts';
import type { DeliverySetting } from '../../operations/delivery-setting.ts';
import type { Context } from '../context.ts';
import { readDelivery } from '../delivery-options.ts';
import { observeArguments, readEffects } from '../observation.ts';
import type { CheckFlags } from './flags.ts';
import { prepareReport } from './reports.ts';
import type { AppToStart } from './start-app.ts';

/** Valid settings: running them throws no usage error. */
export interface CheckSettings {
  readonly delivery: DeliverySetting;
  readonly battery: Battery;
  /** The selected checks of the battery. */
  readonly checks: readonly Check[];
  /** For people, about flags that do nothing. */
  readonly notes: readonly string[];
  readonly reports: readonly ReportFile[];
  readonly isStrict: boolean;
  readonly bail: boolean;
  /** Undefined if the app is already running. */
  readonly app: AppToStart | undefined;
  /** The flags to rerun a check. */
  readonly again: readonly string[];
}

/** Sends nothing. Throws HooksError. */
export async function readCheckSettings(flags: CheckFlags, context: Context): Promise<CheckSettings> {
  const { io } = context;
  const given = withSeed(flags);
  if (given.start !== undefined && given.start.trim() === '') {
    const [expected, example] = ['a shell command', '--start "npm start"'];
    throw new HooksError('invalid_value', { flag: '--start', value: given.start, expected, example });
  }
  const reports = given.report.map(({ format, path }) => ({ format, path: resolve(io.cwd, path) }));
  const isInterceptor = given.interceptor.length > 0;
  const delivery = readDelivery({ ...given, to: given.url ?? given.to }, io, {
    fallback: given.start === undefined ? 'kept' : 'made',
    ...(isInterceptor && { variable: INTERCEPTOR_SECRET_VARIABLE, usualTimeout: INTERCEPTOR_TIMEOUT }),
  });
  const places = { root: io.root, fixtures: findFixturesFolder(io, given.fixtures) };
  const contents = {
    events: isInterceptor ? [] : await readEventBuilders(patternsOf(given.type), places),
    readFlows: async () => (await import('../../events/scenarios/read.ts')).readShippedFlows(places),
    loadPlanned: () => import('../../checks/probes/planned.ts'),
    triggers: readInterceptorBuilders([...new Set(given.interceptor)], [], places),
  };
  const effects = effectsOf(given, contents.events, context);
  if (!effects) requireObserver(given);
  const battery = batteryOf(contents, {
    fuzz: fuzzOf(given),
    hasAllTypes: given.type.length === 0,
    effects,
    timeout: delivery.timeout,
    secret: delivery.secret.secrets[0],
    isStarted: given.start !== undefined || given.list,
    others: given.list ? [] : otherSecrets(io, delivery.secret),
  });
  for (const report of reports) prepareReport(report);
  const checks = selectChecks(battery.checks, given);
  if (!given.list) await prepareChecks(checks);
  return {
    delivery,
    battery,
    checks,
    notes: unusedNotes(given, checks),
    reports,
    isStrict: given.strict,
    bail: given.bail,
    app: given.start === undefined ? undefined : { command: given.start, wait: given.wait },
    again: againArguments(given),
  };
}

/** A seed is chosen here, so that the command that repeats the run names it. */
function withSeed(given: CheckFlags): CheckFlags {
  if (given.fuzz === undefined || given.seed !== undefined) return given;
  return { ...given, seed: randomInt(2 ** 31) };
}

/** Flags that add checks which --only or --skip leave out. */
function unusedNotes({ fuzz, observe }: CheckFlags, checks: readonly Check[]): string[] {
  const hasNone = (group: Check['group']) => !checks.some((check) => check.group === group);
  return [
    ...(fuzz !== undefined && hasNone('fuzz')
      ? ['--fuzz sends nothing, because the check fuzz is not selected']
      : []),
    ...(observe !== undefined && hasNone('effects')
      ? ['--observe reads nothing, because no check of the group effects is selected']
      : []),
  ];
}

/** With --list, the check is listed, and nothing is generated. */
function fuzzOf({ fuzz, seed = 0, list, interceptor }: CheckFlags): FuzzOptions | undefined {
  if (interceptor.length > 0) return undefined;
  return fuzz === undefined && !list ? undefined : { runs: fuzz ?? 0, seed };
}

/** With --list, the checks of effects are listed, and nothing is read. */
function effectsOf(
  given: CheckFlags,
  events: readonly NamedBuilder[],
  context: Context,
): Effects | undefined {
  if (given.interceptor.length > 0) return undefined;
  const types = events.map(({ name }) => name);
  const unread = { observer: { read: async () => '' }, settleMs: given.settle, observedType: undefined };
  return readEffects(given, types, context) ?? (given.list ? unread : undefined);
}

/** Names the missing flag instead of an unknown check. Throws HooksError. */
function requireObserver({ only }: CheckFlags): void {
  const name = only.find((each) => /^effects(?:\/|$)/.test(each));
  if (name === undefined) return;
  throw new HooksError('missing_flag', {
    flag: `--only ${name}`,
    needs: ['--observe'],
    detail: "what messages change can be seen only in the app's state",
    example: `scalekit-hooks check 3000 --only ${name} --observe 'sqlite3 app.db "select * from users"'`,
  });
}

function shownHeader([name, value]: readonly [string, string]): string {
  return `${name}: ${isCredential(name) ? MASKED : fromHeaderBytes(value)}`;
}

/** The flags to rerun a check, without those that select checks. Secrets must come from the environment. */
function againArguments(given: CheckFlags): string[] {
  const each = (flag: string, values: readonly (string | undefined)[]) =>
    values.flatMap((value) => (value === undefined ? [] : [flag, value]));
  return [
    ...each('--start', [given.start]),
    ...each('--wait', [given.wait === 30_000 ? undefined : `${given.wait}ms`]),
    ...each('--type', given.type),
    ...each('--fuzz', [given.fuzz === undefined ? undefined : String(given.fuzz)]),
    ...each('--seed', [given.seed === undefined ? undefined : String(given.seed)]),
    ...observeArguments(given),
    ...each('--interceptor', given.interceptor),
    ...each('--header', given.header.map(shownHeader)),
    ...(given.force ? ['--force'] : []),
    ...each('--timeout', [given.timeout === undefined ? undefined : `${given.timeout}ms`]),
    ...each('--allow-host', given.allowHost),
    ...(given.insecure ? ['--insecure'] : []),
    ...each('--fixtures', [given.fixtures]),
  ];
}
