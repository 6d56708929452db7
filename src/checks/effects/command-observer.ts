import { type ChildProcess, spawn } from 'node:child_process';
import type { Io } from '../../io.ts';
import { MAX_STATE_BYTES, type Observer, ObserverProblem, READ_TIMEOUT_MS } from './observer.ts';

/** Observes by running a shell command, in the working directory. Its stdout is the state. */
export function commandObserver(command: string, io: Pick<Io, 'cwd' | 'env' | 'signalGroup'>): Observer {
  return { read: (stop) => run(command, stop, io) };
}

function run(
  command: string,
  stop: AbortSignal,
  { cwd, env, signalGroup }: Pick<Io, 'cwd' | 'env' | 'signalGroup'>,
): Promise<string> {
  return new Promise((resolve, reject) => {
    // A separate group, so that everything the shell starts ends with it.
    const child = spawn(command, {
      cwd,
      env,
      shell: true,
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const forget = () => {
      clearTimeout(timer);
      stop.removeEventListener('abort', stopped);
    };
    const stopped = () => end('was stopped');
    const fail = (problem: string) => {
      forget();
      reject(new ObserverProblem(problem));
    };
    const end = (problem: string) => {
      if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
      fail(problem);
    };
    const timer = setTimeout(end, READ_TIMEOUT_MS, `did not end within ${READ_TIMEOUT_MS / 1000} s`);
    stop.addEventListener('abort', stopped);
    const chunks = gathered(child, () => end(`printed more than ${MAX_STATE_BYTES / 1024 / 1024} MB`));
    child.on('error', ({ message }) => fail(`could not be started: ${message}`));
    child.on('close', (code, signal) => {
      forget();
      if (code === 0) resolve(chunks.stdout());
      else fail(`ended with ${signal ?? `exit code ${code}`}${lastLine(chunks.stderr())}`);
    });
  });
}

function gathered(child: ChildProcess, onTooMuch: () => void) {
  const parts: Record<'stdout' | 'stderr', Buffer[]> = { stdout: [], stderr: [] };
  for (const name of ['stdout', 'stderr'] as const) {
    let size = 0;
    child[name]!.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_STATE_BYTES) parts[name].push(chunk);
      else if (name === 'stdout') onTooMuch();
    });
  }
  const textOf = (name: keyof typeof parts) => () => Buffer.concat(parts[name]).toString();
  return { stdout: textOf('stdout'), stderr: textOf('stderr') };
}

function lastLine(text: string): string {
  const line = text.trim().split('\n').at(-1)!.slice(0, 200);
  return line === '' ? '' : `: ${line}`;
}
