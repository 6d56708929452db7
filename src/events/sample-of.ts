import { parseJson } from '../json.ts';
import { eventBuilder, makeTemplate } from './build.ts';
import type { FixturePlaces } from './builders.ts';
import { readEventText } from './catalog/event-text.ts';
import { listFixtures } from './catalog/fixtures.ts';
import { readMembers } from './wire-form.ts';

/**
 * The body that `send` signs for the event in `body`: the fixture of its type, with its id and time. Undefined if the
 * type has no readable fixture. A rejected message with this body in its place shows whether it was changed on its way.
 */
export function sampleOf(body: Uint8Array, { root, fixtures }: FixturePlaces): Uint8Array | undefined {
  const event = parseJson(body);
  if (typeof event !== 'object' || event === null) return undefined;
  const { type, id, occurred_at: time } = event as Record<string, unknown>;
  if (typeof type !== 'string' || typeof id !== 'string' || typeof time !== 'string') return undefined;
  try {
    const fixture = listFixtures(root, fixtures).find(({ name }) => name === type);
    const members = fixture && readMembers(readEventText(fixture.path));
    if (!members) return undefined;
    const named = new Map(members).set('id', JSON.stringify(id)).set('occurred_at', JSON.stringify(time));
    return eventBuilder(makeTemplate(named, { keepId: true }))(0).body;
  } catch {
    // A fixture of the user's that cannot be read is reported by the commands that send it.
    return undefined;
  }
}
