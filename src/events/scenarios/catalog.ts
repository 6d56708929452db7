import { basename, resolve } from 'node:path';
import { HooksError } from '../../errors.ts';
import { nearestNames } from '../../names.ts';
import type { EventPlaces, FixturePlaces } from '../builders.ts';
import { ownScenarios, shippedScenarios } from '../catalog/fixtures.ts';

/** A scenario's file. */
export interface ScenarioFile {
  readonly name: string;
  readonly path: string;
  /** How errors name it. */
  readonly source: string;
  readonly isShipped: boolean;
}

/** The scenarios of the package and those in `scenarios` of the user's folder, by name. Throws HooksError. */
export function listScenarios({ root, fixtures }: FixturePlaces): ScenarioFile[] {
  const found = new Map<string, ScenarioFile>();
  for (const { name, path } of shippedScenarios(root))
    found.set(name, { name, path, source: path, isShipped: true });
  for (const { name, path } of fixtures === undefined ? [] : ownScenarios(fixtures))
    found.set(name, { name, path, source: path, isShipped: false });
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The scenario that a name or the path of a file selects. Throws HooksError with the nearest names. */
export function findScenario(request: string, places: EventPlaces): ScenarioFile {
  if (/[\\/]|\.json$/.test(request)) {
    const path = resolve(places.cwd, request);
    return { name: basename(path, '.json'), path, source: request, isShipped: false };
  }
  const all = listScenarios(places);
  const found = all.find(({ name }) => name === request.trim());
  if (found) return found;
  const known = all.map(({ name }) => name);
  throw new HooksError('unknown_scenario', { name: request, nearest: nearestNames(request, known), known });
}
