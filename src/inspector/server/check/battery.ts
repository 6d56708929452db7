import { randomInt } from 'node:crypto';
import { type Battery, batteryOf } from '../../../checks/battery/index.ts';
import type { Check } from '../../../checks/check.ts';
import type { Effects } from '../../../checks/effects/index.ts';
import type { FuzzOptions } from '../../../checks/fuzz/index.ts';
import type { OtherSecret } from '../../../checks/probes/secrets.ts';
import { prepareChecks } from '../../../checks/selection.ts';
import { WEBHOOK_TIMEOUT } from '../../../delivery/schedules.ts';
import { type FixturePlaces, readEventBuilders } from '../../../events/builders.ts';
import { readShippedFlows } from '../../../events/scenarios/read.ts';
import type { CheckList, CheckRunRequest } from '../../check-protocol.ts';
import type { SendSources } from '../compose/send.ts';
import { ApiFailure } from '../failure.ts';

/** What checking needs. What is observed is configured when the inspector is started, never by the page. */
export interface CheckSources extends Pick<SendSources, 'targets' | 'secret' | 'now'> {
  readonly fixtures: FixturePlaces;
  /** Undefined if nothing observes the state of the app. */
  readonly effects: Effects | undefined;
  /** Secrets that the handler may use by mistake. */
  otherSecrets(): readonly OtherSecret[];
  /** The flags of `check` that the inspector has too. */
  readonly checkFlags: readonly string[];
  mask(text: string): string;
}

/** The checks and what they share, for one run. */
export interface SelectedBattery {
  readonly battery: Battery;
  readonly checks: readonly Check[];
  /** Undefined if no events are generated. */
  readonly fuzz: FuzzOptions | undefined;
}

/** Throws HooksError for an unreadable folder. */
export async function checkListOf(sources: CheckSources): Promise<CheckList> {
  const { checks } = await readBattery(sources, { runs: 0, seed: 0 });
  return {
    checks: checks.map(({ name, group, part, sends, expects }) => ({ name, group, part, sends, expects })),
    isObserved: sources.effects !== undefined,
  };
}

/** Throws ApiFailure for an unknown check, and HooksError for a file that cannot be read. */
export async function selectedBattery(
  { checks: only, fuzz: { events, seed } }: Pick<CheckRunRequest, 'checks' | 'fuzz'>,
  sources: CheckSources,
): Promise<SelectedBattery> {
  const fuzz = only.includes('fuzz') ? { runs: events, seed: seed ?? randomInt(2 ** 31) } : undefined;
  const battery = await readBattery(sources, fuzz);
  const checks = checksNamed(only, battery);
  await prepareChecks(checks);
  return { battery, fuzz, checks };
}

/** Names only: the page has no patterns. */
function checksNamed(names: readonly string[], { checks }: Battery): Check[] {
  const chosen = new Set(names);
  const found = checks.filter(({ name }) => chosen.has(name));
  if (found.length === chosen.size) return found;
  throw new ApiFailure(
    400,
    'unknown_check',
    'the list of checks has changed. Reload the page, then run the checks again',
  );
}

/** Made for each run: event files can change, and checks of effects remember what they saw. */
async function readBattery(
  { fixtures, effects, secret, otherSecrets }: CheckSources,
  fuzz: FuzzOptions | undefined,
): Promise<Battery> {
  const contents = {
    events: await readEventBuilders(['*'], fixtures),
    readFlows: () => readShippedFlows(fixtures),
    loadPlanned: () => import('../../../checks/probes/planned.ts'),
    triggers: [],
  };
  return batteryOf(contents, {
    fuzz,
    effects,
    hasAllTypes: true,
    timeout: WEBHOOK_TIMEOUT,
    secret: secret.secrets[0],
    isStarted: false,
    others: otherSecrets(),
  });
}
