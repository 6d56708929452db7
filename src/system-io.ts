import { fstatSync, statSync, writeSync } from 'node:fs';
import type { Io, Output } from './io.ts';
import { hasCode } from './system-errors.ts';

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
