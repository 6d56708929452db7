import { hostname, userInfo } from 'node:os';

/** The name that replays are recorded under: `user@host`. */
export function followerName(): string {
  return `${userName()}@${hostname()}`;
}

/** In some containers, the user has no entry in /etc/passwd and so no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
