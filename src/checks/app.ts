import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { stripVTControlCharacters } from 'node:util';
import type { Io } from '../io.ts';
import { pause } from '../pause.ts';

/** The app under test, running in a process group that is separate from ours. */
export interface App {
  /** How the app ended, such as `exit code 1` or `SIGSEGV`; undefined while it runs. */
  readonly ended: string | undefined;
  /** The last lines of its output, from stdout and stderr. */
  readonly lastLines: readonly string[];
  /** Waits up to `timeoutMs` until the output streams are closed, then returns `ended`. */
  settled(timeoutMs: number): Promise<string | undefined>;
  /** Ends the process group: SIGTERM, then SIGKILL after a grace period. */
  stop(): Promise<void>;
  /** Ends the process group at once, as a crash does. */
  kill(): Promise<void>;
}

export interface AppOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called for each line of output. */
  readonly onLine: (line: string) => void;
}

/** Limits of `lastLines`: lines, and characters per line. */
const MAX_LINES = 20;
const MAX_LINE_LENGTH = 2000;

/** How long the app may take to end after SIGTERM. */
const STOP_TIMEOUT_MS = 3000;
/** How long remaining processes of the group may take after that. */
const REST_TIMEOUT_MS = 1000;

/**
 * Starts an app with a shell. The app ends when this process ends, except by SIGKILL, so that it does not keep its port
 * in use.
 */
export function startApp(command: string, { cwd, env, onLine }: AppOptions, io: Io): App {
  // A separate group, so that everything the shell starts (npm, node, …) ends with it.
  const child = spawn(command, { cwd, env, shell: true, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    readLines(stream!, (line) => {
      lastLines.push(line);
      if (lastLines.length > MAX_LINES) lastLines.shift();
      onLine(line);
    });
  }
  let ended: string | undefined;
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    ended = signal ?? `exit code ${code}`;
  });
  const closed = new AbortController();
  child.on('close', () => closed.abort());
  const group = child.pid;
  const removeExitListener =
    group === undefined ? () => {} : io.onExit(() => io.signalGroup(group, 'SIGKILL'));
  return {
    get ended() {
      return ended;
    },
    lastLines,
    async settled(timeoutMs) {
      await pause(timeoutMs, closed.signal);
      return ended;
    },
    async stop() {
      if (group !== undefined) await endGroup(group, closed.signal, io);
      removeExitListener();
      release(child);
    },
    async kill() {
      if (group !== undefined) io.signalGroup(group, 'SIGKILL');
      await pause(STOP_TIMEOUT_MS, closed.signal);
      removeExitListener();
      release(child);
    },
  };
}

/**
 * Sends SIGTERM to the group, then SIGKILL to the rest. Closed output shows only that the processes that inherited it
 * have ended, so the group is polled too, but not for long: without an init process, as in some containers, zombie
 * processes stay in the group.
 */
async function endGroup(group: number, closed: AbortSignal, io: Io): Promise<void> {
  const never = new AbortController().signal;
  if (io.signalGroup(group, 'SIGTERM')) await pause(STOP_TIMEOUT_MS, closed);
  const until = performance.now() + REST_TIMEOUT_MS;
  while (io.signalGroup(group, 0) && performance.now() < until) await pause(20, never);
  io.signalGroup(group, 'SIGKILL');
}

/** A process that left the group may keep the streams open: do not wait for it. */
function release(child: ChildProcess): void {
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

function readLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!.slice(0, MAX_LINE_LENGTH);
    // Many apps print colors without looking whether a terminal reads them.
    for (const line of lines)
      onLine(stripVTControlCharacters(line.replace(/\r$/, '').slice(0, MAX_LINE_LENGTH)));
  });
  stream.on('close', () => {
    if (rest !== '') onLine(stripVTControlCharacters(rest));
    rest = '';
  });
}

const POLL_INTERVAL_MS = 50;

/** Polls until the URL accepts TCP connections, for at most `patience` ms. */
export async function waitUntilOpen(
  url: URL,
  app: App,
  { patience, stop }: { readonly patience: number; readonly stop: AbortSignal },
): Promise<'open' | 'ended' | 'late' | 'stopped'> {
  const until = performance.now() + patience;
  while (performance.now() < until) {
    if (stop.aborted) return 'stopped';
    if (app.ended !== undefined) return 'ended';
    // If another process uses the port, the app may be ending right now: check that it still runs.
    if (await isOpen(url)) return app.ended === undefined ? 'open' : 'ended';
    await pause(POLL_INTERVAL_MS, stop);
  }
  return stop.aborted ? 'stopped' : 'late';
}

/** Whether the host and port of the URL accept TCP connections. */
export async function isOpen(url: URL): Promise<boolean> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const socket = connect({ host, port: portOf(url), timeout: 1000 });
  socket.on('timeout', () => socket.destroy(new Error('timeout')));
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

/** The port of a URL, including the default port of its protocol. */
export function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}
