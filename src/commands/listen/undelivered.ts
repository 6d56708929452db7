import type { Undelivered } from '../../captures/outcomes.ts';
import type { CaptureStore } from '../../captures/store.ts';
import type { CapturesPlace } from '../../config/captures.ts';
import { HooksError } from '../../errors.ts';
import type { Context } from '../context.ts';
import type { Desk } from './desk.ts';
import type { ListenSettings } from './options.ts';

/** Says how many captures the app did not accept, and how to send them again. */
export async function noteUndelivered(
  { forwarder, store }: Desk,
  { forward, captures }: ListenSettings,
  { report }: Context,
): Promise<void> {
  const failed = forwarder?.undelivered ?? [];
  const undelivered =
    store && failed.length > 0 ? await stillUndelivered(failed, store, captures!.place) : failed;
  if (undelivered.length === 0) return;
  const [only, ...others] = forward?.routes ?? [];
  const target = only && others.length === 0 ? only.target.url.href : '…';
  const advice = store ? `. Run scalekit-hooks replay --failed --to ${target}` : '';
  const events = undelivered.length === 1 ? '1 event' : `${undelivered.length} events`;
  report.note(`the app did not accept ${events}${advice}`);
}

/** Without the captures that a replay has delivered in the meantime. */
async function stillUndelivered(
  failed: readonly Undelivered[],
  store: CaptureStore,
  place: CapturesPlace,
): Promise<readonly Undelivered[]> {
  const [{ LatestOutcomes }, { followerName }] = await Promise.all([
    import('../../captures/outcomes.ts'),
    import('../../config/followers/name.ts'),
  ]);
  try {
    const outcomes = await LatestOutcomes.read(await store.openReader(), followerName(place));
    return failed.filter((head) => outcomes.isUndelivered(head));
  } catch (error) {
    // A server may be gone by now; the listener ends anyway.
    if (error instanceof HooksError) return failed;
    throw error;
  }
}
