import type { Io } from './io.ts';

/** Whether the program runs in GitHub Actions. */
export function isOnGithub({ env: { GITHUB_ACTIONS: value } }: Pick<Io, 'env'>): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value);
}

/** CI services set CI to `true` or to their name; users may set it to `false`. */
export function isCi({ CI }: Io['env']): boolean {
  return CI !== undefined && !['', '0', 'false'].includes(CI);
}
