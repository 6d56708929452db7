import { faults } from '../../../checks/faults.ts';
import { makeTemplate } from '../../../events/build.ts';
import { type FixturePlaces, readFixture } from '../../../events/builders.ts';
import { type FixtureFile, listFixtures } from '../../../events/catalog/fixtures.ts';
import { listScenarios } from '../../../events/scenarios/catalog.ts';
import { writeMembers } from '../../../events/wire-form.ts';
import type { Catalog, SampleEvent } from '../../compose-protocol.ts';
import { ApiFailure } from '../failure.ts';
import { fieldsOf } from './fields.ts';

/** What can be composed. Throws HooksError for an unreadable folder. */
export function catalogOf({ root, fixtures }: FixturePlaces): Catalog {
  return {
    fixtures: fixtures ?? null,
    scenarios: listScenarios({ root, fixtures }).map(({ name, isShipped }) => ({ name, isOwn: !isShipped })),
    types: listFixtures(root, fixtures).map(({ name, category, isShipped }) => ({
      name,
      category,
      isOwn: !isShipped,
    })),
    faults: faults.map(({ name, summary }) => ({ name, summary })),
  };
}

/** The event to begin with. Its id and time are new each time it is sent, so it has none. Throws ApiFailure, HooksError. */
export async function sampleEventOf(type: string, places: FixturePlaces): Promise<SampleEvent> {
  const members = new Map(makeTemplate(await readFixture(fixtureNamed(type, places))).members);
  members.delete('id');
  members.delete('occurred_at');
  return { body: writeMembers(members), fields: fieldsOf(type) };
}

/** Only names that are listed are looked up, so that none is used as a path. */
export function fixtureNamed(type: string, { root, fixtures }: FixturePlaces): FixtureFile {
  const found = listFixtures(root, fixtures).find(({ name }) => name === type);
  if (!found) throw new ApiFailure(404, 'unknown_event_type', 'this event type is not in the list');
  return found;
}
