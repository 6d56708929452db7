import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { FixturePlaces } from '../../../events/builders.ts';
import { writeEventText } from '../../../events/catalog/event-text.ts';
import { listFixtures } from '../../../events/catalog/fixtures.ts';
import { fixtureOf } from '../../../events/files/save.ts';
import { identifyEvent } from '../../../events/identify.ts';
import type { SaveRequest, SaveResult } from '../../compose-protocol.ts';
import { ApiFailure } from '../failure.ts';

/** A type that is a file name in every system, and never a path. */
const safeName = /^[A-Za-z0-9][\w-]{0,60}(?:\.[\w-]{1,60}){0,6}$/;

/**
 * Saves an event in the user's fixtures folder, under the name of its type. Replaces a file only if that is asked for.
 * Throws HooksError and ApiFailure.
 */
export function saveFixture({ body, replace }: SaveRequest, { root, fixtures }: FixturePlaces): SaveResult {
  if (fixtures === undefined)
    throw new ApiFailure(409, 'no_fixtures_folder', 'start the inspector with --fixtures to save events');
  const bytes = Buffer.from(body);
  const { text } = fixtureOf(bytes, 'the event', false);
  const { type } = identifyEvent(bytes);
  if (type === null || !safeName.test(type))
    throw new ApiFailure(400, 'unsafe_name', 'the type of this event cannot be the name of a file');
  const own = listFixtures(root, fixtures).find(({ name, isShipped }) => name === type && !isShipped);
  const path = own?.path ?? join(fixtures, `${type}.json`);
  const existing = lstatSync(path, { throwIfNoEntry: false });
  const file = `${type}.json`;
  if (existing && !replace) return { kind: 'exists', file };
  if (existing && !existing.isFile())
    throw new ApiFailure(409, 'not_a_file', `${file} is not a plain file, so it is not replaced`);
  writeEventText(path, text, { isReplaced: existing !== undefined });
  return { kind: 'saved', file };
}
