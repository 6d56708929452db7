import { runCommand, testSecret } from './memory-io.ts';
import { clientId, clientSecret, logEntry } from './scalekit-stand-in.ts';
import { temporaryFolder } from './temporary.ts';

/** What `pull` needs in its environment to read a stand-in and to sign. */
export const pullEnv = (url: string) => ({
  SCALEKIT_WEBHOOK_SECRET: testSecret,
  SCALEKIT_ENVIRONMENT_URL: url,
  SCALEKIT_CLIENT_ID: clientId,
  SCALEKIT_CLIENT_SECRET: clientSecret,
});

/** Runs pull in an empty folder with the credentials of a stand-in. */
export async function pull(
  url: string,
  args: readonly string[],
  env: Record<string, string> = {},
  cwd = temporaryFolder(),
) {
  return { ...(await runCommand(['pull', ...args], { env: { ...pullEnv(url), ...env }, cwd })), cwd };
}

/** Selects every event of a stand-in. */
export const old = ['--since', '2026-11-28T00:00:00Z'];

export const numbered = (count: number) => Array.from({ length: count }, (_, index) => logEntry(index));
