import { EventEmitter, on, setMaxListeners } from 'node:events';
import { runBattery } from '../../../checks/run.ts';
import { Workbench } from '../../../checks/workbench.ts';
import { runReport } from '../../../commands/check/run-report.ts';
import { openSubject } from '../../../commands/check/subject.ts';
import { WEBHOOK_TIMEOUT } from '../../../delivery/schedules.ts';
import { credentialsOf, type Target } from '../../../delivery/target.ts';
import type { CheckMessage, CheckRunRequest } from '../../check-protocol.ts';
import { targetNamed } from '../compose/send.ts';
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
  const cut = new AbortController();
  // Each connection adds a listener; with many of them, Node.js would warn about a leak.
  setMaxListeners(0, cut.signal);
  context.runs.begin(() => cut.abort());
  try {
    const selected = await selectedBattery(request, context.sources);
    return messagesOf((emit) => runCheck({ name: request.target, target, selected, cut }, context, emit));
  } catch (error) {
    context.runs.ended();
    throw error;
  }
}

/** Yields each message of a run as soon as it is emitted. */
async function* messagesOf(
  run: (emit: (message: CheckMessage) => void) => Promise<void>,
): AsyncGenerator<readonly CheckMessage[]> {
  const emitter = new EventEmitter();
  const messages = on(emitter, 'message', { close: ['end'] });
  const done = run((message) => emitter.emit('message', message)).finally(() => emitter.emit('end'));
  // If the page goes away, nobody awaits the end.
  done.catch(() => {});
  for await (const [message] of messages) yield [message];
  await done;
}

/** A run that is about to begin. */
interface PlannedRun {
  /** Of the target. */
  readonly name: string;
  readonly target: Target;
  readonly selected: SelectedBattery;
  /** Ends the run, and cancels deliveries in flight. */
  readonly cut: AbortController;
}

async function runCheck(
  { name, target, selected, cut }: PlannedRun,
  { sources, runs, gone }: RunContext,
  emit: (message: CheckMessage) => void,
): Promise<void> {
  const { battery, checks } = selected;
  const started = sources.now();
  const masked = maskedBy(sources);
  emit({ kind: 'begun', time: started, checks: checks.map((check) => check.name) });
  const delivery = { target, secret: sources.secret, timeout: WEBHOOK_TIMEOUT, insecure: false };
  const { subject, close } = openSubject(delivery, cut.signal);
  const materials = {
    secrets: sources.secret.secrets,
    headers: credentialsOf(target),
    finish: battery.finish,
    now: sources.now,
  };
  const bench = new Workbench(materials, subject);
  cut.signal.addEventListener('abort', () => bench.end('stopped'));
  const leave = () => cut.abort();
  gone.addEventListener('abort', leave);
  try {
    const run = await runBattery(
      {
        ...battery,
        checks,
        url: target.url,
        bail: false,
        stop: cut.signal,
        onStart: (check) => emit({ kind: 'running', name: check.name }),
        onResult: ({ check, status, found }) =>
          emit(
            masked({
              kind: 'result',
              name: check.name,
              result: { status, got: found },
              messages: bench.exchanges.length,
            }),
          ),
        onLimit: (waitMs) => emit({ kind: 'limited', waitMs }),
      },
      bench,
    );
    const setting = { delivery, isStrict: false, again: againFlags(selected, sources) };
    const report = runReport(run, setting, { started, ended: sources.now(), mask: sources.mask });
    runs.ended();
    emit({ kind: 'ended', history: runs.record(name, masked(runShown(report, run.ended))) });
  } finally {
    runs.ended();
    gone.removeEventListener('abort', leave);
    await close();
  }
}

/** Responses, and what is quoted from them, can contain anything. */
function maskedBy({ mask }: CheckSources): <T>(value: T) => T {
  return (value) => JSON.parse(mask(JSON.stringify(value)));
}

function againFlags({ fuzz }: SelectedBattery, { checkFlags }: CheckSources): string[] {
  return [...checkFlags, ...(fuzz ? ['--fuzz', String(fuzz.runs), '--seed', String(fuzz.seed)] : [])];
}
