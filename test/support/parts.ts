import { spawnSync } from 'node:child_process';

/** Programs that some tests need: how to detect and how to install them. */
const parts = {
  zsh: { probe: ['zsh', '-c', 'exit'], install: 'apt-get install zsh' },
  fish: { probe: ['fish', '-c', 'exit'], install: 'apt-get install fish' },
  php: {
    probe: ['php', '-r', 'new PDO("sqlite::memory:");'],
    install: 'apt-get install php-cli php-sqlite3',
  },
} as const satisfies Record<string, { probe: readonly [string, ...string[]]; install: string }>;

export type Part = keyof typeof parts;

/** Pass `isMissing` to `describe.skipIf` and append `title` to its title, so that a skip shows its reason and fix. */
export interface Needed {
  readonly isMissing: boolean;
  readonly title: string;
}

/** Throws if the part is missing and REQUIRE names it, so that CI does not pass by skipping tests. */
export function needs(part: Part): Needed {
  const { probe, install } = parts[part];
  const [command, ...args] = probe;
  const isMissing = spawnSync(command, args, { stdio: 'ignore' }).status !== 0;
  const required = (process.env.REQUIRE ?? '').split(',').map((name) => name.trim());
  if (isMissing && required.includes(part)) {
    throw new Error(`REQUIRE names ${part}, and it is not installed: ${install}`);
  }
  return { isMissing, title: isMissing ? ` (skipped: ${part} is not installed; ${install})` : '' };
}
