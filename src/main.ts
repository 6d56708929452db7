import { version } from '../package.json' with { type: 'json' };
import type { Io } from './io.ts';
import { preparedText } from './prepared.ts';
import { systemIo } from './system-io.ts';

/** Runs the program with the real process. `root` is the package's folder. Only for bin/. */
export function start(host: NodeJS.Process, root: string): void {
  const io = systemIo(host, root);
  run(io).then(
    (exitCode) => {
      host.exitCode = exitCode;
      exitSoon(io, exitCode);
    },
    (error) => {
      // Reporting the error failed too.
      host.exitCode = 4;
      host.stderr.on('error', () => {});
      host.stderr.write(`error: ${error?.message}\n`);
    },
  );
}

/**
 * Exits once all output is read, even if the event loop is still busy: a pending operation that cannot be canceled,
 * such as a DNS lookup, would keep the process alive.
 */
function exitSoon(io: Io, exitCode: number): void {
  const exitIfRead = async () => {
    const isRead = await Promise.all([io.stdout.flush(0), io.stderr.flush(0)]);
    if (isRead.every(Boolean)) io.exit(exitCode);
    else exitSoon(io, exitCode);
  };
  setTimeout(exitIfRead, EXIT_DELAY_MS).unref();
}

/** Time for the process to exit normally. */
const EXIT_DELAY_MS = 200;

/** Runs one command line to its end and returns the exit code. */
export async function run(io: Io): Promise<number> {
  // The most frequent call in scripts, so it is answered before other modules load.
  const isVersion = io.argv.length === 1 && (io.argv[0] === '--version' || io.argv[0] === '-V');
  const text = isVersion ? `${version}\n` : preparedText(io);
  if (text !== undefined) {
    io.stdout.write(text);
    if (!io.stdout.failure) return 0;
  }
  if (io.argv.length === 1) {
    const exitCode = await (await import('./plain.ts')).runPlain(io);
    if (exitCode !== undefined) return exitCode;
  }
  const { runProgram } = await import('./program.ts');
  return runProgram(io, version);
}

/** Command lines with constant output, which the build writes to dist/prepared.json. */
export async function linesToPrepare(): Promise<string[]> {
  const { helpLines } = await import('./commands/index.ts');
  return [...(await helpLines()), ...['bash', 'zsh', 'fish'].map((shell) => `completion ${shell}`)];
}
