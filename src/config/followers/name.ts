import { hostname, userInfo } from 'node:os';
import type { CapturesPlace } from '../captures.ts';

/** The name that replays are recorded under: the user of a store's URL, who may write under it, or else `user@host`. */
export function followerName({ server }: CapturesPlace): string {
  const user = decodeURIComponent(server?.url.username ?? '');
  return user !== '' && user !== 'default' ? user : `${userName()}@${hostname()}`;
}

/** In some containers, the user has no entry in /etc/passwd and so no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
