import { type App, isOpen, portOf, startApp, waitUntilOpen } from '../../checks/app.ts';
import { HooksError } from '../../errors.ts';
import { type Context, exitCodes, type Stop } from '../context.ts';
import type { DeliverySetting } from '../delivery-options.ts';

/** The app that was started for a check. */
export interface StartedApp {
  /** Says so when it has ended in the midst of the check. Where an answer was lost, it may be about to: that is waited for. */
  tellEnd(isLost: boolean): Promise<void>;
  stop(): Promise<void>;
}

/** How long an app that lost an answer is waited for to end, in milliseconds. */
const END_PATIENCE = 500;

/** What to start, and how long that may take, in milliseconds. */
export interface AppToStart {
  readonly command: string;
  readonly wait: number;
}

/**
 * Starts the app with the secret in its environment, and waits until it takes connections; undefined when somebody wants
 * to stop meanwhile. Throws HooksError when something listens there already, or the app does not come to it.
 */
export async function startForCheck(
  { command, wait }: AppToStart,
  { target, secret }: DeliverySetting,
  { context: { io, report }, stop }: { readonly context: Context; readonly stop: Stop },
): Promise<StartedApp | undefined> {
  const { url } = target;
  if (await isOpen(url)) throw new HooksError('already_listening', { port: portOf(url), command });
  const env = { ...io.env, [secret.variable]: secret.secrets[0].text };
  const onLine = (line: string) => report.isVerbose && report.note(`app: ${line}`);
  const app = startApp(command, { cwd: io.cwd, env, onLine }, io);
  // A terminal that is closed would leave the app behind.
  const forget = io.onSignal((signal) => io.exit(exitCodes[signal]), ['SIGHUP', 'SIGQUIT']);
  const end = async () => {
    await app.stop();
    forget();
  };
  report.note(`started, and waiting until ${url.host} takes connections`);
  const state = await waitUntilOpen(url, app, { patience: wait, stop: stop.asked });
  if (state === 'open')
    return {
      stop: end,
      tellEnd: async (isLost) => tellEnd(isLost ? await app.settled(END_PATIENCE) : app.ended),
    };
  await end();
  if (state === 'stopped') return undefined;
  if (!report.isVerbose) tellLastLines(app);
  if (state === 'ended') throw new HooksError('app_ended', { command, how: app.ended! });
  throw new HooksError('app_not_ready', { command, host: url.host, seconds: wait / 1000 });

  function tellEnd(ended: string | undefined): void {
    if (ended === undefined) return;
    report.warn(`the app ended with ${ended} in the midst of the check; its last lines:`);
    if (!report.isVerbose) tellLastLines(app);
  }

  function tellLastLines({ lastLines }: App): void {
    for (const line of lastLines) report.warn(`app: ${line}`);
  }
}
