import { findFixturesFolder } from '../../config/target.ts';
import { HooksError } from '../../errors.ts';
import { readEventText } from '../../events/catalog/event-text.ts';
import { type FixtureFile, listFixtures } from '../../events/catalog/fixtures.ts';
import { selectTypes } from '../../events/catalog/types.ts';
import { colorJson } from '../../report/human/body.ts';
import type { Context } from '../context.ts';
import { occasionOf } from './occasions.ts';

interface EventsRequest {
  readonly type?: string | undefined;
  readonly fixtures?: string | undefined;
  readonly scenarios?: boolean;
  readonly jsonSchema?: boolean;
}

/** Lists the types that match a pattern (default: all), or shows one type. Throws HooksError. */
export async function events(
  { type, fixtures, scenarios = false, jsonSchema = false }: EventsRequest,
  context: Context,
): Promise<number> {
  const { io } = context;
  if (scenarios) {
    const work = await import('./scenarios.ts');
    return work.scenarios(
      type,
      { root: io.root, cwd: io.cwd, fixtures: findFixturesFolder(io, fixtures) },
      context,
    );
  }
  const files = listFixtures(io.root, findFixturesFolder(io, fixtures));
  const selected = selectTypes([type ?? '*'], files);
  const [only] = selected;
  if (jsonSchema) return printSchema(selected, context);
  const isNamed = selected.length === 1 && only?.name === type?.trim();
  if (only && isNamed) await show(only, context);
  else list(selected, context);
  return 0;
}

function list(types: readonly FixtureFile[], { io, report }: Context): void {
  io.stdout.gather();
  for (const type of types) report.print({ ...factOf(type), sample: null });
}

function factOf({ name, category, source }: FixtureFile) {
  return { kind: 'event_type', event_type: name, category, source, sent_when: occasionOf(name) } as const;
}

/** Prints the schema of the selected types. Throws HooksError if none of them is documented. */
async function printSchema(selected: readonly FixtureFile[], { io }: Context): Promise<number> {
  const [{ isEventType }, { schemaOf, schemaOfAll }] = await Promise.all([
    import('../../events/shapes/schemas.ts'),
    import('../../events/shapes/json-schema.ts'),
  ]);
  const types = selected.map(({ name }) => name).filter(isEventType);
  const [only, ...others] = types;
  if (!only) throw new HooksError('undocumented_type', { type: selected[0]!.name });
  const schema = others.length === 0 ? schemaOf(only) : schemaOfAll(types);
  io.stdout.write(`${JSON.stringify(schema, null, 2)}\n`);
  return 0;
}

/** Prints the file's own text, so that the user can edit and send it: `send ./event.json`. */
async function show(fixture: FixtureFile, { io, report }: Context): Promise<void> {
  const text = readEventText(fixture.path);
  if (!fixture.isShipped)
    (await import('../../events/files/event-file.ts')).readUserEvent(text, fixture.path);
  if (report.isJson) report.print({ ...factOf(fixture), sample: JSON.parse(text) });
  else io.stdout.write(colorJson(text, report.paint));
}
