import { userInfo } from 'node:os';
import { join } from 'node:path';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';

/** Where followers note how far they are (XDG Base Directory Specification). Throws HooksError. */
export function stateFolder(env: Io['env']): string {
  const home = homeOf(env);
  if (!home && !env.XDG_STATE_HOME) throw new HooksError('no_home_folder', undefined);
  return join(env.XDG_STATE_HOME || join(home, '.local', 'state'), 'scalekit-hooks');
}

/** Empty for a user without a home folder. */
export function homeOf(env: Io['env']): string {
  if (env.HOME) return env.HOME;
  try {
    return userInfo().homedir;
  } catch {
    return '';
  }
}
