import type { Context } from '../report/index.ts';

export type { Context };

/** What a command does. Returns the exit code. */
export type Work = (context: Context) => Promise<number> | number;
