import type { Io, Output, Signal } from '../../src/io.ts';
import { run } from '../../src/main.ts';
import { repository } from './repository.ts';
import { temporaryFolder } from './temporary.ts';

/** A signing secret for tests: 24 bytes. */
export const testSecret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

export interface Ran {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The parsed lines of stdout, with --json. */
  facts: Record<string, unknown>[];
}

export interface World {
  env?: Record<string, string>;
  cwd?: string;
  now?: () => number;
  isTerminal?: boolean;
  stdin?: Uint8Array;
  /** Which processes are running; none by default. */
  readonly runs?: (pid: number) => boolean;
}

export interface MemoryOutput extends Output {
  text: string;
  bytes: Buffer;
  /** Resolves once the text matches. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
}

/** An in-memory Io with an empty home folder and a new working directory. */
export function memoryIo(argv: string[], world: World = {}) {
  const signals = new Set<(signal: Signal) => void>();
  const exits: number[] = [];
  const folder = world.cwd ?? temporaryFolder();
  const io: Io & { stdout: MemoryOutput; stderr: MemoryOutput } = {
    argv,
    env: { XDG_CONFIG_HOME: temporaryFolder(), ...world.env },
    cwd: folder,
    root: repository,
    stdout: memoryOutput(world.isTerminal ?? false),
    stderr: memoryOutput(world.isTerminal ?? false),
    stdin: {
      isTerminal: false,
      async *stream() {
        yield world.stdin ?? new Uint8Array();
      },
      close() {},
    },
    now: world.now ?? Date.now,
    onSignal(listener) {
      signals.add(listener);
      return () => signals.delete(listener);
    },
    onExit: () => () => {},
    pid: process.pid,
    isRunning: world.runs ?? (() => false),
    signalGroup: (group, signal) => process.kill(-group, signal),
    exit: (code) => exits.push(code),
  };
  return {
    io,
    exits,
    signal(signal: Signal) {
      for (const listener of signals) listener(signal);
    },
  };
}

function memoryOutput(isTerminal: boolean): MemoryOutput {
  const waiting = new Set<() => void>();
  return {
    text: '',
    bytes: Buffer.alloc(0),
    write(text) {
      const bytes = Buffer.from(text as Uint8Array);
      this.bytes = Buffer.concat([this.bytes, bytes]);
      this.text += bytes.toString();
      for (const look of waiting) look();
    },
    isTerminal,
    stream() {
      // Without a width, nothing draws on it.
      return { columns: 0 } as NodeJS.WriteStream;
    },
    gather() {},
    neverBlock() {},
    dropped: 0,
    isClosed: false,
    failure: undefined,
    flush: async () => true,
    onClosed() {},
    until(pattern) {
      return new Promise((resolve) => {
        const look = () => {
          const match = this.text.match(pattern);
          if (!match) return;
          waiting.delete(look);
          resolve(match);
        };
        waiting.add(look);
        look();
      });
    },
  };
}

/** Runs a command line in this process until it exits. */
export async function runCommand(argv: string[], world: World = {}): Promise<Ran> {
  const { io } = memoryIo(argv, world);
  const exitCode = await run(io);
  const { text } = io.stdout;
  const facts = argv.includes('--json') ? readFacts(text) : [];
  return { exitCode, stdout: text, stderr: io.stderr.text, facts };
}

/** Throws for a line that is not JSON, which fails the test. */
export function readFacts(stdout: string): Record<string, unknown>[] {
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
