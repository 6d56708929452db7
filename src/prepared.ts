import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Io } from './io.ts';

const shells = ['bash', 'zsh', 'fish'];
const helped = [
  ...[
    'send',
    'listen',
    'replay',
    'captures',
    'captures list',
    'captures show',
    'captures save',
    'captures clear',
  ],
  ...['verify', 'check', 'events', 'secret', 'demo', 'completion'],
];

/** Command lines whose output is the same each time: it is written once, when the program is built, and read here. */
export const preparedLines: readonly string[] = [
  '--help',
  ...helped.map((command) => `${command} --help`),
  ...shells.map((shell) => `completion ${shell}`),
];

/**
 * What a command line prints, where that was prepared; else undefined. Help takes a third less time so, and completion,
 * which runs at the start of every shell, half.
 */
export function preparedText({ argv, env, root }: Io): string | undefined {
  const line = canonical(argv);
  if (!preparedLines.includes(line)) return undefined;
  // Types of the user's own are completed too.
  if (line.startsWith('completion') && env.SCALEKIT_HOOKS_FIXTURES) return undefined;
  try {
    return JSON.parse(readFileSync(join(root, 'dist/prepared.json'), 'utf8'))[line];
  } catch {
    // While it is being built there is none.
    return undefined;
  }
}

function canonical(argv: readonly string[]): string {
  const [first, ...rest] = argv;
  if (first === 'help') return [...rest, '--help'].join(' ');
  return [...argv.slice(0, -1), argv.at(-1) === '-h' ? '--help' : argv.at(-1)].join(' ');
}
