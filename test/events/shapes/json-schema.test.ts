import Ajv2020 from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { readEventText } from '../../../src/events/catalog/event-text.ts';
import { listFixtures } from '../../../src/events/catalog/fixtures.ts';
import { runCommand } from '../../support/memory-io.ts';
import { repository } from '../../support/repository.ts';

/** An independent validator. */
const compile = (schema: object) => new Ajv2020({ strict: true, allErrors: true }).compile(schema);
const printed = async (...args: string[]) =>
  JSON.parse((await runCommand(['events', ...args, '--json-schema'])).stdout) as object;
const fixtures = listFixtures(repository).map(
  ({ name, path }) => [name, JSON.parse(readEventText(path))] as const,
);

describe('events --json-schema', () => {
  it.each(fixtures)('%s: its fixture is valid, and a change of each kind is not', async (name, event) => {
    const schema = await printed(name);
    expect(schema).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema', title: name });
    const isValid = compile(schema);
    expect(isValid(event), JSON.stringify(isValid.errors)).toBe(true);
    expect(isValid({ ...event, new_field: 1, data: { ...event.data, new_field: 1 } })).toBe(true);
    const { id, ...nameless } = event;
    for (const changed of [
      nameless,
      { ...event, id: 7 },
      { ...event, type: 'other' },
      { ...event, data: [] },
      [],
    ])
      expect(isValid(changed)).toBe(false);
  });

  it('all types in one schema: each fixture is valid as its own type, and nothing else is', async () => {
    const isValid = compile(await printed());
    for (const [, event] of fixtures) expect(isValid(event)).toBe(true);
    expect(isValid({ ...fixtures[0]![1], type: 'other.type' })).toBe(false);
  });

  it('a pattern selects, an unknown type is an error', async () => {
    const schema = (await printed('user.*')) as { $defs: object };
    expect(Object.keys(schema.$defs).every((type) => type.startsWith('user.'))).toBe(true);
    expect((await runCommand(['events', 'nosuch', '--json-schema'])).exitCode).toBe(2);
  });
});
