import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { openStore } from '../../captures/open.ts';
import type { Undelivered } from '../../captures/outcomes.ts';
import type { ListenerChange } from '../../captures/record.ts';
import type { CaptureStore } from '../../captures/store.ts';
import type { CapturesPlace } from '../../config/captures.ts';
import { maskedSecrets } from '../../config/secrets.ts';
import { HooksError } from '../../errors.ts';
import type { Inspector } from '../../inspector/server/server.ts';
import { ExpectationCounter } from '../../listener/expectations.ts';
import { RepeatCounter } from '../../listener/repeats.ts';
import type { Listener } from '../../listener/server.ts';
import { openListenerOn } from '../../listener/server.ts';
import { pause } from '../../pause.ts';
import { ReceptionTally } from '../../report/facts/reception.ts';
import type { Report } from '../../report/index.ts';
import { duration } from '../../report/words/verdicts.ts';
import { type Context, GRACE_MS, listenForStop, type Stop } from '../context.ts';
import { CaptureRecorder, openWriterOf } from '../recorder.ts';
import { Explainer } from './explainer.ts';
import type { Forwarder } from './forwarder.ts';
import { type CapturesSetting, type Desk, type ListenSettings, receiver } from './inbox.ts';

/** Listens until a signal or --expect stops it, and returns the exit code. */
export async function listen(options: ListenSettings, context: Context): Promise<number> {
  const { io, report } = context;
  for (const secret of options.setting.secrets) report.hide(secret.text);
  const desk = await openDesk(options, context);
  const { stop, tally } = desk;
  const listener = await openListenerOrClose(options, desk, context);
  // A slow reader of the output must not delay events. When the reader of stdout exits, the listener stops.
  io.stdout.dropWhenSlow();
  io.stderr.dropWhenSlow();
  io.stdout.onClosed(stop.ask);
  const started = io.now();
  await recordChange('started', desk, context);
  reportReady(options, listener, report);
  const inspector = await openInspectorBeside(options, listener, desk, context);
  await untilStop(options, stop);
  await listener.close(GRACE_MS);
  await inspector?.close();
  await desk.forwarder?.close();
  await desk.explainer.close(EXPLAIN_TIMEOUT_MS);
  await recordChange('stopped', desk, context);
  await desk.keeper.close();
  // The terminal echoes ^C without a newline.
  if (stop.exitCode === 130 && io.stderr.isTerminal) io.stderr.write('\n');
  await reportUndelivered(desk, options, context);
  await desk.store?.close();
  const { results } = desk.counter;
  const isTest = results.length > 0;
  const isMet = results.every((result) => result.isMet);
  report.print(tally.summary('listen', io.now() - started, { expected: results, ...(isTest && { isMet }) }));
  const exitCode = stop.exitCode ?? (isMet ? 0 : 1);
  const isPrinted = await Promise.all([io.stdout.flush(FLUSH_TIMEOUT_MS), io.stderr.flush(FLUSH_TIMEOUT_MS)]);
  if (!isPrinted.every(Boolean)) io.exit(exitCode);
  stop.forget();
  return exitCode;
}

/** Records that a listener begins or ends, so that a time in which nobody listened can be shown. */
async function recordChange(
  state: ListenerChange['state'],
  { keeper, store }: Desk,
  { io }: Context,
): Promise<void> {
  if (!store) return;
  const idleSince = state === 'started' ? await store.idleSince(io.isRunning) : null;
  const kept = keeper.keep({ kind: 'listener', change: { time: io.now(), state, idleSince, pid: io.pid } });
  // A server that does not answer must not delay the end.
  await (state === 'started' ? kept : Promise.race([kept, wait(END_TIMEOUT_MS, undefined, { ref: false })]));
}

/** How long a stop waits for the record of it. */
const END_TIMEOUT_MS = 1000;

const inspectorHint = 'to look at events in a browser, run listen with --ui';

/** How long a stop waits for pending explanations. */
const EXPLAIN_TIMEOUT_MS = 1000;

/** How long a stop waits for the reader of the output. */
const FLUSH_TIMEOUT_MS = 500;

/** Does everything that can fail before the port is opened. */
async function openDesk(
  { captures, expectations, forward, setting, ui }: ListenSettings,
  context: Context,
): Promise<Desk> {
  const { io, report } = context;
  const stop = listenForStop(io);
  // A server may not answer for a while, and nothing has begun yet.
  const leave = () => io.exit(stop.exitCode ?? 0);
  stop.asked.addEventListener('abort', leave);
  try {
    const store = captures && (await openStore(captures.place));
    for (const note of (await store?.notes()) ?? []) report.warn(note);
    const opened = captures && store && (await openWriterOf(store, captures, context));
    stop.asked.removeEventListener('abort', leave);
    if (opened?.promise) report.note(opened.promise);
    const keeper = new CaptureRecorder(opened?.writer, report);
    const forwarder =
      forward && (await openForwarder({ ...context, setting: forward, secret: setting, keeper, stop }));
    return {
      tally: new ReceptionTally(),
      counter: new ExpectationCounter(expectations),
      repeats: new RepeatCounter(),
      store,
      keeper,
      forwarder,
      findDrift: report.isVerbose
        ? (await import('../../events/shapes/schemas.ts')).findSchemaDifferences
        : undefined,
      explainer: new Explainer(setting, context, ui ? undefined : inspectorHint),
      stop,
    };
  } catch (error) {
    stop.asked.removeEventListener('abort', leave);
    stop.forget();
    throw error;
  }
}

