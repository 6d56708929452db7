import { version } from '../package.json' with { type: 'json' };
import type { Io } from './io.ts';
import { preparedText } from './prepared.ts';
import { systemIo } from './system-io.ts';

/** Runs the program in the real world. `root` is the package's folder. For bin/ only. */
export function start(host: NodeJS.Process, root: string): void {
  const io = systemIo(host, root);
  run(io).then(
    (exitCode) => {
      host.exitCode = exitCode;
      leaveSoon(io, exitCode);
    },
    (error) => {
      // Not even the error could be reported.
      host.exitCode = 4;
      host.stderr.on('error', () => {});
      host.stderr.write(`error: ${error?.message}\n`);
    },
  );
}

/**
 * What cannot be cut, such as a look-up that waits for a name server, may keep the process alive for long after it is
 * done. Nobody is kept waiting for that, once all that was said is read.
 */
function leaveSoon(io: Io, exitCode: number): void {
  const leave = async () => {
    const isRead = await Promise.all([io.stdout.flush(0), io.stderr.flush(0)]);
    if (isRead.every(Boolean)) io.exit(exitCode);
    else leaveSoon(io, exitCode);
  };
  setTimeout(leave, LEAVING).unref();
}

/** Milliseconds that a process may take to end by itself. */
const LEAVING = 200;

/** Runs one command line to its end and returns the exit code. */
export async function run(io: Io): Promise<number> {
  // Scripts ask this most often: it is answered before anything is loaded.
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

/** The command lines whose output is the same each time; the build writes it. */
export async function linesToPrepare(): Promise<string[]> {
  const { helpLines } = await import('./commands/index.ts');
  return [...(await helpLines()), ...['bash', 'zsh', 'fish'].map((shell) => `completion ${shell}`)];
}
