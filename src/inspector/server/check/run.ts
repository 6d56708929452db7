import { EventEmitter, on, setMaxListeners } from 'node:events';
import type { CheckPlan } from '../../../checks/plan.ts';
import { runBattery } from '../../../checks/run.ts';
import { Workbench } from '../../../checks/workbench.ts';
import { WEBHOOK_TIMEOUT } from '../../../delivery/schedules.ts';
import { credentialsOf, type Target } from '../../../delivery/target.ts';
import { openSubject } from '../../../operations/open-subject.ts';
import { runReport } from '../../../operations/run-report.ts';
import type { CheckMessage, CheckRunRequest } from '../../check-protocol.ts';
import { targetNamed } from '../targets.ts';
import { type CheckSources, type SelectedBattery, selectedBattery } from './battery.ts';
import { runShown } from './run-shown.ts';
import type { CheckRuns } from './runs.ts';

/** What one run needs. */
interface RunContext {
  readonly sources: CheckSources;
  readonly runs: CheckRuns;
  /** Aborts when the page goes away, which ends the run. */
  readonly gone: AbortSignal;
}

/** Runs the chosen checks, and reports what happens as it happens. Throws HooksError and ApiFailure before the first message. */
export async function startCheck(
  request: CheckRunRequest,
  context: RunContext,
): Promise<AsyncIterable<readonly CheckMessage[]>> {
  const target = targetNamed(request.target, context.sources);
  const asked = new AbortController();
  const stop = AbortSignal.any([asked.signal, context.gone]);
  // Each connection adds a listener; with many of them, Node.js would warn about a leak.
  setMaxListeners(0, stop);
  context.runs.begin(() => asked.abort());
  try {
    const selected = await selectedBattery(request, context.sources);
    return messagesOf((emit) => runCheck({ name: request.target, target, selected, stop }, context, emit));
  } catch (error) {
    context.runs.ended();
    throw error;
  }
}

/** Begins a run at once, and gives each message as soon as it is emitted. */
function messagesOf(
  run: (emit: (message: CheckMessage) => void) => Promise<void>,
): AsyncIterable<readonly CheckMessage[]> {
  const emitter = new EventEmitter();
  const messages = on(emitter, 'message', { close: ['end'] });
  const done = run((message) => emitter.emit('message', message)).finally(() => emitter.emit('end'));
  // If the page goes away, nobody awaits the end.
  done.catch(() => {});
  return untilDone(messages, done);
}

/** Throws what the run threw. */
async function* untilDone(
  messages: AsyncIterable<readonly CheckMessage[]>,
  done: Promise<void>,
): AsyncGenerator<readonly CheckMessage[]> {
  yield* messages;
  await done;
}

/** A run that is about to begin. */
interface PlannedRun {
  /** Of the target. */
  readonly name: string;
  readonly target: Target;
  readonly selected: SelectedBattery;
  /** Ends the run, and cancels deliveries in flight. It may have aborted before the run begins. */
  readonly stop: AbortSignal;
}

async function runCheck(
  { name, target, selected, stop }: PlannedRun,
  { sources, runs }: RunContext,
  emit: (message: CheckMessage) => void,
): Promise<void> {
  const { battery, checks } = selected;
  const started = sources.now();
  const masked = maskedBy(sources);
  emit({ kind: 'begun', time: started, checks: checks.map((check) => check.name) });
  const delivery = { target, secret: sources.secret, timeout: WEBHOOK_TIMEOUT, insecure: false };
  const { subject, close } = openSubject(delivery, stop);
  const materials = {
    secrets: sources.secret.secrets,
    headers: credentialsOf(target),
    finish: battery.finish,
    now: sources.now,
  };
  const bench = new Workbench(materials, subject);
  stop.addEventListener('abort', () => bench.end('stopped'));
  if (stop.aborted) bench.end('stopped');
  try {
    const plan = { ...battery, checks, url: target.url, bail: false, stop };
    const run = await runBattery({ ...plan, ...progressOf(bench, masked, emit) }, bench);
    const setting = { delivery, isStrict: false, again: againFlags(selected, sources) };
    const report = runReport(run, setting, { started, ended: sources.now(), mask: sources.mask });
    emit({ kind: 'ended', history: runs.record(name, masked(runShown(report, run.ended))) });
  } finally {
    runs.ended();
    await close();
  }
}

/** What a run reports while it goes on. */
function progressOf(
  bench: Workbench,
  masked: Masking,
  emit: (message: CheckMessage) => void,
): Pick<CheckPlan, 'onStart' | 'onResult' | 'onLimit'> {
  return {
    onStart: ({ name }) => emit({ kind: 'running', name }),
    onResult({ check: { name }, status, found }) {
      const messages = bench.exchanges.length;
      emit(masked({ kind: 'result', name, result: { status, got: found }, messages }));
    },
    onLimit: (waitMs) => emit({ kind: 'limited', waitMs }),
  };
}

type Masking = <T>(value: T) => T;

/** Responses, and what is quoted from them, can contain anything. */
function maskedBy({ mask }: CheckSources): Masking {
  return (value) => JSON.parse(mask(JSON.stringify(value)));
}

function againFlags({ fuzz }: SelectedBattery, { checkFlags }: CheckSources): string[] {
  return [...checkFlags, ...(fuzz ? ['--fuzz', String(fuzz.runs), '--seed', String(fuzz.seed)] : [])];
}
