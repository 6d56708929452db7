import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listFixtures } from '../../../src/events/catalog/fixtures.ts';
import type { FieldRule, Shape } from '../../../src/events/shapes/field.ts';
import { findSchemaDifferences } from '../../../src/events/shapes/schemas.ts';
import { dataShapes } from '../../../src/events/shapes/shapes.ts';
import documented from '../../support/documented-fields.json' with { type: 'json' };
import { repository } from '../../support/repository.ts';

const fixtures = listFixtures(repository);

/** The rule of a field by its path, such as `groups[].id`. Inside a field of any content, it is the rule of that field. */
function ruleAt(shape: Shape, [first, ...rest]: string[]): FieldRule | undefined {
  const rule = shape[first!.replace('[]', '')]?.rule;
  if (!rule || rest.length === 0 || rule.kind === 'map' || rule.kind === 'any') return rule;
  const inner = rule.kind === 'list' ? rule.item.rule : rule;
  return inner.kind === 'object' ? ruleAt(inner.shape, rest) : undefined;
}

describe.each(fixtures)('$name', ({ name, path }) => {
  const type = name as keyof typeof dataShapes;

  it('has the documented fields', () => {
    for (const path of documented[type].data)
      expect(ruleAt(dataShapes[type], path.split('.')), path).toBeDefined();
  });

  it('the sample matches the API reference, and a changed one does not', () => {
    const body = readFileSync(path);
    expect(findSchemaDifferences(body)).toEqual([]);
    const event = JSON.parse(body.toString());
    const [field, rule] = Object.entries(dataShapes[type]).find(([, { rule }]) => rule.kind !== 'any')!;
    const changed = { ...event, data: { ...event.data, [field]: rule.rule.kind === 'text' ? 1 : '?' } };
    expect(findSchemaDifferences(Buffer.from(JSON.stringify(changed)))).toMatchObject([
      { field: `data.${field}` },
    ]);
  });
});

describe('differences from the API reference', () => {
  const event = JSON.parse(readFileSync(fixtures.find(({ name }) => name === 'user.login')!.path, 'utf8'));
  const differences = (change: (copy: typeof event) => void) => {
    const copy = structuredClone(event);
    change(copy);
    return findSchemaDifferences(Buffer.from(JSON.stringify(copy)));
  };

  it.each<[field: string, reason: RegExp, change: (copy: typeof event) => void]>([
    ['data.user', /^is missing$/, (copy) => delete copy.data.user],
    ['data.user', /\bobject$/, (copy) => (copy.data.user = [])],
    ['data.user.id', /\bstring\b.* usr_$/, (copy) => (copy.data.user.id = 'org_1')],
    [
      'data.user.create_time',
      / 2026-01-31T12:00:00\.123456789Z$/,
      (copy) => (copy.data.user.create_time = 'yesterday'),
    ],
    [
      'data.user.user_profile.email_verified',
      /\btrue or false$/,
      (copy) => (copy.data.user.user_profile.email_verified = 'yes'),
    ],
    [
      'data.user_session.authenticated_organizations.0',
      /\bstring$/,
      (copy) => (copy.data.user_session.authenticated_organizations = [1]),
    ],
    ['data.user.metadata', /\bobject$/, (copy) => (copy.data.user.metadata = 'x')],
    ['occurred_at', /^is missing$/, (copy) => delete copy.occurred_at],
    ['environment_id', /\bstring\b.* env_ .*\b32\b/, (copy) => (copy.environment_id = 'org_1')],
  ])('%s: %s', (field, reason, change) =>
    expect(differences(change)).toEqual([{ field, reason: expect.stringMatching(reason) }]),
  );

  it.each<[string, (copy: typeof event) => void]>([
    ['an undocumented field', (copy) => (copy.data.user.shoe_size = 44)],
    ['an optional field that is null', (copy) => (copy.data.user.email = null)],
    ['an optional field that is absent', (copy) => delete copy.data.user.email],
    ['another type', (copy) => (copy.type = 'user.moved')],
    ['no type', (copy) => delete copy.type],
  ])('%s is not a difference', (_name, change) => expect(differences(change)).toEqual([]));

  it('a body that is not an event has none', () => {
    for (const body of ['', 'x', '[]', 'null', '1'])
      expect(findSchemaDifferences(Buffer.from(body))).toEqual([]);
  });

  it('at most five are reported', () => {
    expect(differences((copy) => (copy.data = { user: 1, user_session: 2 }))).toHaveLength(2);
    expect(findSchemaDifferences(Buffer.from('{"type":"user.login"}')).length).toBe(5);
  });
});
