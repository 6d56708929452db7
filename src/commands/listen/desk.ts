import { openStore } from '../../captures/open.ts';
import type { CaptureStore } from '../../captures/store.ts';
import type { FieldDifference } from '../../events/shapes/schemas.ts';
import { ExpectationCounter } from '../../listener/expectations.ts';
import { RepeatCounter } from '../../listener/repeats.ts';
import { CaptureRecorder, openWriterOf } from '../../operations/recorder.ts';
import { ReceptionTally } from '../../report/facts/reception.ts';
import type { Context } from '../context.ts';
import { listenForStop, type Stop } from '../stop.ts';
import { Explainer } from './explainer.ts';
import type { Forwarder } from './forwarder.ts';
import type { ListenSettings } from './options.ts';

/** Everything that handles requests of one listener. */
export interface Desk {
  readonly tally: ReceptionTally;
  readonly counter: ExpectationCounter;
  readonly repeats: RepeatCounter;
  /** Undefined with --no-capture. */
  readonly store: CaptureStore | undefined;
  readonly recorder: CaptureRecorder;
  readonly forwarder: Forwarder | undefined;
  /** Compares an event with the documented schema; undefined without --verbose. */
  readonly findDifferences: ((body: Uint8Array) => readonly FieldDifference[]) | undefined;
  readonly explainer: Explainer;
  readonly stop: Stop;
}

/** Does everything that can fail before the port is opened. */
export async function openDesk(
  { captures, expectations, findOther, forward, secret, ui }: ListenSettings,
  context: Context,
): Promise<Desk> {
  const { io, report } = context;
  const stop = listenForStop(context);
  // A server may not answer for a while, and nothing has begun yet.
  const leave = () => io.exit(stop.exitCode ?? 0);
  stop.asked.addEventListener('abort', leave);
  try {
    const store = captures && (await openStore(captures.place));
    for (const note of (await store?.notes()) ?? []) report.warn(note);
    const opened = captures && store && (await openWriterOf(store, captures, context));
    stop.asked.removeEventListener('abort', leave);
    if (opened?.promise) report.note(opened.promise);
    const recorder = new CaptureRecorder(opened?.writer, report);
    const forwarder =
      forward && (await openForwarder({ ...context, setting: forward, secret, recorder, stop }));
    return {
      tally: new ReceptionTally(),
      counter: new ExpectationCounter(expectations),
      repeats: new RepeatCounter(),
      store,
      recorder,
      forwarder,
      findDifferences: report.isVerbose
        ? (await import('../../events/shapes/schemas.ts')).findSchemaDifferences
        : undefined,
      explainer: new Explainer(secret, context, { findOther, hint: ui ? undefined : inspectorHint }),
      stop,
    };
  } catch (error) {
    stop.asked.removeEventListener('abort', leave);
    stop.forget();
    throw error;
  }
}

const inspectorHint = 'to look at events in a browser, run listen with --ui';

/** Loads the delivery code, which a listener without forwarding does not need. */
async function openForwarder(options: ConstructorParameters<typeof Forwarder>[0]): Promise<Forwarder> {
  const forwarding = await import('./forwarder.ts');
  return new forwarding.Forwarder(options);
}
