import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { testSecret } from './memory-io.ts';
import { bin, repository } from './repository.ts';
import { temporaryFolder } from './temporary.ts';

export interface Started {
  readonly child: ChildProcessWithoutNullStreams;
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Resolves with the first match in stdout or stderr; rejects if the process exits first. */
  until(pattern: RegExp): Promise<RegExpMatchArray>;
  /** Resolves with the exit code or the signal name. */
  readonly ended: Promise<number | string>;
}

/** Starts a process that is killed at the end of the test. It inherits only PATH from the environment. */
export function startProcess(
  file: string,
  args: string[],
  { env = {}, cwd = temporaryFolder() }: { env?: Record<string, string>; cwd?: string } = {},
): Started {
  const child = spawn(file, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: temporaryFolder(), ...env },
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => code ?? signal);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return {
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    ended,
    until(pattern) {
      return new Promise((resolve, reject) => {
        const look = () => {
          const match = (stdout + stderr).match(pattern);
          if (match) resolve(match);
        };
        child.stdout.on('data', look);
        child.stderr.on('data', look);
        ended.then((code) => reject(new Error(`ended with ${code} before ${pattern}:\n${stdout}${stderr}`)));
        look();
      });
    },
  };
}

/** Starts the built program. */
export function startBin(args: string[], options: Parameters<typeof startProcess>[2] = {}): Started {
  return startProcess(process.execPath, [bin, ...args], options);
}

/** Runs the built program until it exits. */
export async function runBin(args: string[], options: Parameters<typeof startProcess>[2] = {}) {
  const started = startBin(args, options);
  started.child.stdin.end();
  const exitCode = await started.ended;
  return { exitCode, stdout: started.stdout(), stderr: started.stderr() };
}

/** Realistic handlers in test/support/handlers. */
export type Handler = 'express' | 'fastify' | 'hono' | 'next' | 'plain' | 'overview';

/** The library that the correct handlers use to verify. */
export type Library = 'scalekit' | 'standardwebhooks' | 'svix';

/** Starts a handler in a separate process on a free port. */
export async function startHandler(
  name: Handler,
  library: Library = 'scalekit',
  secret = testSecret,
): Promise<{ url: string }> {
  const file = join(repository, 'test/support/handlers', `${name}.mjs`);
  const env = { SCALEKIT_WEBHOOK_SECRET: secret, LIBRARY: library };
  const started = startProcess(process.execPath, [file], { env });
  const [, port] = await started.until(/listening on (\d+)/);
  return { url: `http://127.0.0.1:${port}/webhook` };
}

/** Starts a file with many handlers for all tests of a suite. The caller must stop it. */
export async function startMany(
  name: 'mistakes-server' | 'documented' | 'guarded' | 'interceptors',
): Promise<{ url: string; stop(): Promise<void> }> {
  const file = join(repository, 'test/support/handlers', `${name}.mjs`);
  const env = {
    PATH: process.env.PATH,
    SCALEKIT_WEBHOOK_SECRET: testSecret,
    SCALEKIT_INTERCEPTOR_SECRET: testSecret,
  };
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const port = await new Promise((resolve, reject) => {
    child.stdout.on('data', (text) => resolve(/listening on (\d+)/.exec(String(text))?.[1]));
    ended.then(() => reject(new Error(`${name} ended before it listened`)));
  });
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
