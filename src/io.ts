/** One of the program's two output streams. */
export interface Output {
  /** Writes text or bytes unchanged; the reporter cleans them. Does nothing after the reader has closed the pipe. */
  write(text: string | Uint8Array): void;
  readonly isTerminal: boolean;
  /** The Node.js stream, for libraries that draw on it. Loaded on first use. */
  stream(): NodeJS.WriteStream;
  /** From now on, combines the writes of one event loop turn into one, which saves a third of a busy command's time. */
  gather(): void;
  /**
   * From now on, a slow reader never blocks the process, which would not notice signals meanwhile. Drops and counts output
   * while `maxPendingBytes` are pending; without a limit, `flush` waits for the reader.
   */
  neverBlock(maxPendingBytes?: number): void;
  readonly dropped: number;
  /** Whether the reader has closed the pipe, or writing failed. */
  readonly isClosed: boolean;
  /** Why writing failed, for example on a full disk. A closed pipe is not a failure. */
  readonly failure: Error | undefined;
  /** Waits until everything is written, at most `timeoutMs`. Resolves to whether it is. */
  flush(timeoutMs: number): Promise<boolean>;
  /** Calls back once, when `isClosed` becomes true. */
  onClosed(listener: () => void): void;
}

/** The standard input. */
export interface Input {
  readonly isTerminal: boolean;
  stream(): AsyncIterable<Uint8Array>;
  /** Stops reading; ends a stream that is being read. */
  close(): void;
}

export type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT' | 'SIGABRT' | 'SIGUSR2';

/** The program's environment. Only system-io.ts and bin/ use `process`. */
export interface Io {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The package's folder, which contains fixtures/. */
  readonly root: string;
  readonly stdout: Output;
  readonly stderr: Output;
  readonly stdin: Input;
  /** Milliseconds since 1970. */
  now(): number;
  /** Handles signals, by default SIGINT and SIGTERM. Returns a function that removes the listener. */
  onSignal(listener: (signal: Signal) => void, signals?: readonly Signal[]): () => void;
  /** Calls back synchronously on exit, except by SIGKILL. Returns a function that removes the listener. */
  onExit(listener: () => void): () => void;
  /** The id of this process. */
  readonly pid: number;
  /** Whether a process of this machine is running. */
  isRunning(pid: number): boolean;
  /** Sends a signal to a process group; returns whether the group exists. Signal 0 only tests that. */
  signalGroup(group: number, signal: 'SIGTERM' | 'SIGKILL' | 0): boolean;
  /** Exits immediately: on the second Ctrl-C, or if a pending operation cannot be canceled after the work is done. */
  exit(code: number): void;
}
