import { resolve } from 'node:path';
import { HooksError } from '../errors.ts';
import { eventBuilder, makeTemplate, type NamedBuilder } from './build.ts';
import { type FixtureFile, listFixtures, readEventText } from './catalog/fixtures.ts';
import { selectTypes } from './catalog/types.ts';
import { type Members, readMembers } from './wire-form.ts';

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

/** Where event types and files are looked for. */
export interface EventPlaces {
  /** The package's folder. */
  readonly root: string;
  /** What the paths of event files start from. */
  readonly cwd: string;
  /** A folder of the user's own fixtures. */
  readonly fixtures: string | undefined;
}

/**
 * The events that a command line asks for by type, pattern or file, ready to be built. All are read before the first
 * is used, so that a mistake in the last one sends nothing. Throws HooksError.
 */
export async function readRequestedEvents(
  requests: readonly string[],
  places: EventPlaces,
): Promise<Members[]> {
  let fixtures: FixtureFile[] | undefined;
  const events: Members[] = [];
  for (const request of requests) {
    if (isFile(request)) {
      events.push(await readForeign(resolve(places.cwd, request), request));
      continue;
    }
    fixtures ??= listFixtures(places.root, places.fixtures);
    for (const fixture of selectTypes([request], fixtures)) events.push(await readFixture(fixture));
  }
  return events;
}

/** Reads a fixture. One of the package's own needs no check: its tests vouch for it. */
export async function readFixture({ name, path, isShipped }: FixtureFile): Promise<Members> {
  if (isShipped) return readMembers(readEventText(path))!;
  const members = await readForeign(path, path);
  if (members.get('type') === JSON.stringify(name)) return members;
  throw new HooksError('invalid_event', {
    source: path,
    field: 'type',
    reason: `must be that of the file's name, ${name}`,
  });
}

function isFile(request: string): boolean {
  return /[\\/]|\.json$/.test(request);
}

async function readForeign(path: string, source: string): Promise<Members> {
  // Loads the schemas, which most commands never need.
  const { readForeignEvent } = await import('./files/event-file.ts');
  return readForeignEvent(readEventText(path), source);
}
