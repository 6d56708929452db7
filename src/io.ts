/** One of the program's two output streams. */
export interface Output {
  /** Writes text or bytes as they are; cleaning is the reporter's duty. After the reader has gone it does nothing. */
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** The Node stream, for a library that draws on it. Loads it on first use. */
  stream(): NodeJS.WriteStream;
  /** From now on what is written in one turn of the event loop is one write: a third of a busy command's time. */
  gather(): void;
  /** As gather, and from now on a slow reader never holds the process up: what it cannot take within 1 MiB is dropped and counted. */
  dropWhenSlow(): void;
  readonly dropped: number;
  /** Whether nothing more is written: the reader has gone, or writing failed. */
  readonly isClosed: boolean;
  /** Why writing failed, as on a full disk; that the reader has gone is no failure. */
  readonly failure: Error | undefined;
  /** Waits until everything is written, at most so many milliseconds; says whether it is. */
  flush(patience: number): Promise<boolean>;
  /** Calls back once when nothing more is written: the reader has gone (a closed pipe), or writing failed. */
  onClosed(listener: () => void): void;
}

/** What is given to the program. */
export interface Input {
  readonly isTerminal: boolean;
  /** Piece by piece. */
  stream(): AsyncIterable<Uint8Array>;
  /** Reads no more: what is being read ends here. */
  close(): void;
}

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT';

/** The world as the program sees it. Only system-io.ts and bin/ touch `process`. */
export interface Io {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The package's own folder, where fixtures/ is. */
  readonly root: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Input;
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back on signals, in place of what they do otherwise: SIGINT and SIGTERM, unless named. Returns how to undo it. */
  onSignal(listener: (signal: Signal) => void, signals?: readonly Signal[]): () => void;
  /** Calls back when the process ends, however it does but for SIGKILL; nothing can be waited for then. Returns how to undo it. */
  onExit(listener: () => void): () => void;
  /** Sends a signal to a group of processes; says whether any of them was there. 0 only asks. */
  signalGroup(group: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean;
  /** Ends the process at once: for the second Ctrl-C, and for what cannot be cut once all is done. */
  exit(code: number): void;
}
