import { type EditFlags, readEdits } from '../../cli/edits.ts';
import { refuseContradictions } from '../../cli/flags.ts';
import { type PaceFlags, readPace } from '../../cli/pace.ts';
import {
  type CapturesFlags,
  type FilterFlags,
  findCapturesFolder,
  readFilter,
} from '../../config/captures.ts';
import { HooksError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { type DeliveryFlags, readDelivery } from '../delivery-options.ts';
import type { ReplayMode } from './message.ts';
import type { ReplaySettings } from './run.ts';
import type { Pick } from './selection.ts';

/** The flags of `replay` as they are given. */
export interface ReplayFlags extends CapturesFlags, DeliveryFlags, EditFlags, FilterFlags, PaceFlags {
  readonly all?: boolean;
  readonly failed?: boolean;
  readonly from?: string;
  readonly newId?: boolean;
  readonly exact?: boolean;
  readonly capture?: boolean;
  readonly dryRun?: boolean;
  readonly print?: string;
}

/** What ids and flags come to. Throws HooksError, and nothing is sent. */
export function readReplayOptions(ids: readonly string[], given: ReplayFlags, io: Io): ReplaySettings {
  refuseCombinations(ids, given);
  return {
    folder: findCapturesFolder(io, given),
    pick: readPick(ids, given, io),
    mode: readMode(given),
    edits: readEdits(given),
    delivery: readDelivery(given, io),
    pace: readPace(given),
    keepsOutcomes: given.capture ?? true,
    show: given.print === 'curl' ? 'curl' : given.dryRun ? 'message' : undefined,
  };
}

function readMode({ exact, newId }: ReplayFlags): ReplayMode {
  if (exact) return 'exact';
  return newId ? 'new' : 'resigned';
}

function readPick(ids: readonly string[], given: ReplayFlags, io: Io): Pick {
  if (ids.length > 0) return { kind: 'ids', ids };
  const filter = readFilter(given, io.now());
  if (given.from !== undefined) return { kind: 'file', path: given.from, filter };
  return { kind: given.failed ? 'failed' : 'all', filter };
}

/** Flags that contradict each other: the first two of a row, and why. */
function refuseCombinations(ids: readonly string[], given: ReplayFlags): void {
  const isFiltered = given.type !== undefined || given.since !== undefined;
  if (ids.length === 0 && !isFiltered && !given.failed && !given.all && given.from === undefined) {
    throw new HooksError('nothing_to_replay', {});
  }
  const [named, exact] = [
    'the ids say already which',
    '--exact sends the old bytes: nothing is edited or signed',
  ];
  refuseContradictions([
    [ids.length > 0 && given.type, 'an id', '--type', named],
    [ids.length > 0 && given.since, 'an id', '--since', named],
    [ids.length > 0 && given.failed, 'an id', '--failed', named],
    [ids.length > 0 && given.all, 'an id', '--all', named],
    [ids.length > 0 && given.from, 'an id', '--from', named],
    [given.all && isFiltered, '--all', given.type ? '--type' : '--since', 'all is all'],
    [given.all && given.failed, '--all', '--failed', 'all is all'],
    [given.from && given.failed, '--from', '--failed', 'what failed is known of captures kept here only'],
    [given.exact && given.newId, '--exact', '--new-id', exact],
    [given.exact && given.set, '--exact', '--set', exact],
    [given.exact && given.unset, '--exact', '--unset', exact],
    [given.exact && given.add, '--exact', '--add', exact],
    [given.exact && given.secret, '--exact', '--secret', exact],
  ]);
}
