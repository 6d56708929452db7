import { batteryOf, type Selection, selectChecks } from '../../checks/battery/index.ts';
import { refuseContradictions } from '../../cli/flags.ts';
import { parseDuration } from '../../cli/values.ts';
import { INTERCEPTOR_SECRET_VARIABLE, otherSecrets } from '../../config/secrets.ts';
import { findFixturesFolder } from '../../config/target.ts';
import { INTERCEPTOR_TIMEOUT } from '../../delivery/schedules.ts';
import { HooksError } from '../../errors.ts';
import { readEventBuilders } from '../../events/builders.ts';
import { readInterceptorBuilders } from '../../events/files/interceptors.ts';
import { isCredential, MASKED } from '../../message.ts';
import type { Context } from '../context.ts';
import { type DeliveryFlags, readDelivery } from '../delivery-options.ts';
import { parseReport, prepareReport } from './reports.ts';
import type { CheckSettings } from './run.ts';

/** The flags of `check` as they are given. */
export interface CheckFlags extends DeliveryFlags {
  readonly type?: readonly string[];
  readonly interceptor?: readonly string[];
  readonly fixtures?: string;
  readonly only?: readonly string[];
  readonly skip?: readonly string[];
  readonly list?: boolean;
  readonly strict?: boolean;
  readonly bail?: boolean;
  readonly report?: readonly string[];
  readonly start?: string;
  readonly wait?: string;
}

/** Checks are named by --only and --skip. */
function selectionOf(given: CheckFlags): Selection {
  return { only: given.only ?? [], skip: given.skip ?? [] };
}

/** What the flags come to. Throws HooksError, and nothing is sent. */
export async function readCheckOptions(
  url: string | undefined,
  given: CheckFlags,
  { io }: Context,
): Promise<CheckSettings> {
  refuseContradictions([
    [url !== undefined && given.to !== undefined, 'a URL', '--to', 'both say where the handler is'],
    [
      given.interceptor && given.type,
      '--interceptor',
      '--type',
      'an interceptor is asked, and gets no events',
    ],
    [
      given.wait !== undefined && given.start === undefined,
      'no --start',
      '--wait',
      'there is nothing to wait for',
    ],
    [given.list && given.start, '--list', '--start', 'nothing is sent'],
  ]);
  if (given.start !== undefined && given.start.trim() === '') {
    const [expected, example] = ['a command for a shell', '--start "npm start"'];
    throw new HooksError('invalid_value', { flag: '--start', value: given.start, expected, example });
  }
  const wait = given.wait === undefined ? 30_000 : parseDuration('--wait', given.wait);
  const reports = (given.report ?? []).map((text) => parseReport(text, io.cwd));
  const to = url ?? given.to;
  const delivery = readDelivery({ ...given, ...(to !== undefined && { to }) }, io, {
    fallback: given.start === undefined ? 'kept' : 'made',
    ...(given.interceptor && { variable: INTERCEPTOR_SECRET_VARIABLE, usualTimeout: INTERCEPTOR_TIMEOUT }),
  });
  const places = { root: io.root, fixtures: findFixturesFolder(io, given.fixtures) };
  const contents = {
    events: given.interceptor ? [] : await readEventBuilders(given.type ?? ['*'], places),
    triggers: readInterceptorBuilders([...new Set(given.interceptor)], [], places),
  };
  const others = given.list ? [] : otherSecrets(io, delivery.secret);
  const battery = batteryOf(contents, {
    timeout: delivery.timeout,
    secret: delivery.secret.secrets[0],
    others,
  });
  for (const report of reports) prepareReport(report);
  return {
    delivery,
    battery,
    checks: selectChecks(battery.checks, selectionOf(given)),
    reports,
    isStrict: given.strict ?? false,
    bail: given.bail ?? false,
    app: given.start === undefined ? undefined : { command: given.start, wait },
    again: againArguments(given),
  };
}

/** A header as it may be shown. */
function maskCredential(header: string): string {
  const name = header.split(':')[0]!.trim();
  return isCredential(name) ? `${name}: ${MASKED}` : header;
}

/** The flags of a command that repeats a check: those that say how, not which. Secrets are left to the environment. */
function againArguments(given: CheckFlags): string[] {
  const each = (flag: string, values: readonly string[] = []) => values.flatMap((value) => [flag, value]);
  return [
    ...each('--start', given.start === undefined ? [] : [given.start]),
    ...each('--wait', given.wait === undefined ? [] : [given.wait]),
    ...each('--type', given.type),
    ...each('--interceptor', given.interceptor),
    ...each('--header', given.header?.map(maskCredential)),
    ...(given.force ? ['--force'] : []),
    ...each('--timeout', given.timeout === undefined ? [] : [given.timeout]),
    ...each('--allow-host', given.allowHost),
    ...(given.insecure ? ['--insecure'] : []),
    ...each('--fixtures', given.fixtures === undefined ? [] : [given.fixtures]),
  ];
}
