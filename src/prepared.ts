import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from './io.ts';

/**
 * What a command line prints, where that is the same each time and was written at build time: help takes a third less
 * time so, and completion, which runs at the start of every shell, half. Undefined for any other command line.
 */
export function preparedText({ argv, env, root }: Io): string | undefined {
  const line = canonical(argv);
  if (!/^completion \w+$|(^|\s)--help$/.test(line)) return undefined;
  // Types of the user's own are completed too.
  if (line.startsWith('completion') && env.SCALEKIT_HOOKS_FIXTURES) return undefined;
  try {
    const texts: Readonly<Record<string, string>> = JSON.parse(
      readFileSync(join(root, 'dist/prepared.json'), 'utf8'),
    );
    return Object.hasOwn(texts, line) ? texts[line] : undefined;
  } catch {
    // During the build there is none.
    return undefined;
  }
}

/** `help send`, `send -h` and `send --help` are one. */
function canonical(argv: readonly string[]): string {
  const [first, ...rest] = argv;
  if (first === 'help') return [...rest, '--help'].join(' ');
  return [...argv.slice(0, -1), argv.at(-1) === '-h' ? '--help' : argv.at(-1)].join(' ');
}
