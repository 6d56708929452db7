import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import type { Io } from '../io.ts';
import { pause } from '../pause.ts';

/** The app under check, started for it, in a group of processes of its own. */
export interface App {
  /** How it ended, as `exit code 1` or `SIGSEGV`; undefined while it runs. */
  readonly ended: string | undefined;
  /** The last lines that it printed, on whichever stream. */
  readonly lastLines: readonly string[];
  /** How it ended, once it has, or its streams are read to the end; undefined when that takes longer, in milliseconds. */
  settled(patience: number): Promise<string | undefined>;
  /** Ends all processes of its group: asks first, and waits a while. */
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Called for each line that it prints. */
  readonly onLine: (line: string) => void;
}

/** Lines that are kept, and characters of each. */
const KEPT_LINES = 20;
const LONGEST_LINE = 2000;

/** How long the app may take to end when it is asked to, in milliseconds. */
const STOP_PATIENCE = 3000;
/** … and what of it prints elsewhere, after that. */
const REST_PATIENCE = 1000;

/**
 * Starts an app by a shell. It is ended with this process, however that ends but for SIGKILL: nobody wants a port that
 * stays taken.
 */
export function startApp(command: string, { cwd, env, onLine }: AppOptions, io: Io): App {
  // A group of its own, so that what the shell starts (npm, node, …) ends with it.
  const child = spawn(command, { cwd, env, shell: true, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const lastLines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    readLines(stream!, (line) => {
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
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
  const forget = group === undefined ? () => {} : io.onExit(() => io.signalGroup(group, 'SIGKILL'));
  return {
    get ended() {
      return ended;
    },
    lastLines,
    async settled(patience) {
      await pause(patience, closed.signal);
      return ended;
    },
    async stop() {
      if (group !== undefined) await endGroup(group, closed.signal, io);
      forget();
      release(child);
    },
  };
}

/**
 * Asks all of a group to end, and ends what is left. That the output is closed says that those are gone that have it;
 * others may have sent theirs elsewhere. Asking for the group alone would find processes that have ended and that nobody
 * cleared away, as in a container without an init: these are not waited for long.
 */
async function endGroup(group: number, closed: AbortSignal, io: Io): Promise<void> {
  const never = new AbortController().signal;
  if (io.signalGroup(group, 'SIGTERM')) await pause(STOP_PATIENCE, closed);
  const until = performance.now() + REST_PATIENCE;
  while (io.signalGroup(group, 0) && performance.now() < until) await pause(20, never);
  io.signalGroup(group, 'SIGKILL');
}

/** What left the group may hold its output open; nobody waits for that. */
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
    rest = lines.pop()!.slice(0, LONGEST_LINE);
    for (const line of lines) onLine(line.replace(/\r$/, '').slice(0, LONGEST_LINE));
  });
  stream.on('close', () => {
    if (rest !== '') onLine(rest);
    rest = '';
  });
}

/** Between two looks whether the app listens, in milliseconds. */
const LOOK_EVERY = 50;

/** Waits until something takes connections there; says whether it came to that, at most after `patience` milliseconds. */
export async function waitUntilOpen(
  url: URL,
  app: App,
  { patience, stop }: { readonly patience: number; readonly stop: AbortSignal },
): Promise<'open' | 'ended' | 'late' | 'stopped'> {
  const until = performance.now() + patience;
  while (performance.now() < until) {
    if (stop.aborted) return 'stopped';
    if (app.ended !== undefined) return 'ended';
    // One that ends just now, since something else took its port, must not be taken for ready.
    if (await isOpen(url)) return app.ended === undefined ? 'open' : 'ended';
    await pause(LOOK_EVERY, stop);
  }
  return stop.aborted ? 'stopped' : 'late';
}

/** Whether something takes connections there. */
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

/** The port of a URL, also where it goes without saying. */
export function portOf(url: URL): number {
  return Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
}
