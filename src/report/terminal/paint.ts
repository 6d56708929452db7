import { Chalk } from 'chalk';
import type { Paint } from '../human/layout.ts';

/** Colours that can be read on a light and on a dark ground. Loaded only when there is colour. */
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
