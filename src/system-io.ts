import { fstatSync, statSync, writeSync } from 'node:fs';
import type { Io, Output } from './io.ts';
import { hasCode } from './system-errors.ts';

/** The internal handle of a stream, which controls whether writes block. */
interface TerminalStream extends NodeJS.WriteStream {
  _handle?: { setBlocking?(isBlocking: boolean): void };
}

/** The Io of the real process. `root` is the package's folder. */
export function systemIo(host: NodeJS.Process, root: string): Io {
  return {
    argv: host.argv.slice(2),
    env: host.env,
    // Only when it is asked for: it may have been deleted.
    get cwd() {
      return host.cwd();
    },
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
    pid: host.pid,
    isRunning(pid) {
      try {
        host.kill(pid, 0);
        return true;
      } catch (error) {
        // Another user's process exists too.
        return hasCode(error, 'EPERM');
      }
    },
    signalGroup(group, signal) {
      try {
        return host.kill(-group, signal);
      } catch (error) {
        // No such group, or (macOS) only ended processes in it.
        if (hasCode(error, 'ESRCH') || hasCode(error, 'EPERM')) return false;
        throw error;
      }
    },
    exit: (code) => host.exit(code),
  };
}

/**
 * Writes to the file descriptor, because loading `process.stdout` takes 5 ms, an eighth of a short command's time. Uses
 * the stream once it is loaded or a write to the descriptor would block.
 */
function openOutput(fd: 1 | 2, load: () => NodeJS.WriteStream): Output {
  let stream: NodeJS.WriteStream | undefined;
  let isClosed = false;
  const closedListeners: (() => void)[] = [];
  let maxPending = Number.POSITIVE_INFINITY;
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
      if (stream && stream.writableLength + gathered.length > maxPending) dropped += 1;
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
    neverBlock(maxPendingBytes = maxPending) {
      maxPending = maxPendingBytes;
      // Writes to terminals and pipes block in Node.js: a paused terminal (Ctrl-S) would block the process.
      (useStream() as TerminalStream)._handle?.setBlocking?.(false);
    },
    async flush(timeoutMs) {
      flushGathered();
      const isPending = () => stream !== undefined && !isClosed && stream.writableLength > 0;
      // Before the clock is asked: it loads node:perf_hooks.
      if (!isPending()) return true;
      const deadline = performance.now() + timeoutMs;
      while (isPending()) {
        if (performance.now() > deadline) return false;
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

/** Writes until the descriptor would block; returns the rest. */
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
  // `process.stdout.isTTY` would load the stream, and node:tty most of it, so rule out other files first.
  try {
    const file = fstatSync(fd);
    if (!file.isCharacterDevice() || file.rdev === statSync('/dev/null', { throwIfNoEntry: false })?.rdev)
      return false;
  } catch {
    // A closed or broken descriptor is no terminal.
    return false;
  }
  return process.getBuiltinModule('node:tty').isatty(fd);
}
