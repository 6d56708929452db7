import { spawnSync } from 'node:child_process';

/** What some tests need from the system: how to see that it is installed, and what brings it. */
const parts = {
  zsh: { probe: ['zsh', '-c', 'exit'], install: 'apt-get install zsh' },
  fish: { probe: ['fish', '-c', 'exit'], install: 'apt-get install fish' },
} as const satisfies Record<string, { probe: readonly [string, ...string[]]; install: string }>;

export type Part = keyof typeof parts;

/** What to pass to `describe.skipIf` and how to end its title, so that a skip says why and what would end it. */
export interface Needed {
  readonly isMissing: boolean;
  readonly title: string;
}

/** Looks for a part. Throws where REQUIRE names it and it is missing: CI must not pass for want of a part. */
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
