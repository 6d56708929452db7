import { fstatSync, statSync, writeSync } from 'node:fs';

/** One of the program's two output streams. */
export interface Output {
  /** Writes text as it is; cleaning is the reporter's duty. After the reader has gone it does nothing. */
  write(text: string): void;
  readonly isTerminal: boolean;
  /** The Node stream, for a library that draws on it. Loads it on first use. */
  stream(): NodeJS.WriteStream;
  /** From now on a slow reader never holds the process up: what it cannot take within 1 MiB is dropped and counted. */
  dropWhenSlow(): void;
  readonly dropped: number;
  /** Calls back once when the reader has gone (a closed pipe). */
  onClosed(listener: () => void): void;
}

export type Signal = 'SIGINT' | 'SIGTERM';

/** The world as the program sees it. Only this file and bin/ touch `process`. */
export interface Io {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** The package's own folder, where fixtures/ is. */
  readonly root: string;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back on SIGINT and SIGTERM, in place of what they do otherwise; returns how to undo it. */
  onSignal(listener: (signal: Signal) => void): () => void;
  /** Ends the process at once: for the second Ctrl-C only. */
  exit(code: number): void;
}

/** What an unread pipe may hold before a listener drops lines rather than growing. */
const SLOW_READER_LIMIT = 1024 * 1024;

/** The real world. `root` is the package's folder. */
export function systemIo(host: NodeJS.Process, root: string): Io {
  return {
    argv: host.argv.slice(2),
    env: host.env,
    cwd: host.cwd(),
    root,
    stdout: openOutput(1, () => host.stdout),
    stderr: openOutput(2, () => host.stderr),
    now: Date.now,
    onSignal(listener) {
      const signals: Signal[] = ['SIGINT', 'SIGTERM'];
      const listeners = signals.map((signal) => [signal, () => listener(signal)] as const);
      for (const [signal, call] of listeners) host.on(signal, call);
      return () => {
        for (const [signal, call] of listeners) host.off(signal, call);
      };
    },
    exit: (code) => host.exit(code),
  };
}

/**
 * Writes by file descriptor, since loading `process.stdout` costs a short command 5 ms
 * (an eighth of its time), and by the stream once that is in use or the descriptor would block.
 */
function openOutput(fd: 1 | 2, load: () => NodeJS.WriteStream): Output {
  let stream: NodeJS.WriteStream | undefined;
  let isClosed = false;
  const closedListeners: (() => void)[] = [];
  let limit = Number.POSITIVE_INFINITY;
  let dropped = 0;
  const failed = (error: unknown) => {
    if (!hasCode(error, 'EPIPE')) throw error;
    if (isClosed) return;
    isClosed = true;
    for (const listener of closedListeners) listener();
  };
  const useStream = () => {
    if (!stream) {
      stream = load();
      stream.on('error', failed);
    }
    return stream;
  };
  return {
    write(text) {
      if (isClosed) return;
      if (stream) {
        if (stream.writableLength > limit) dropped += 1;
        else stream.write(text);
        return;
      }
      const rest = writeAll(fd, text, failed);
      if (rest) useStream().write(rest);
    },
    get isTerminal() {
      return isTerminal(fd);
    },
    stream: useStream,
    dropWhenSlow() {
      limit = SLOW_READER_LIMIT;
      useStream();
    },
    get dropped() {
      return dropped;
    },
    onClosed: (listener) => {
      closedListeners.push(listener);
    },
  };
}

/** Writes what the descriptor takes; returns what it would have had to wait for. */
function writeAll(fd: number, text: string, failed: (error: unknown) => void): Buffer | undefined {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (hasCode(error, 'EAGAIN')) return rest;
      failed(error);
      return undefined;
    }
  }
  return undefined;
}

function isTerminal(fd: number): boolean {
  // `process.stdout.isTTY` would load the whole stream, and node:tty most of it: ask it only where it may be true.
  const file = fstatSync(fd);
  if (!file.isCharacterDevice() || file.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev)
    return false;
  return process.getBuiltinModule('node:tty').isatty(fd);
}

/** Whether an error is a system error with this code (`ENOENT`, `EPIPE`, …). */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
