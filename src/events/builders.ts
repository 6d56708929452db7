import { resolve } from 'node:path';
import { HooksError } from '../errors.ts';
import { eventBuilder, makeTemplate, type NamedBuilder } from './build.ts';
import { readEventText } from './catalog/event-text.ts';
import { type FixtureFile, listFixtures } from './catalog/fixtures.ts';
import { selectTypes } from './catalog/types.ts';
import { type Members, membersOf } from './wire-form.ts';

/** Where fixtures are read from. */
export interface FixturePlaces {
  /** The package's folder. */
  readonly root: string;
  /** The folder with the user's event files. */
  readonly fixtures: string | undefined;
}

/** Builders for the event types that names and patterns select, without duplicates. Throws HooksError. */
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

/** Where event types and files are read from. */
export interface EventPlaces extends FixturePlaces {
  /** Base of relative event file paths. */
  readonly cwd: string;
}

/**
 * The events that a command line selects by type, pattern or file. Reads all of them before returning, so that an error
 * in the last one prevents sending any.
 */
export async function readRequestedEvents(
  requests: readonly string[],
  places: EventPlaces,
): Promise<Members[]> {
  let fixtures: FixtureFile[] | undefined;
  const events: Members[] = [];
  for (const request of requests) {
    if (isFilePath(request)) {
      events.push(await readUserFile(resolve(places.cwd, request), request));
      continue;
    }
    fixtures ??= listFixtures(places.root, places.fixtures);
    for (const fixture of selectTypes([request], fixtures)) events.push(await readFixture(fixture));
  }
  return events;
}

/** Reads a fixture. The tests ensure that shipped fixtures are valid, and that JSON.parse loses nothing of them. */
export async function readFixture({ name, path, isShipped }: FixtureFile): Promise<Members> {
  if (isShipped) return membersOf(JSON.parse(readEventText(path)));
  const members = await readUserFile(path, path);
  if (members.get('type') === JSON.stringify(name)) return members;
  throw new HooksError('invalid_event', {
    source: path,
    field: 'type',
    reason: `must match the file name, ${name}`,
  });
}

function isFilePath(request: string): boolean {
  return /[\\/]|\.json$/.test(request);
}

async function readUserFile(path: string, source: string): Promise<Members> {
  // Loaded on demand: most commands do not need the schemas.
  const { readUserEvent } = await import('./files/event-file.ts');
  return readUserEvent(readEventText(path), source);
}
