import { resolve } from 'node:path';
import { batteryOf, selectChecks } from '../../checks/battery/index.ts';
import { patternsOf } from '../../cli/flag-sets.ts';
import { INTERCEPTOR_SECRET_VARIABLE, otherSecrets } from '../../config/secrets.ts';
import { findFixturesFolder } from '../../config/target.ts';
import { INTERCEPTOR_TIMEOUT } from '../../delivery/schedules.ts';
import { HooksError } from '../../errors.ts';
import { readEventBuilders } from '../../events/builders.ts';
import { readInterceptorBuilders } from '../../events/files/interceptors.ts';
import { fromHeaderBytes, isCredential, MASKED } from '../../message.ts';
import type { Context } from '../context.ts';
import { readDelivery } from '../delivery-options.ts';
import type { CheckFlags } from './flags.ts';
import { prepareReport } from './reports.ts';
import type { CheckSettings } from './run.ts';

/** Sends nothing. Throws HooksError. */
export async function readCheckSettings(given: CheckFlags, { io }: Context): Promise<CheckSettings> {
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
    triggers: readInterceptorBuilders([...new Set(given.interceptor)], [], places),
  };
  const battery = batteryOf(contents, {
    timeout: delivery.timeout,
    secret: delivery.secret.secrets[0],
    isStarted: given.start !== undefined,
    others: given.list ? [] : otherSecrets(io, delivery.secret),
  });
  for (const report of reports) prepareReport(report);
  return {
    delivery,
    battery,
    checks: selectChecks(battery.checks, given),
    reports,
    isStrict: given.strict,
    bail: given.bail,
    app: given.start === undefined ? undefined : { command: given.start, wait: given.wait },
    again: againArguments(given),
  };
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
    ...each('--interceptor', given.interceptor),
    ...each('--header', given.header.map(shownHeader)),
    ...(given.force ? ['--force'] : []),
    ...each('--timeout', [given.timeout === undefined ? undefined : `${given.timeout}ms`]),
    ...each('--allow-host', given.allowHost),
    ...(given.insecure ? ['--insecure'] : []),
    ...each('--fixtures', [given.fixtures]),
  ];
}
