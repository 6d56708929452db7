import { version } from '../package.json' with { type: 'json' };
import { type Io, systemIo } from './io.ts';
import { preparedText } from './prepared.ts';

export { preparedLines } from './prepared.ts';

/** Runs the program in the real world. `root` is the package's folder. For bin/ only. */
export function start(host: NodeJS.Process, root: string): void {
  run(systemIo(host, root)).then(
    (exitCode) => {
      host.exitCode = exitCode;
    },
    (error) => {
      host.exitCode = 4;
      host.stderr.on('error', () => {});
      host.stderr.write(`error: ${error?.message}\n`);
    },
  );
}

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
