import { readEdits } from '../../cli/edits.ts';
import { filterOf, retryPolicyOf } from '../../cli/flag-sets.ts';
import { type CapturesPlace, findCapturesPlace } from '../../config/captures.ts';
import { followerName } from '../../config/followers/name.ts';
import { allowedTarget } from '../../config/target.ts';
import type { Target } from '../../delivery/target.ts';
import { HooksError } from '../../errors.ts';
import type { Edit } from '../../events/edit.ts';
import type { Io } from '../../io.ts';
import type { ReplayMode } from '../../operations/replayed-message.ts';
import { readDelivery } from '../delivery-options.ts';
import type { Manner } from '../dispatch.ts';
import { followersRetry } from '../follow-retry.ts';
import type { ReplayFlags } from './flags.ts';
import type { CapturePick } from './selection.ts';

export interface ReplaySettings extends Manner {
  readonly place: CapturesPlace;
  readonly pick: CapturePick;
  readonly mode: ReplayMode;
  readonly edits: readonly Edit[];
  /** Whether Outcomes are stored with the captures. */
  readonly keepsOutcomes: boolean;
  /** The target at a URL that captures were forwarded to. Throws HooksError if it is not allowed. */
  targetAt(url: string): Target;
  /** Also re-signs captures that do not verify. */
  readonly trusts: boolean;
  /** Outcomes are recorded under this name. */
  readonly follower: string;
  /** The number of captures after which a follower ends; undefined for no limit. */
  readonly limit: number | undefined;
  /** Prints the messages instead of sending them. */
  readonly show: 'message' | 'curl' | undefined;
}

/** Sends nothing. Throws HooksError. */
export function readReplaySettings(given: ReplayFlags, io: Io): ReplaySettings {
  const place = findCapturesPlace(io, given);
  return {
    place,
    pick: readPick(given),
    mode: readMode(given),
    edits: readEdits(given),
    delivery: readDelivery(given, io),
    pace: { concurrency: given.concurrency, perSecond: given.rate },
    retry: given.follow ? followersRetry : retryPolicyOf(given),
    targetAt: (url) => allowedTarget(url, 'the captures', io.env, given),
    keepsOutcomes: !given.noCapture,
    trusts: given.trust,
    follower: given.name ?? followerName(place),
    limit: given.limit,
    show: given.print ?? (given.dryRun ? 'message' : undefined),
  };
}

function readMode({ exact, newId }: ReplayFlags): ReplayMode {
  if (exact) return 'exact';
  return newId ? 'new' : 'resigned';
}

function readPick(given: ReplayFlags): CapturePick {
  const { ids, type, since, before, organization, failed, all, from, follow } = given;
  if (ids.length > 0) return { kind: 'ids', ids };
  const filter = filterOf(given);
  const isFiltered =
    type.length + organization.length > 0 || Number.isFinite(since) || Number.isFinite(before);
  if (follow) return { kind: 'follow', filter };
  if (from !== undefined) return { kind: 'file', path: from, filter };
  if (!isFiltered && !failed && !all) throw new HooksError('nothing_to_replay', {});
  return { kind: failed ? 'failed' : 'all', filter };
}
