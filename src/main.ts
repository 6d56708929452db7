import { version } from '../package.json' with { type: 'json' };
import { type Io, systemIo } from './io.ts';

/** Runs the program in the real world. `root` is the package's folder. For bin/ only. */
export function start(host: NodeJS.Process, root: string): void {
  run(systemIo(host, root)).then((exitCode) => {
    host.exitCode = exitCode;
  });
}

/** Runs one command line to its end and returns the exit code. Never throws. */
export async function run(io: Io): Promise<number> {
  // Scripts ask this most often: it is answered before anything is loaded.
  if (io.argv.length === 1 && (io.argv[0] === '--version' || io.argv[0] === '-V')) {
    io.stdout.write(`${version}\n`);
    return 0;
  }
  const { runProgram } = await import('./program.ts');
  return runProgram(io, version);
}
