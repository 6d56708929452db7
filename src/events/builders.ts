import { eventBuilder, makeTemplate, type NamedBuilder } from './build.ts';
import { selectTypes } from './catalogue.ts';
import type { Edit } from './edit.ts';
import { editTemplates } from './edit-templates.ts';
import { readForeignObject } from './event-file.ts';
import { interceptorFile, listFixtures, readEventText } from './fixtures.ts';
import { interceptorBuilder } from './interceptors.ts';
import { readFixture } from './requested.ts';
import { findTriggerPoint, type TriggerPoint } from './trigger-points.ts';

/** Where fixtures are looked for. */
export interface FixturePlaces {
  /** The package's folder. */
  readonly root: string;
  /** A folder of the user's own. */
  readonly fixtures: string | undefined;
}

/** Builders of the event types that names and patterns mean, each once. Throws HooksError. */
export async function readEventBuilders(
  requests: readonly string[],
  { root, fixtures }: FixturePlaces,
): Promise<NamedBuilder[]> {
  const selected = new Set(selectTypes(requests, listFixtures(root, fixtures)));
  return Promise.all(
    [...selected].map(async (fixture) => ({
      name: fixture.name,
      source: fixture.source,
      build: eventBuilder(makeTemplate(await readFixture(fixture))),
    })),
  );
}

/** Builders of the requests that trigger points stand for, edited. Throws HooksError. */
export function readInterceptorBuilders(
  names: readonly string[],
  edits: readonly Edit[],
  { root, fixtures }: FixturePlaces,
): NamedBuilder<TriggerPoint>[] {
  const requests = names.map((name) => {
    const trigger = findTriggerPoint(name);
    const path = interceptorFile(trigger, root, fixtures);
    const members = readForeignObject(readEventText(path), path);
    return { trigger, sample: { members, hasNewId: false, hasNewTime: false } };
  });
  const edited = editTemplates(
    requests.map(({ sample }) => sample),
    edits,
  );
  return requests.map(({ trigger, sample }, index) => ({
    name: trigger,
    source: 'interceptors',
    build: interceptorBuilder(trigger, edited[index]!.members, sample.members),
  }));
}
