import { spawnSync } from 'node:child_process';

/** Programs that some tests need, and the Debian packages that bring them; `.ci/install` installs all. */
const parts = {
  php: { packages: 'php-cli', command: ['php', '--version'] },
  python: { packages: 'python3-flask', command: ['/usr/bin/python3', '-c', 'import flask'] },
  redis: { packages: 'redis-server', command: ['redis-server', '--version'] },
  chromium: { packages: 'chromium', command: ['chromium', '--version'] },
  go: { packages: 'golang-go', command: ['go', 'version'] },
} as const;

/**
 * Why a test that needs the part is skipped; undefined if the part is there. Throws if the environment variable REQUIRE
 * names the part, so that CI skips nothing.
 */
export function missing(part: keyof typeof parts): string | undefined {
  const { packages, command } = parts[part];
  const [file, ...args] = command;
  if (spawnSync(file, args).status === 0) return undefined;
  const reason = `${part} is not installed; sudo apt-get install ${packages}`;
  if ((process.env.REQUIRE ?? '').split(',').includes(part)) throw new Error(reason);
  return reason;
}
