import type { Context } from '../report/index.ts';

export type { Context } from '../report/index.ts';

import { setMaxListeners } from 'node:events';
import type { Io, Signal } from '../io.ts';

/** How long the first Ctrl-C waits for what is in flight, in milliseconds. */
export const PATIENCE = 2000;

/** A wish to stop: the first signal asks, the second ends the process at once. */
export interface Stop {
  /** Aborts with the first signal: nothing new is begun. */
  readonly asked: AbortSignal;
  /** Aborts when patience with what is in flight has run out. */
  readonly cut: AbortSignal;
  /** 130 or 143; undefined while nobody asked. */
  readonly exitCode: number | undefined;
  /** Stops as if asked, without a signal. */
  ask(): void;
  /** Listens to signals no more. */
  forget(): void;
}

/** 128 and the number of the signal, as shells have it. */
export const exitCodes: Record<Signal, number> = { SIGHUP: 129, SIGINT: 130, SIGQUIT: 131, SIGTERM: 143 };

export function listenForStop(io: Io): Stop {
  const asked = new AbortController();
  const cut = new AbortController();
  // Each connection of a burst listens.
  setMaxListeners(0, asked.signal, cut.signal);
  let exitCode: number | undefined;
  let patience: NodeJS.Timeout | undefined;
  const ask = () => {
    asked.abort();
    patience ??= setTimeout(() => cut.abort(), PATIENCE);
  };
  const forgetSignals = io.onSignal((signal) => {
    if (exitCode !== undefined) return io.exit(exitCodes[signal]);
    exitCode = exitCodes[signal];
    ask();
  });
  return {
    asked: asked.signal,
    cut: cut.signal,
    get exitCode() {
      return exitCode;
    },
    ask,
    forget() {
      clearTimeout(patience);
      forgetSignals();
    },
  };
}

/** What a command does: it returns the exit code. */
export type Work = (context: Context) => Promise<number> | number;
