import type { EventPlaces } from '../../events/builders.ts';
import { readEventText } from '../../events/catalog/event-text.ts';
import { findScenario, listScenarios, type ScenarioFile } from '../../events/scenarios/catalog.ts';
import { readScenario } from '../../events/scenarios/read.ts';
import { colorJson } from '../../report/human/body.ts';
import type { Context } from '../context.ts';

/** Lists all scenarios, or prints the file of one, which can be edited and sent. Throws HooksError. */
export async function scenarios(
  name: string | undefined,
  places: EventPlaces,
  context: Context,
): Promise<number> {
  const { io, report } = context;
  if (name === undefined) {
    for (const file of listScenarios(places)) report.print(await listedFact(file, places));
    return 0;
  }
  const file = findScenario(name, places);
  const fact = await listedFact(file, places);
  if (report.isJson) report.print(fact);
  else io.stdout.write(colorJson(readEventText(file.path), report.paint));
  return 0;
}

async function listedFact(file: ScenarioFile, places: EventPlaces) {
  const { description, steps } = await readScenario(file, { ...places, keepId: false });
  return {
    kind: 'scenario',
    scenario: file.name,
    description: description ?? null,
    steps: steps.map(({ template }) => JSON.parse(template.members.get('type')!) as string),
    path: file.isShipped ? null : file.path,
  } as const;
}
