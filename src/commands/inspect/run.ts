import { once } from 'node:events';
import { withStore } from '../../captures/open.ts';
import type { CaptureStore } from '../../captures/store.ts';
import { findCapturesPlace } from '../../config/captures.ts';
import { followerName } from '../../config/followers/name.ts';
import { findSecrets } from '../../config/secrets.ts';
import { allowedTarget, findTarget } from '../../config/target.ts';
import type { Target } from '../../delivery/target.ts';
import { HooksError } from '../../errors.ts';
import type { Io } from '../../io.ts';
import type { Context } from '../context.ts';
import { readInspectorSetting, serveInspector } from '../inspector.ts';
import { listenForStop } from '../stop.ts';
import type { InspectFlags } from './flags.ts';

/** Serves the inspector until a signal stops it, and returns the exit code. Throws HooksError. */
export async function inspect(given: InspectFlags, context: Context): Promise<number> {
  const { io, report } = context;
  const place = findCapturesPlace(io, given);
  const targets = targetsOf(given, io);
  const secret = findSecrets(io, given.secret);
  const setting = readInspectorSetting({ ...given, insecure: false }, context);
  for (const { text } of secret.secrets) report.hide(text);
  for (const note of secret.notes) report.note(note);
  return withStore(place, async (store) => {
    for (const note of await store.notes()) report.warn(note);
    const inspected = {
      store,
      secret,
      targets,
      follower: followerName(place),
      listener: null,
      recorder: undefined,
    };
    const inspector = await serveInspector(inspected, setting, context);
    report.hint(given.open ? 'press Ctrl-C to stop' : 'open the link in a browser, and press Ctrl-C to stop');
    void noteUnreachable(store, context);
    const stop = listenForStop(context);
    await once(stop.asked, 'abort');
    stop.forget();
    await inspector.close();
    return stop.exitCode ?? 0;
  });
}

/** The page keeps trying to reach the store; the terminal reports once why it shows nothing. */
async function noteUnreachable(store: CaptureStore, { report }: Context): Promise<void> {
  try {
    for await (const _batch of (await store.openReader()).newestFirst()) return;
  } catch (error) {
    if (!(error instanceof HooksError)) return;
    const { message, detail } = error.sentences;
    report.warn(`${message}: ${detail}. The page shows its captures as soon as it can be reached`);
  }
}

/** `--to`, or else SCALEKIT_HOOKS_TO, or else the usual target. */
function targetsOf(given: InspectFlags, io: Pick<Io, 'env' | 'cwd'>): Target[] {
  const allow = { allowHost: given.allowHost, insecure: false };
  if (given.to.length === 0) return [findTarget(io, allow)];
  return given.to.map((text) => allowedTarget(text, '--to', io.env, allow));
}
