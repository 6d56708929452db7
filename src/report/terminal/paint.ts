import { Chalk } from 'chalk';
import type { Paint } from '../human/layout.ts';

/** Colors that are readable on light and dark backgrounds. Loaded only when output is colored. */
export function colors(): Paint {
  const chalk = new Chalk({ level: 1 });
  return {
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    strong: chalk.bold,
    faint: chalk.dim,
    name: chalk.cyan,
  };
}
