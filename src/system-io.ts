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
    stdout: new SystemOutput(1, () => host.stdout),
    stderr: new SystemOutput(2, () => host.stderr),
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
class SystemOutput implements Output {
  isClosed = false;
  failure: Error | undefined;
  dropped = 0;
  readonly #fd: 1 | 2;
  readonly #load: () => NodeJS.WriteStream;
  #stream: NodeJS.WriteStream | undefined;
  #gathers = false;
  #gathered = '';
  #maxPending = Number.POSITIVE_INFINITY;
  readonly #closedListeners: (() => void)[] = [];

  constructor(fd: 1 | 2, load: () => NodeJS.WriteStream) {
    this.#fd = fd;
    this.#load = load;
  }

  get isTerminal(): boolean {
    return isTerminal(this.#fd);
  }

  stream(): NodeJS.WriteStream {
    this.#stream ??= this.#load().on('error', this.#failed);
    return this.#stream;
  }

  write(text: string | Uint8Array): void {
    if (this.isClosed) return;
    if (this.#pendingBytes + this.#gathered.length > this.#maxPending) this.dropped += 1;
    else if (this.#gathers && typeof text === 'string') {
      if (this.#gathered === '') setImmediate(() => this.#writeGathered());
      this.#gathered += text;
    } else {
      this.#writeGathered();
      this.#writeNow(text);
    }
  }

  gather(): void {
    this.#gathers = true;
  }

  neverBlock(maxPendingBytes = this.#maxPending): void {
    this.#maxPending = maxPendingBytes;
    // Writes to terminals and pipes block in Node.js: a paused terminal (Ctrl-S) would block the process.
    (this.stream() as TerminalStream)._handle?.setBlocking?.(false);
  }

  async flush(timeoutMs: number): Promise<boolean> {
    this.#writeGathered();
    // Before the clock is asked: it loads node:perf_hooks.
    if (this.#pendingBytes === 0) return true;
    const deadline = performance.now() + timeoutMs;
    while (this.#pendingBytes > 0) {
      if (performance.now() > deadline) return false;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    return true;
  }

  onClosed(listener: () => void): void {
    this.#closedListeners.push(listener);
  }

  get #pendingBytes(): number {
    return (!this.isClosed && this.#stream?.writableLength) || 0;
  }

  #writeGathered(): void {
    const text = this.#gathered;
    this.#gathered = '';
    this.#writeNow(text);
  }

  #writeNow(text: string | Uint8Array): void {
    if (this.isClosed) return;
    const rest = this.#stream ? text : writeAll(this.#fd, text, this.#failed);
    if (rest) this.stream().write(rest);
  }

  readonly #failed = (error: unknown): void => {
    if (this.isClosed) return;
    if (!hasCode(error, 'EPIPE')) this.failure = error as Error;
    this.isClosed = true;
    for (const listener of this.#closedListeners) listener();
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
