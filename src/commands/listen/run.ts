import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { ListenerChange } from '../../captures/record.ts';
import { HooksError } from '../../errors.ts';
import type { Inspector } from '../../inspector/server/server.ts';
import { type Listener, openListenerOn } from '../../listener/server.ts';
import { pause } from '../../pause.ts';
import type { Context } from '../context.ts';
import { exitIfBlocked, GRACE_MS, type Stop } from '../stop.ts';
import { type Desk, openDesk } from './desk.ts';
import { receiver } from './inbox.ts';
import type { ListenSettings } from './options.ts';
import { reportReady } from './ready.ts';
import { noteUndelivered } from './undelivered.ts';

/** Listens until a signal or --expect stops it, and returns the exit code. */
export async function listen(settings: ListenSettings, context: Context): Promise<number> {
  const { io, report } = context;
  for (const secret of settings.secret.secrets) report.hide(secret.text);
  const desk = await openDesk(settings, context);
  const { stop, tally } = desk;
  const listener = await openListenerOrClose(settings, desk, context);
  // A slow reader of the output must not delay events. When the reader of stdout exits, the listener stops.
  for (const output of [io.stdout, io.stderr]) {
    output.gather();
    output.neverBlock(MAX_PENDING_BYTES);
  }
  io.stdout.onClosed(stop.ask);
  const started = io.now();
  await recordChange('started', desk, context);
  reportReady(settings, listener, report);
  const inspector = await openInspectorBeside(settings, listener, desk, context);
  await untilStop(settings, stop);
  await listener.close(GRACE_MS);
  await inspector?.close();
  await desk.forwarder?.close();
  await desk.explainer.close(EXPLAIN_TIMEOUT_MS);
  await recordChange('stopped', desk, context);
  await desk.recorder.close();
  // The terminal echoes ^C without a newline.
  if (stop.exitCode === 130 && io.stderr.isTerminal) io.stderr.write('\n');
  noteDropped(context);
  await noteUndelivered(desk, settings, context);
  await desk.store?.close();
  const { results } = desk.counter;
  const isTest = results.length > 0;
  const isMet = results.every((result) => result.isMet);
  report.print(tally.summary('listen', io.now() - started, { expected: results, ...(isTest && { isMet }) }));
  const exitCode = stop.exitCode ?? (isMet ? 0 : 1);
  await exitIfBlocked(io, exitCode);
  stop.forget();
  return exitCode;
}

/** Pending output after which lines are dropped, to limit memory. */
const MAX_PENDING_BYTES = 1024 * 1024;

/** Records that a listener begins or ends, so that a time in which nobody listened can be shown. */
async function recordChange(
  state: ListenerChange['state'],
  { recorder, store }: Desk,
  { io }: Context,
): Promise<void> {
  if (!store) return;
  const idleSince = state === 'started' ? await store.idleSince(io.isRunning) : null;
  const kept = recorder.keep({ kind: 'listener', change: { time: io.now(), state, idleSince, pid: io.pid } });
  // A server that does not answer must not delay the end.
  await (state === 'started' ? kept : Promise.race([kept, wait(END_TIMEOUT_MS, undefined, { ref: false })]));
}

/** How long a stop waits for the record of it. */
const END_TIMEOUT_MS = 1000;

/** How long a stop waits for pending explanations. */
const EXPLAIN_TIMEOUT_MS = 1000;

async function openListenerOrClose(
  settings: ListenSettings,
  desk: Desk,
  context: Context,
): Promise<Listener> {
  try {
    const listener = await openListenerOn(settings.host, settings.port, receiver(settings, desk, context));
    const own = settings.forward?.routes.find(({ target }) => leadsTo(listener, target.url));
    if (!own) return listener;
    await listener.close(0);
    throw new HooksError('forwards_to_itself', { url: own.target.url.href });
  } catch (error) {
    desk.stop.forget();
    await desk.recorder.close();
    await desk.store?.close();
    throw error;
  }
}

/** The inspector of the same captures, with what the listener forwards to, and SCALEKIT_HOOKS_TO, as targets. */
async function openInspectorBeside(
  { ui, captures, forward, secret, path }: ListenSettings,
  listener: Listener,
  { store, recorder }: Desk,
  context: Context,
): Promise<Inspector | undefined> {
  if (!ui || !store || !captures) return undefined;
  const [{ serveInspector }, { findTarget }, { followerName }] = await Promise.all([
    import('../inspector.ts'),
    import('../../config/target.ts'),
    import('../../config/followers/name.ts'),
  ]);
  const routed = forward?.routes.map(({ target }) => target) ?? [];
  const usual = findTarget(context.io, { allowHost: [], insecure: false });
  const inspected = {
    store,
    secret,
    follower: followerName(captures.place),
    targets: usual.isUsual ? routed : [...routed, usual],
    listener: listener.url + (path ?? ''),
    recorder,
  };
  return serveInspector(inspected, ui, context);
}

/** Whether a target is the listener itself, which would forward to itself in an endless loop. */
function leadsTo({ port, url, foreignAddresses }: Listener, target: URL): boolean {
  const host = target.hostname.replace(/^\[|\]$|\.$/g, '');
  const isHere =
    /^(.*\.)?localhost$|^127\.|^0\.0\.0\.0$|^::1?$|^::ffff:(7f|0:0)/.test(host) ||
    [new URL(url).hostname, ...foreignAddresses].includes(host);
  return isHere && target.protocol === 'http:' && Number(target.port || 80) === port;
}

async function untilStop({ expectations, within }: ListenSettings, stop: Stop): Promise<void> {
  if (expectations.length > 0) {
    await pause(within, stop.asked);
    stop.ask();
  }
  if (!stop.asked.aborted) await once(stop.asked, 'abort');
}

/** Lines that a slow reader has made the listener drop. */
function noteDropped({ io, report }: Context): void {
  const dropped = io.stdout.dropped + io.stderr.dropped;
  if (dropped > 0) report.warn(`lines not printed because the reader of the output was too slow: ${dropped}`);
}
