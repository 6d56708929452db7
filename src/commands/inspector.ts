import { platform } from 'node:os';
import type { CaptureStore } from '../captures/store.ts';
import type { Effects } from '../checks/effects/index.ts';
import type { fixturesFlags, uiFlags } from '../cli/flag-sets.ts';
import type { Values } from '../cli/flags.ts';
import { otherSecrets, type SecretSetting } from '../config/secrets.ts';
import { findFixturesFolder } from '../config/target.ts';
import type { Target } from '../delivery/target.ts';
import { listFixtures } from '../events/catalog/fixtures.ts';
import type { ApiSources } from '../inspector/server/api.ts';
import type { Inspector } from '../inspector/server/server.ts';
import { CaptureRecorder, openWriterOf } from '../operations/recorder.ts';
import type { Context } from './context.ts';
import { type ObserveFlags, observeArguments, readEffects } from './observation.ts';
import { asSentFromHere } from './sent-message.ts';

/** The flags of `inspect`, and of `listen --ui`. */
type InspectorFlags = Values<typeof uiFlags> & Values<typeof fixturesFlags> & ObserveFlags;

/** How the inspector is served. */
export interface InspectorSetting {
  /** Undefined for 4040 or the next free one. */
  readonly port: number | undefined;
  /** Whether to open it in the browser. */
  readonly isOpened: boolean;
  /** The folder with the user's event files; undefined without one. */
  readonly fixtures: string | undefined;
  /** What shows the state of the app to checks; undefined without --observe. */
  readonly effects: Effects | undefined;
  /** The flags of `check` that were given. */
  readonly checkFlags: readonly string[];
}

/** Reads the flags of the inspector. Throws HooksError. */
export function readInspectorSetting(given: InspectorFlags, context: Context): InspectorSetting {
  const { io } = context;
  const fixtures = findFixturesFolder(io, given.fixtures);
  const types =
    given.observeType === undefined ? [] : listFixtures(io.root, fixtures).map(({ name }) => name);
  return {
    port: given.uiPort,
    isOpened: given.open,
    fixtures,
    effects: readEffects(given, types, context),
    checkFlags: [
      ...observeArguments(given),
      ...(given.fixtures === undefined ? [] : ['--fixtures', given.fixtures]),
    ],
  };
}

/** What the inspector shows and may do. */
export interface Inspected {
  readonly store: CaptureStore;
  readonly secret: SecretSetting;
  /** Replays are recorded under this name. */
  readonly follower: string;
  readonly targets: readonly Target[];
  /** The URL of the listener beside it; null without one. */
  readonly listener: string | null;
  /** Stores Outcomes; undefined to open a writer at the first one. */
  readonly recorder: CaptureRecorder | undefined;
}

/** Starts the inspector and prints its link. Throws HooksError. */
export async function serveInspector(
  inspected: Inspected,
  { port, isOpened, fixtures, effects, checkFlags }: InspectorSetting,
  context: Context,
): Promise<Inspector> {
  const { io, report } = context;
  const { openInspector } = await import('../inspector/server/server.ts');
  const inspector = await openInspector(io.root, port, (bound) => ({
    ...sourcesOf(inspected, bound, context),
    fixtures: { root: io.root, fixtures },
    effects,
    checkFlags,
  }));
  report.print({
    kind: 'inspecting',
    url: inspector.link,
    store: inspected.store.name,
    targets: inspected.targets.map(({ url }) => url.href),
  });
  if (isOpened) {
    const { openBrowser } = await import('../inspector/server/open-browser.ts');
    if (!(await openBrowser(inspector.link, platform())))
      report.warn('could not open a browser. Open the link yourself');
  }
  return inspector;
}

function sourcesOf(
  inspected: Inspected,
  port: number,
  context: Context,
): Omit<ApiSources, 'fixtures' | 'effects' | 'checkFlags'> {
  const { store, secret, follower, listener } = inspected;
  // Its own port would answer a replay, and is never a handler.
  const targets = new Map(
    inspected.targets
      .filter(({ url }) => Number(url.port) !== port)
      .map((target) => [`${target.url.host}${target.url.pathname}`, target] as const),
  );
  let recorder = inspected.recorder;
  return {
    store,
    secret,
    follower,
    targets,
    target: [...targets.values()][0],
    session: { store: store.name, listener, follower, targets: [...targets.keys()] },
    otherSecrets: () => otherSecrets(context.io, secret),
    sentFromHere: (message) => asSentFromHere(message, context),
    mask: (text) => context.report.mask(text),
    now: context.io.now,
    async recorder() {
      if (!recorder) {
        const { writer } = await openWriterOf(store, { sync: false }, context);
        recorder = new CaptureRecorder(writer, context.report);
      }
      return recorder;
    },
  };
}
