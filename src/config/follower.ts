import { hostname, userInfo } from 'node:os';

/** The name under which this user's replays are recorded: `user@host`. */
export function followerName(): string {
  return `${userName()}@${hostname()}`;
}

/** A user without an entry in the system's list, as in some containers, has no name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}
