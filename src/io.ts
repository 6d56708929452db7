import { fstatSync, statSync, writeSync } from 'node:fs';
import { hasCode } from './system-errors.ts';

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

/** The world as the program sees it. Only this file and bin/ touch `process`. */
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

/** The part of a terminal's stream that says whether writes block. */
interface TerminalStream extends NodeJS.WriteStream {
  _handle?: { setBlocking?(isBlocking: boolean): void };
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
    stdin: {
      get isTerminal() {
        return isTerminal(0);
      },
      async *stream() {
        try {
          yield* host.stdin;
        } catch (error) {
          if (!host.stdin.destroyed) throw error;
        }
      },
      close() {
        host.stdin.destroy();
      },
    },
    now: Date.now,
    onSignal(listener, signals = ['SIGINT', 'SIGTERM']) {
      const listeners = signals.map((signal) => [signal, () => listener(signal)] as const);
      for (const [signal, call] of listeners) host.on(signal, call);
      return () => {
        for (const [signal, call] of listeners) host.off(signal, call);
      };
    },
    onExit(listener) {
      host.on('exit', listener);
      return () => host.off('exit', listener);
    },
    signalGroup(group, signal) {
      try {
        return host.kill(-group, signal);
      } catch (error) {
        // Nobody is there, or (macOS) nobody but what has ended.
        if (hasCode(error, 'ESRCH') || hasCode(error, 'EPERM')) return false;
        throw error;
      }
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
  let failure: Error | undefined;
  const failed = (error: unknown) => {
    if (isClosed) return;
    if (!hasCode(error, 'EPIPE')) failure = error as Error;
    isClosed = true;
    for (const listener of closedListeners) listener();
  };
  let gathers = false;
  let gathered = '';
  const flushGathered = () => {
    const text = gathered;
    gathered = '';
    if (text !== '') writeNow(text);
  };
  const useStream = () => {
    if (!stream) {
      stream = load();
      stream.on('error', failed);
    }
    return stream;
  };
  const writeNow = (text: string | Uint8Array) => {
    if (isClosed) return;
    if (stream) {
      stream.write(text);
      return;
    }
    const rest = writeAll(fd, text, failed);
    if (rest) useStream().write(rest);
  };
  return {
    write(text) {
      if (isClosed) return;
      if (stream && stream.writableLength + gathered.length > limit) dropped += 1;
      else if (gathers && typeof text === 'string') {
        if (gathered === '') setImmediate(flushGathered);
        gathered += text;
      } else {
        flushGathered();
        writeNow(text);
      }
    },
    gather() {
      gathers = true;
    },
    get isTerminal() {
      return isTerminal(fd);
    },
    stream: useStream,
    dropWhenSlow() {
      limit = SLOW_READER_LIMIT;
      gathers = true;
      // A terminal that is held (Ctrl-S) would block every write: Node.js makes terminals blocking.
      (useStream() as TerminalStream)._handle?.setBlocking?.(false);
    },
    async flush(patience) {
      flushGathered();
      const until = performance.now() + patience;
      while (stream && !isClosed && stream.writableLength > 0) {
        if (performance.now() > until) return false;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return true;
    },
    get isClosed() {
      return isClosed;
    },
    get failure() {
      return failure;
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
function writeAll(
  fd: number,
  text: string | Uint8Array,
  failed: (error: unknown) => void,
): Buffer | undefined {
  let rest = Buffer.from(text as Uint8Array);
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

/** Whether a runner of GitHub Actions reads what is printed. */
export function isOnGithub({ env: { GITHUB_ACTIONS: value } }: Pick<Io, 'env'>): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value);
}

/** CI services set CI to true or to their name; a person may set it to false. */
export function isCi({ CI }: Io['env']): boolean {
  return CI !== undefined && !['', '0', 'false'].includes(CI);
}