/** Loads the delivery code, which a listener without forwarding does not need. */
async function openForwarder(options: ConstructorParameters<typeof Forwarder>[0]): Promise<Forwarder> {
  const forwarding = await import('./forwarder.ts');
  return new forwarding.Forwarder(options);
}

async function openListenerOrClose(options: ListenSettings, desk: Desk, context: Context): Promise<Listener> {
  try {
    const listener = await openListenerOn(options.host, options.port, receiver(options, desk, context));
    const own = options.forward?.routes.find(({ target }) => leadsTo(listener, target.url));
    if (!own) return listener;
    await listener.close(0);
    throw new HooksError('forwards_to_itself', { url: own.target.url.href });
  } catch (error) {
    desk.stop.forget();
    await desk.keeper.close();
    await desk.store?.close();
    throw error;
  }
}

/** The inspector of the same captures, with what the listener forwards to, and SCALEKIT_HOOKS_TO, as targets. */
async function openInspectorBeside(
  { ui, captures, forward, setting }: ListenSettings,
  listener: Listener,
  { store, keeper }: Desk,
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
    secret: setting,
    follower: followerName(captures.place),
    targets: usual.isUsual ? routed : [...routed, usual],
    listener: listener.url,
    recorder: keeper,
  };
  return serveInspector(inspected, ui, context);
}

const WEEK_SECONDS = 7 * 86_400;

/** A folder keeps captures until they are cleared. */
function describeRetention({ place, retention }: CapturesSetting): string {
  if (!place.server) return '';
  if (retention?.kind === 'count') return `, the newest ${retention.count}`;
  return ` for ${duration(retention ? Math.round(retention.ms / 1000) : WEEK_SECONDS)}`;
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

async function reportUndelivered(
  { forwarder, store }: Desk,
  { forward, captures }: ListenSettings,
  { io, report }: Context,
): Promise<void> {
  const dropped = io.stdout.dropped + io.stderr.dropped;
  if (dropped > 0) report.warn(`lines not printed because the reader of the output was too slow: ${dropped}`);
  const failed = forwarder?.undelivered ?? [];
  const undelivered =
    store && failed.length > 0 ? await stillUndelivered(failed, store, captures!.place) : failed;
  if (undelivered.length === 0) return;
  const [only, ...others] = forward?.routes ?? [];
  const target = only && others.length === 0 ? only.target.url.href : '…';
  const advice = store ? `. Run scalekit-hooks replay --failed --to ${target}` : '';
  const events = undelivered.length === 1 ? '1 event' : `${undelivered.length} events`;
  report.note(`the app did not accept ${events}${advice}`);
}

/** Without the captures that a replay has delivered in the meantime. */
async function stillUndelivered(
  failed: readonly Undelivered[],
  store: CaptureStore,
  place: CapturesPlace,
): Promise<readonly Undelivered[]> {
  const [{ LatestOutcomes }, { followerName }] = await Promise.all([
    import('../../captures/outcomes.ts'),
    import('../../config/followers/name.ts'),
  ]);
  try {
    const outcomes = await LatestOutcomes.read(await store.openReader(), followerName(place));
    return failed.filter((head) => outcomes.isUndelivered(head));
  } catch (error) {
    // A server may be gone by now; the listener ends anyway.
    if (error instanceof HooksError) return failed;
    throw error;
  }
}

function reportReady(
  { setting, host, path, unknownTypes, captures, forward }: ListenSettings,
  listener: Listener,
  report: Report,
): void {
  for (const note of [...setting.notes, ...unknownTypes]) report.note(note);
  if (listener.foreignAddresses.length > 0) {
    report.warn(`other machines can reach this listener at ${listener.foreignAddresses.join(', ')}`);
  }
  report.note(`verifying with ${maskedSecrets(setting)} from ${setting.source}`);
  if (captures) report.note(`storing captures in ${captures.place.name}${describeRetention(captures)}`);
  const routes = forward?.routes.map(({ pattern, target }) => ({ pattern, url: target.url.href })) ?? [];
  for (const { pattern, url } of routes) {
    const events = pattern === '*' ? 'events' : `${pattern} events`;
    report.note(`forwarding ${forward?.forwardsUnverified ? 'all' : 'verified'} ${events} to ${url}`);
  }
  if (forward?.insecure) report.note('--insecure: the TLS certificate of the target is not verified');
  for (const { target } of forward?.routes ?? []) for (const note of target.notes) report.note(note);
  report.print({
    kind: 'ready',
    url: listener.url + (path ?? ''),
    host,
    port: listener.port,
    path: path ?? null,
    secret_source: setting.source,
    captures: captures?.place.name ?? null,
    forward_to: routes,
  });
}
