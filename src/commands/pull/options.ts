import { type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Filter } from '../../captures/filter.ts';
import { filterOf, retryPolicyOf } from '../../cli/flag-sets.ts';
import { type CapturesPlace, findCapturesPlace } from '../../config/captures.ts';
import { followerName } from '../../config/followers/name.ts';
import { checkProxies } from '../../config/proxies.ts';
import { findCredentials, type ScalekitCredentials } from '../../config/scalekit.ts';
import { HooksError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { whyUnwritable } from '../../system-errors.ts';
import { readDelivery } from '../delivery-options.ts';
import type { Manner } from '../dispatch.ts';
import { followersRetry } from '../follow-retry.ts';
import type { PullFlags } from './flags.ts';

/** Valid settings: from here on, only the API, the app, or storing can fail. */
export interface PullSettings extends Manner {
  readonly credentials: ScalekitCredentials;
  readonly filter: Filter;
  /** Undefined for no limit. */
  readonly limit: number | undefined;
  readonly includesInternal: boolean;
  /** The name of the follower; undefined to pull once. */
  readonly follower: string | undefined;
  /** Whether the messages are printed instead of sent. */
  readonly isDry: boolean;
  /** The folder for event files; undefined to deliver. */
  readonly save: string | undefined;
  readonly isScrubbed: boolean;
  /** Undefined with --no-capture. */
  readonly captures: CapturesPlace | undefined;
}

const HOUR_MS = 3_600_000;

/** Sends nothing. Throws HooksError. */
export function readPullSettings(given: PullFlags, io: Io): PullSettings {
  const filter = filterOf(given);
  if (filter.since >= filter.before)
    throw new HooksError('usage', {
      message: '--since is not before --before',
      detail: 'no event is in between, so nothing was requested',
      fix: 'for example: pull --since 2h --before 1h',
    });
  const place = findCapturesPlace(io, given);
  checkProxies(io.env);
  const isSince = Number.isFinite(filter.since) || given.follow || given.limit !== undefined;
  return {
    credentials: findCredentials(io, given.environmentUrl),
    filter: isSince ? filter : { ...filter, since: Math.min(filter.before, io.now()) - HOUR_MS },
    limit: given.limit,
    includesInternal: given.includeInternal,
    follower: given.follow ? (given.name ?? followerName(place)) : undefined,
    isDry: given.dryRun,
    save: given.save === undefined ? undefined : saveFolder(given.save, io.cwd),
    isScrubbed: given.scrub,
    captures: given.noCapture || given.dryRun || given.save !== undefined ? undefined : place,
    delivery: readDelivery(given, io),
    pace: { concurrency: 1, perSecond: undefined },
    retry: given.follow ? followersRetry : retryPolicyOf(given),
  };
}

/** Checked before anything is requested. Throws HooksError if the name cannot be that of a folder. */
function saveFolder(path: string, cwd: string): string {
  const unwritable = (reason: string) => new HooksError('unwritable_file', { path, reason, isThere: false });
  if (path === '')
    throw new HooksError('invalid_value', {
      flag: '--save',
      value: path,
      expected: 'the name of a folder',
      example: '--save my-events',
    });
  let found: Stats | undefined;
  try {
    found = statSync(resolve(cwd, path), { throwIfNoEntry: false });
  } catch (error) {
    throw unwritable(whyUnwritable(error));
  }
  if (found && !found.isDirectory()) throw unwritable('it is a file, not a folder');
  return path;
}
