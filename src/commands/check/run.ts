import type { Check } from '../../checks/check.ts';
import type { CheckPlan } from '../../checks/plan.ts';
import { type Run, runBattery } from '../../checks/run.ts';
import { Workbench } from '../../checks/workbench.ts';
import { HooksError } from '../../errors.ts';
import { openSubject } from '../../operations/open-subject.ts';
import { runReport } from '../../operations/run-report.ts';
import {
  type CheckRunReport,
  counterexamplesOf,
  failedReport,
  listedFact,
  type SavedEvent,
} from '../../report/facts/check.ts';
import { formsOfSecret } from '../../secret-forms.ts';
import type { Context } from '../context.ts';
import { describeSecret, noteDelivery } from '../notes.ts';
import { prepareQuickExit } from '../quick-exit.ts';
import { listenForStop, type Stop } from '../stop.ts';
import type { CheckSettings } from './options.ts';
import { reportCheck, writeReports } from './reports.ts';
import type { StartedApp } from './start-app.ts';

/** Prints the selected checks without running them; the exit code is 0. */
export function list(checks: readonly Check[], { report }: Context): number {
  for (const check of checks) report.print(listedFact(check));
  return 0;
}

/** Starts the app if requested, runs the battery, reports, and returns the exit code. */
export async function check(settings: CheckSettings, context: Context): Promise<number> {
  const { report } = context;
  const stop = listenForStop(context);
  noteCheck(settings, context);
  let app: StartedApp | undefined;
  try {
    if (settings.app) {
      const { startForCheck } = await import('./start-app.ts');
      app = await startForCheck(settings.app, settings.delivery, { context, stop }).catch((error) =>
        reportAndThrow(error, settings, context),
      );
      if (!app) return stop.exitCode ?? 1;
    }
    return await runAndReport(settings, { context, stop, app });
  } finally {
    report.end();
    // Signals are handled until the app has stopped, so that a second Ctrl-C also kills the app.
    await app?.stop();
    stop.forget();
  }
}

/** In CI, an app that does not start is the most common failure, so it is reported like a failed check. */
async function reportAndThrow(
  error: unknown,
  { delivery, reports }: CheckSettings,
  context: Context,
): Promise<never> {
  if (error instanceof HooksError) {
    const page = failedReport(
      { ...error.sentences, code: error.code },
      delivery.target.url,
      context.io.now(),
    );
    await writeReports(page, reports, context);
  }
  throw error;
}

interface CheckContext {
  readonly context: Context;
  readonly stop: Stop;
  readonly app: StartedApp | undefined;
}

async function runAndReport(settings: CheckSettings, checking: CheckContext): Promise<number> {
  const { context, stop, app } = checking;
  const { io, report } = context;
  const { secret, headers } = settings.delivery;
  const started = io.now();
  prepareQuickExit();
  const { subject, close } = openSubject(settings.delivery, stop.cut, app);
  const materials = { secrets: secret.secrets, headers, finish: settings.battery.finish, now: io.now };
  const bench = new Workbench(materials, subject);
  stop.asked.addEventListener('abort', () => bench.end('stopped by a signal'));
  await Promise.all([report.startProgress(), report.showChecks()]);
  try {
    const run = await runBattery(planOf(settings, bench, checking), bench);
    report.end();
    await conclude(run, checking);
    const saved = await saveAll(run, settings, context);
    const page = runReport(run, settings, { started, ended: io.now(), mask: report.mask, saved });
    await reportCheck(page, settings.reports, context);
    return stop.exitCode ?? exitCodeOf(page, run);
  } finally {
    await close();
  }
}

/** The run of the selected checks, which shows its progress. */
function planOf(
  { battery, checks, delivery, bail, app }: CheckSettings,
  bench: Workbench,
  { context: { report }, stop }: CheckContext,
): CheckPlan {
  const done = new Set<string>();
  return {
    ...battery,
    ...(app && { patienceMs: app.wait }),
    checks,
    url: delivery.target.url,
    bail,
    stop: stop.asked,
    onResult({ check }) {
      done.add(check.name);
      report.progress(done.size / checks.length, `${bench.exchanges.length} messages`);
    },
    onLimit: (waitMs) =>
      report.note(`the handler limits the request rate. Waiting ${Math.round(waitMs / 1000)} s`),
  };
}

/** Reports how the run ended, and what the app that was started for it did. */
async function conclude({ ended }: Run, { context: { report }, app }: CheckContext): Promise<void> {
  // If the run ended early, nothing has watched the app yet.
  if (ended !== undefined) await app?.watch();
  app?.reportEnd();
  if (ended !== undefined) report.warn(`the run ended early: ${ended}`);
}

/** Loaded on demand: most runs have no counterexamples. */
async function saveAll(run: Run, { delivery }: CheckSettings, context: Context): Promise<SavedEvent[]> {
  const found = counterexamplesOf(run);
  if (found.length === 0) return [];
  const { saveCounterexamples } = await import('./counterexamples.ts');
  return saveCounterexamples(found, delivery.target, context);
}

function exitCodeOf({ summary }: CheckRunReport, { first }: Run): number {
  if (summary.ok) return 0;
  return first && !first.outcome.answered ? 3 : 1;
}

function noteCheck({ delivery, app, notes }: CheckSettings, context: Context): void {
  const { target, secret } = delivery;
  const { report } = context;
  noteDelivery(delivery, context);
  for (const form of secret.secrets.flatMap(({ text }) => formsOfSecret(text))) report.hide(form);
  for (const note of notes) report.note(note);
  const passedTo = app ? `, which the app gets as ${secret.variable}` : '';
  report.note(`checking ${target.url.href} with ${describeSecret(delivery)}${passedTo}`);
}
