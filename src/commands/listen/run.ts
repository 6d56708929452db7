import { once } from 'node:events';
import type { Undelivered } from '../../captures/outcomes.ts';
import { maskedSecrets } from '../../config/secrets.ts';
import { HooksError } from '../../errors.ts';
import { ExpectationCounter } from '../../listener/expectations.ts';
import { RepeatCounter } from '../../listener/repeats.ts';
import type { Listener } from '../../listener/server.ts';
import { openListenerOn } from '../../listener/server.ts';
import { pause } from '../../pause.ts';
import { ReceptionTally } from '../../report/facts/reception.ts';
import type { Report } from '../../report/index.ts';
import { type Context, listenForStop, PATIENCE, type Stop } from '../context.ts';
import { CaptureRecorder, openJournalFor } from '../recorder.ts';
import { Explainer } from './explainer.ts';
import type { Forwarder } from './forwarder.ts';
import type { ListenSettings } from './inbox.ts';
import { type Desk, receiver } from './inbox.ts';

/** Listens until it is to stop, and returns the exit code. */
export async function listen(options: ListenSettings, context: Context): Promise<number> {
  const { io, report } = context;
  for (const secret of options.setting.secrets) report.hide(secret.text);
  const desk = await openDesk(options, context);
  const { stop, tally } = desk;
  const listener = await openListenerOrClose(options, desk, context);
  // A reader that is slow must not keep events waiting; one of stdout that has gone wants no more of them.
  io.stdout.dropWhenSlow();
  io.stderr.dropWhenSlow();
  io.stdout.onClosed(stop.ask);
  const started = io.now();
  sayHow(options, listener, report);
  await untilStop(options, stop);
  await listener.close(PATIENCE);
  await desk.forwarder?.close();
  await desk.explainer.close(EXPLAINING);
  await desk.keeper.close();
  // The terminal shows ^C on the line where it stands.
  if (stop.exitCode === 130 && io.stderr.isTerminal) io.stderr.write('\n');
  await sayWhatWasLeft(desk, options, context);
  const { results } = desk.counter;
  const isTest = results.length > 0;
  const isMet = results.every((result) => result.isMet);
  report.print(tally.summary('listen', io.now() - started, { expected: results, ...(isTest && { isMet }) }));
  const exitCode = stop.exitCode ?? (isMet ? 0 : 1);
  const isPrinted = await Promise.all([io.stdout.flush(FLUSH), io.stderr.flush(FLUSH)]);
  if (!isPrinted.every(Boolean)) io.exit(exitCode);
  stop.forget();
  return exitCode;
}

/** How long what is still being explained may take, in milliseconds. */
const EXPLAINING = 1000;

/** How long the last lines may take to be read, in milliseconds. */
const FLUSH = 500;

/** Gets ready whatever can fail before the port is opened. */
async function openDesk(
  { captures, expectations, forward, setting }: ListenSettings,
  context: Context,
): Promise<Desk> {
  const { io, report } = context;
  const stop = listenForStop(io);
  try {
    const keeper = new CaptureRecorder(captures && (await openJournalFor(captures, context)), report);
    const forwarder =
      forward && (await openForwarder({ ...context, setting: forward, secret: setting, keeper, stop }));
    return {
      tally: new ReceptionTally(),
      counter: new ExpectationCounter(expectations),
      repeats: new RepeatCounter(),
      keeper,
      forwarder,
      findDrift: report.isVerbose
        ? (await import('../../events/shapes/schemas.ts')).findSchemaDifferences
        : undefined,
      explainer: new Explainer(setting, context),
      stop,
    };
  } catch (error) {
    stop.forget();
    throw error;
  }
}

/** Loads what delivers, which a listener that hands nothing on never needs. */
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
    throw error;
  }
}

/** Whether a target is the listener itself, which would hand on to itself for ever. */
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

async function sayWhatWasLeft(
  { forwarder }: Desk,
  { forward, captures }: ListenSettings,
  { io, report }: Context,
): Promise<void> {
  const dropped = io.stdout.dropped + io.stderr.dropped;
  if (dropped > 0) report.warn(`${dropped} lines were not printed: they were read too slowly`);
  const untaken = forwarder?.untaken ?? [];
  const owed = captures && untaken.length > 0 ? await stillOwed(untaken, captures.path) : untaken;
  if (owed.length === 0) return;
  const [only, ...others] = forward?.routes ?? [];
  const target = only && others.length === 0 ? only.target.url.href : '…';
  const advice = captures ? `: scalekit-hooks replay --failed --to ${target}` : '';
  report.note(`the app did not take ${owed.length}${advice}`);
}

/** What no replay has brought to the app meanwhile. */
async function stillOwed(untaken: readonly Undelivered[], folder: string): Promise<readonly Undelivered[]> {
  const [{ openJournals }, { LatestOutcomes }] = await Promise.all([
    import('../../captures/journal/reader.ts'),
    import('../../captures/outcomes.ts'),
  ]);
  const outcomes = new LatestOutcomes(openJournals(folder));
  return untaken.filter((head) => outcomes.isUndelivered(head));
}

function sayHow(
  { setting, host, path, unknownTypes, captures, forward }: ListenSettings,
  listener: Listener,
  report: Report,
): void {
  for (const note of [...setting.notes, ...unknownTypes]) report.note(note);
  if (listener.foreignAddresses.length > 0) {
    report.warn(`other machines can reach it: ${listener.foreignAddresses.join(', ')}`);
  }
  report.note(`verifying with ${maskedSecrets(setting)} from ${setting.source}`);
  if (captures) report.note(`keeping captures in ${captures.name}`);
  const routes = forward?.routes.map(({ pattern, target }) => ({ pattern, url: target.url.href })) ?? [];
  for (const { pattern, url } of routes) {
    const what = pattern === '*' ? 'events' : `${pattern} events`;
    report.note(`handing ${forward?.forwardsUnverified ? 'all' : 'verified'} ${what} on to ${url}`);
  }
  if (forward?.insecure) report.note('--insecure: the certificate of the target is not checked');
  for (const { target } of forward?.routes ?? []) for (const note of target.notes) report.note(note);
  report.print({
    kind: 'ready',
    url: listener.url + (path ?? ''),
    host,
    port: listener.port,
    path: path ?? null,
    secret_source: setting.source,
    captures: captures?.name ?? null,
    forward_to: routes,
  });
}
