import { batteryOf } from '../checks/battery/index.ts';
import type { Effects } from '../checks/effects/index.ts';
import type { FuzzOptions } from '../checks/fuzz/index.ts';
import * as planned from '../checks/probes/planned.ts';
import { runBattery } from '../checks/run.ts';
import { prepareChecks, type Selection, selectChecks } from '../checks/selection.ts';
import { type Subject, Workbench } from '../checks/workbench.ts';
import { readEventBuilders } from '../events/builders.ts';
import { readInterceptorBuilders } from '../events/files/interceptors.ts';
import { readShippedFlows } from '../events/scenarios/read.ts';
import type { Headers } from '../message.ts';
import { type CheckRunReport, checkReport } from '../report/facts/check.ts';
import type { Checked, Counterexampled, Diagnosed } from '../report/facts/index.ts';
import { pageLines } from '../report/human/check/page.ts';
import { plain } from '../report/human/layout.ts';
import { formsOfSecret } from '../secret-forms.ts';
import { maskSecret, type Secret } from '../signature/secret.ts';
import { functionObserver, type Observe } from './observe.ts';

export interface CheckRunOptions {
  /** The folder of this package. */
  readonly root: string;
  readonly secrets: readonly [Secret, ...Secret[]];
  readonly headers: Headers;
  readonly types: readonly string[];
  readonly triggers: readonly string[];
  readonly selection: Selection;
  /** Undefined if nothing observes the state of the app. */
  readonly observation: ObservedState | undefined;
  /** Undefined if no events are generated. */
  readonly fuzz: FuzzOptions | undefined;
  readonly isStrict: boolean;
  /** In ms. */
  readonly timeout: number;
  readonly url: string;
}

/** How to see what messages change. */
export interface ObservedState extends Pick<Effects, 'observedType' | 'settleMs'> {
  readonly observe: Observe;
}

/** Runs the selected checks against a subject. Throws HooksError for an unknown type or check. */
export async function checkSubject(subject: Subject, options: CheckRunOptions): Promise<CheckReport> {
  const { root, secrets, headers, timeout, isStrict } = options;
  const places = { root, fixtures: undefined };
  const contents = {
    events: options.triggers.length > 0 ? [] : await readEventBuilders(options.types, places),
    readFlows: () => readShippedFlows(places),
    loadPlanned: async () => planned,
    triggers: readInterceptorBuilders(options.triggers, [], places),
  };
  const { observation, fuzz } = options;
  const battery = batteryOf(contents, {
    timeout,
    secret: secrets[0],
    others: [],
    isStarted: false,
    effects: observation && { ...observation, observer: functionObserver(observation.observe) },
    fuzz,
    hasAllTypes: options.types.includes('*'),
  });
  const checks = selectChecks(battery.checks, options.selection);
  await prepareChecks(checks);
  const bench = new Workbench({ secrets, headers, finish: battery.finish, now: Date.now }, subject);
  const started = Date.now();
  const run = await runBattery({ ...battery, checks, url: new URL(options.url), bail: false }, bench);
  const report = checkReport({
    run,
    target: new URL(options.url),
    timeout,
    secret: {
      masked: secrets.map(({ text }) => maskSecret(text)).join(' and '),
      source: 'options',
      variable: 'secret',
    },
    started,
    ended: Date.now(),
    isStrict,
    again: (names) => `checkHandler(handler, { …, only: [${names.map((name) => `'${name}'`).join(', ')}] })`,
    mask: (text) =>
      secrets
        .flatMap(({ text: own }) => formsOfSecret(own))
        .reduce((safe, form) => safe.replaceAll(form, maskSecret(form)), text),
  });
  return summaryOf(report);
}

/** Without the members that only the facts of the command line need. */
function summaryOf(report: CheckRunReport): CheckReport {
  return {
    ok: report.summary.ok,
    checks: report.checks.map(({ kind: _kind, rerun: _rerun, ...check }) => check),
    failures: report.checks
      .filter(({ failed }) => failed)
      .map(
        ({ name, sends, expects, got: found }) => `${name}: sends ${sends}, expects ${expects}, got ${found}`,
      ),
    counterexamples: report.counterexamples.map(
      ({ kind: _kind, path: _path, resend: _resend, ...counterexample }) => counterexample,
    ),
    diagnoses: report.diagnoses.map(({ kind: _kind, ...diagnosis }) => diagnosis),
    text: pageLines(report, report.summary, {
      out: plain,
      talk: plain,
      isVerbose: false,
      isQuiet: false,
    }).join('\n'),
  };
}

/** The result of one check. */
export type CheckOutcome = Omit<Checked, 'kind' | 'rerun'>;

/** A mistake in the handler that explains the pattern of results, and its fix. */
export type CheckDiagnosis = Omit<Diagnosed, 'kind'>;

/** The smallest generated event that the handler fails on in one way. */
export type CheckCounterexample = Omit<Counterexampled, 'kind' | 'path' | 'resend'>;

/** The result of `checkHandler`. */
export interface CheckReport {
  /** Whether no check failed. With `strict`, a warning counts as a failure. */
  readonly ok: boolean;
  readonly checks: readonly CheckOutcome[];
  /** One line per failed check. With `strict`, includes checks with warnings. */
  readonly failures: readonly string[];
  /** With `fuzz`: one event for each different failure. */
  readonly counterexamples: readonly CheckCounterexample[];
  readonly diagnoses: readonly CheckDiagnosis[];
  /** The whole report as text, as `scalekit-hooks check` prints it. */
  readonly text: string;
}
