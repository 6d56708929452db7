import { readEdits } from '../../cli/edits.ts';
import { patternsOf, retryPolicyOf } from '../../cli/flag-sets.ts';
import { findCapturesFolder } from '../../config/captures.ts';
import { HooksError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import { readDelivery } from '../delivery-options.ts';
import type { ReplayFlags } from './flags.ts';
import type { ReplayMode } from './message.ts';
import type { ReplaySettings } from './run.ts';
import type { CapturePick } from './selection.ts';

/** Sends nothing. Throws HooksError. */
export function readReplaySettings(given: ReplayFlags, io: Io): ReplaySettings {
  return {
    folder: findCapturesFolder(io, given),
    pick: readPick(given),
    mode: readMode(given),
    edits: readEdits(given),
    delivery: readDelivery(given, io),
    pace: { concurrency: given.concurrency, perSecond: given.rate },
    retry: retryPolicyOf(given),
    keepsOutcomes: !given.noCapture,
    show: given.print ?? (given.dryRun ? 'message' : undefined),
  };
}

function readMode({ exact, newId }: ReplayFlags): ReplayMode {
  if (exact) return 'exact';
  return newId ? 'new' : 'resigned';
}

function readPick({ ids, type, since, failed, all, from }: ReplayFlags): CapturePick {
  if (ids.length > 0) return { kind: 'ids', ids };
  const filter = { patterns: patternsOf(type), since };
  const isFiltered = type.length > 0 || since > Number.NEGATIVE_INFINITY;
  if (from !== undefined) return { kind: 'file', path: from, filter };
  if (!isFiltered && !failed && !all) throw new HooksError('nothing_to_replay', {});
  return { kind: failed ? 'failed' : 'all', filter };
}
