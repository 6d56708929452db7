import { setMaxListeners } from 'node:events';
import type { Io, Output, Signal } from '../io.ts';
import type { Context } from '../report/index.ts';

/** How long the first Ctrl-C waits for deliveries in flight, in ms. */
export const GRACE_MS = 2000;
/** When a person at a terminal notices that it waits, in ms. */
const NOTICED_MS = 300;

/** The first signal requests a graceful stop, the second exits immediately. */
export interface Stop {
  /** Aborts at the first signal: nothing new starts. */
  readonly asked: AbortSignal;
  /** Aborts GRACE_MS ms after the first signal: deliveries in flight are canceled. */
  readonly cut: AbortSignal;
  /** 128 + the signal number; undefined until a signal arrives. */
  readonly exitCode: number | undefined;
  /** Requests the same stop without a signal. */
  ask(): void;
  /** Removes the signal listeners. */
  forget(): void;
}

/** 128 + the signal number, as in shells. */
export const exitCodes: Record<Signal, number> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGABRT: 134,
  SIGUSR2: 140,
  SIGTERM: 143,
};

/** Listens for signals from now on. Call `forget` when the command has ended. */
export function listenForStop({ io, report }: Context): Stop {
  const asked = new AbortController();
  const cut = new AbortController();
  // Each connection adds a listener; with many of them, Node.js would warn about a leak.
  setMaxListeners(0, asked.signal, cut.signal);
  let exitCode: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let noticed: NodeJS.Timeout | undefined;
  const ask = () => {
    asked.abort();
    timer ??= setTimeout(() => cut.abort(), GRACE_MS);
  };
  const forgetSignals = io.onSignal((signal) => {
    if (exitCode !== undefined) return io.exit(exitCodes[signal]);
    exitCode = exitCodes[signal];
    ask();
    const hint = 'waiting for the response in progress. Press Ctrl-C again to stop now';
    noticed = setTimeout(() => report.hint(hint), NOTICED_MS);
  });
  return {
    asked: asked.signal,
    cut: cut.signal,
    get exitCode() {
      return exitCode;
    },
    ask,
    forget() {
      clearTimeout(timer);
      clearTimeout(noticed);
      // After a signal, another one may come until the process has ended, and would change its exit code.
      if (exitCode === undefined) forgetSignals();
    },
  };
}

/** How long a reader of the output may take, in ms, before a stop is looked for. */
const FLUSH_TIMEOUT_MS = 500;

/** Waits until everything is printed; false if the reader is gone, or a stop was asked for. */
export async function isPrinted(stdout: Output, stop: AbortSignal): Promise<boolean> {
  for (;;) {
    const isFlushed = await stdout.flush(FLUSH_TIMEOUT_MS);
    // That a write has failed is known in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    if (isFlushed || stop.aborted) return isFlushed && !stdout.isClosed;
  }
}

/** Exits if the output cannot be printed soon: a reader that has stopped reading must not keep the process. */
export async function exitIfBlocked(io: Io, exitCode: number): Promise<void> {
  const flushed = await Promise.all([io.stdout.flush(FLUSH_TIMEOUT_MS), io.stderr.flush(FLUSH_TIMEOUT_MS)]);
  if (!flushed.every(Boolean)) io.exit(exitCode);
}
