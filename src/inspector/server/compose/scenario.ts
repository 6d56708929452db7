import { buildEvent } from '../../../events/build.ts';
import type { FixturePlaces } from '../../../events/builders.ts';
import { listScenarios } from '../../../events/scenarios/catalog.ts';
import { readScenario } from '../../../events/scenarios/read.ts';
import { meets, type Scenario } from '../../../events/scenarios/scenario.ts';
import { pause } from '../../../pause.ts';
import type { RunRequest, ScenarioDetail, StepResult } from '../../compose-protocol.ts';
import { ApiFailure } from '../failure.ts';
import { targetNamed } from '../targets.ts';
import { deliverComposed, type SendSources } from './send.ts';

type RunSources = SendSources & { readonly fixtures: FixturePlaces };

/** The steps of a scenario. Throws HooksError and ApiFailure. */
export async function scenarioDetailOf(name: string, places: FixturePlaces): Promise<ScenarioDetail> {
  const { description, steps } = await scenarioNamed(name, places);
  return {
    description: description ?? null,
    steps: steps.map(({ template, afterMs, expects }) => ({
      type: String(JSON.parse(template.members.get('type') ?? 'null')),
      afterMs,
      expects,
    })),
  };
}

/** Only names that are listed are looked up, so that none is used as a path. */
async function scenarioNamed(name: string, places: FixturePlaces): Promise<Scenario> {
  const found = listScenarios(places).find((file) => file.name === name);
  if (!found) throw new ApiFailure(404, 'unknown_scenario', 'this scenario is not in the list');
  return readScenario(found, { ...places, keepId: false });
}

/** Reads a scenario, then sends its steps in order until one fails. Throws HooksError and ApiFailure before the first. */
export async function runScenario(
  { name, target }: RunRequest,
  sources: RunSources,
  stop: AbortSignal,
): Promise<AsyncIterable<readonly StepResult[]>> {
  const known = targetNamed(target, sources);
  const { steps } = await scenarioNamed(name, sources.fixtures);
  return sendSteps(steps, { target: known, fault: undefined }, { sources, stop });
}

async function* sendSteps(
  steps: Scenario['steps'],
  manner: Parameters<typeof deliverComposed>[1],
  { sources, stop }: { readonly sources: RunSources; readonly stop: AbortSignal },
): AsyncGenerator<readonly StepResult[]> {
  let lastTime = 0;
  for (const [index, { template, afterMs, expects }] of steps.entries()) {
    if (afterMs > 0) await pause(afterMs, stop);
    if (stop.aborted) return;
    // Two steps within one millisecond would have the same time, and handlers order events by it.
    lastTime = Math.max(sources.now(), lastTime + 1);
    const { capture, attempt } = await deliverComposed(buildEvent(template, lastTime), manner, sources);
    const { status, failure } = attempt;
    const isMet = failure === null && status !== null && meets(status, expects);
    yield [{ kind: 'step', index, capture, attempt, isMet }];
    if (!isMet) return;
  }
}
