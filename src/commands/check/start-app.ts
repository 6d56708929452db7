import { type App, isOpen, portOf, startApp, waitUntilOpen } from '../../checks/app.ts';
import { HooksError } from '../../errors.ts';
import type { DeliverySetting } from '../../operations/delivery-setting.ts';
import type { Report } from '../../report/index.ts';
import type { Context } from '../context.ts';
import { exitCodes, type Stop } from '../stop.ts';

/** The app that was started for a check. */
export interface StartedApp {
  /** Watches the app for a moment, because it may be about to exit; resolves with how it ended, or undefined. */
  watch(): Promise<string | undefined>;
  /** Ends the app and starts it again: with a moment to finish, or at once. Resolves with whether it runs. */
  restart(how: 'stop' | 'kill'): Promise<boolean>;
  /** Warns if the app has exited. */
  reportEnd(): void;
  stop(): Promise<void>;
}

/** How long to watch an app after the last message: work that continues after a response may crash it. */
const WATCH_MS = 1000;

/** What --start asks for. */
export interface AppToStart {
  readonly command: string;
  /** Time limit for the start, in ms. */
  readonly wait: number;
}

/**
 * Starts the app with the secret in its environment and waits until it accepts connections; undefined if a signal stops
 * it first. Throws HooksError if the port is already in use, or if the app exits or does not listen in time.
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
  const start = () => startApp(command, { cwd: io.cwd, env, onLine }, io);
  const untilOpen = () => waitUntilOpen(url, app, { patience: wait, stop: stop.asked });
  let app = start();
  // Without this, closing the terminal, or another signal that ends this process, would leave the app running.
  const forget = io.onSignal(
    (signal) => io.exit(exitCodes[signal]),
    ['SIGHUP', 'SIGQUIT', 'SIGABRT', 'SIGUSR2'],
  );
  const end = async () => {
    await app.stop();
    forget();
    // A process that left the group, a daemon for one, is not ended with it.
    if (await isOpen(url)) {
      report.warn(
        `a process that "${command}" started is still listening on port ${portOf(url)}. It left the process group, so stop it yourself`,
      );
    }
  };
  report.note(`started "${command}". Waiting until ${url.host} accepts connections`);
  const state = await untilOpen();
  if (state === 'open')
    return {
      stop: end,
      watch: () => app.settled(WATCH_MS),
      async restart(how) {
        await (how === 'kill' ? app.kill() : app.stop());
        app = start();
        return (await untilOpen()) === 'open';
      },
      reportEnd: () => warnEnded(app, report),
    };
  await end();
  if (state === 'stopped') return undefined;
  warnLastLines(app, report);
  throw startFailure(state, app, { command, wait }, url);
}

function startFailure(
  state: 'ended' | 'late',
  { ended, lastLines }: App,
  { command, wait }: AppToStart,
  { host }: URL,
): HooksError {
  const hasOutput = lastLines.length > 0;
  return state === 'ended'
    ? new HooksError('app_ended', { command, how: ended!, hasOutput })
    : new HooksError('app_not_ready', { command, host, seconds: wait / 1000, hasOutput });
}

function warnEnded(app: App, report: Report): void {
  if (app.ended === undefined) return;
  const output = app.lastLines.length > 0 ? '. Its last lines:' : ', without any output';
  report.warn(`the app ended with ${app.ended} during the check${output}`);
  warnLastLines(app, report);
}

/** With --verbose, each line was printed when it came. */
function warnLastLines({ lastLines }: App, report: Report): void {
  if (report.isVerbose) return;
  for (const line of lastLines) report.warn(`app: ${line}`);
}
