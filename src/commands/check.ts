import { type Command, Option } from 'commander';
import { batteryOf, type Selection, selectChecks } from '../checks/battery.ts';
import { HooksError } from '../errors.ts';
import { readEventBuilders, readInterceptorBuilders } from '../events/builders.ts';
import { triggerPoints } from '../events/interceptors.ts';
import { isCredential, MASKED } from '../message.ts';
import { type DeliveryFlags, INTERCEPTOR_TIMEOUT, readDelivery } from '../settings/delivery.ts';
import { findFixturesFolder } from '../settings/environment.ts';
import { parseReport, prepareReport, reportFormats } from '../settings/report-files.ts';
import { INTERCEPTOR_SECRET_VARIABLE, otherSecrets } from '../settings/secrets.ts';
import { parseDuration } from '../settings/values.ts';
import { type CheckOptions, check, list } from './checking.ts';
import type { Context, RunWith } from './context.ts';
import { flags, refuseContradictions, repeatable, single, suggesting } from './flags.ts';

interface CheckFlags extends DeliveryFlags {
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

export function register(command: Command, run: RunWith): void {
  command
    .argument('[url]', 'the handler, as with --to: a port, :port/path, host/path or URL')
    .addOption(flags.to())
    .addOption(flags.secret())
    .addOption(single('--start <command>', 'start the app with this command, and stop it afterwards'))
    .addOption(single('--wait <duration>', 'how long it may take until it listens (default: 30s)'))
    .addOption(repeatable('--only <check>', 'only checks of this name, group or pattern; repeatable'))
    .addOption(repeatable('--skip <check>', 'no checks of this name, group or pattern; repeatable'))
    .addOption(new Option('--list', 'list the checks, send nothing'))
    .addOption(
      repeatable('--type <pattern>', "event types that the handler is for, such as 'user.*'; repeatable"),
    )
    .addOption(
      suggesting(
        repeatable('--interceptor <point>', 'check an interceptor at a trigger point; repeatable'),
        triggerPoints,
      ),
    )
    .addOption(new Option('--strict', 'warnings fail, too'))
    .addOption(new Option('--bail', 'end with the first failure'))
    .addOption(
      suggesting(
        repeatable('--report <format:path>', 'write a report: junit:PATH or markdown:PATH; repeatable'),
        reportFormats.map((format) => `${format}:`),
      ),
    )
    .addOption(flags.header())
    .addOption(flags.timeout())
    .addOption(flags.allowHost())
    .addOption(flags.insecure())
    .addOption(flags.force())
    .addOption(flags.fixtures())
    .addHelpText('after', help)
    .action((url: string | undefined, given: CheckFlags) =>
      run(async (context) => {
        const options = await readOptions(url, given, context);
        return given.list ? list(options.checks, context) : check(options, context);
      }),
    );
}

const help = `
Sends the handler what it must take and what it must refuse, and says what is wrong, why it matters and how to mend it. A
refusal counts only when the same message without the fault is taken in the same run. Every message has new ids: a handler
that stores events stores these, so check against a test database.
Exit code 0 when every check passed, 1 when one failed (with --strict, or warned), 3 when the handler did not answer.
With --start the app has SCALEKIT_WEBHOOK_SECRET in its environment, made for the run when none is set.
Under GITHUB_ACTIONS failures become annotations, and the step gets a summary.

  $ scalekit-hooks check localhost:3000/webhook
  $ scalekit-hooks check localhost:3000/webhook --start "npm start"
  $ scalekit-hooks check 3000 --only refuses --skip stale
  $ scalekit-hooks check 3000 --report junit:reports/webhook.xml --strict
  $ scalekit-hooks check localhost:3000/auth/interceptor --interceptor PRE_SIGNUP`;

/** Checks are named by --only and --skip. */
function selectionOf(given: CheckFlags): Selection {
  return { only: given.only ?? [], skip: given.skip ?? [] };
}

async function readOptions(
  url: string | undefined,
  given: CheckFlags,
  { io }: Context,
): Promise<CheckOptions> {
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
