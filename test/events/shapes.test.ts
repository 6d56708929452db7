import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { listFixtures } from '../../src/events/catalog/fixtures.ts';
import type { FieldRule, Shape } from '../../src/events/shapes/field.ts';
import { findSchemaDifferences } from '../../src/events/shapes/schemas.ts';
import { dataShapes } from '../../src/events/shapes/shapes.ts';
import documented from '../support/documented-fields.json' with { type: 'json' };
import { repository } from '../support/repository.ts';

const fixtures = listFixtures(repository);

/** The rule of a field, by its path: `groups[].id`. What lies in a field that anybody may fill has that field's. */
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

  it('the sample has no drift, and one that is spoiled has', () => {
    const body = readFileSync(path);
    expect(findSchemaDifferences(body)).toEqual([]);
    const event = JSON.parse(body.toString());
    const [field, rule] = Object.entries(dataShapes[type]).find(([, { rule }]) => rule.kind !== 'any')!;
    const spoiled = { ...event, data: { ...event.data, [field]: rule.rule.kind === 'text' ? 1 : '?' } };
    expect(findSchemaDifferences(Buffer.from(JSON.stringify(spoiled)))).toMatchObject([
      { field: `data.${field}` },
    ]);
  });
});

describe('drift', () => {
  const event = JSON.parse(readFileSync(fixtures.find(({ name }) => name === 'user.login')!.path, 'utf8'));
  const drift = (change: (copy: typeof event) => void) => {
    const copy = structuredClone(event);
    change(copy);
    return findSchemaDifferences(Buffer.from(JSON.stringify(copy)));
  };

  it.each<[(copy: typeof event) => void, string, string]>([
    [(copy) => delete copy.data.user, 'data.user', 'is missing'],
    [(copy) => (copy.data.user = []), 'data.user', 'must be an object'],
    [(copy) => (copy.data.user.id = 'org_1'), 'data.user.id', 'must be text that starts with usr_'],
    [
      (copy) => (copy.data.user.create_time = 'yesterday'),
      'data.user.create_time',
      'must be a date and time such as 2026-01-31T12:00:00.123456789Z',
    ],
    [
      (copy) => (copy.data.user.user_profile.email_verified = 'yes'),
      'data.user.user_profile.email_verified',
      'must be true or false',
    ],
    [
      (copy) => (copy.data.user_session.authenticated_organizations = [1]),
      'data.user_session.authenticated_organizations.0',
      'must be text',
    ],
    [(copy) => (copy.data.user.metadata = 'x'), 'data.user.metadata', 'must be an object'],
    [(copy) => delete copy.occurred_at, 'occurred_at', 'is missing'],
    [
      (copy) => (copy.environment_id = 'org_1'),
      'environment_id',
      'must be text that starts with env_ (at most 32 characters)',
    ],
  ])('%#: %s', (change, field, reason) => expect(drift(change)).toEqual([{ field, reason }]));

  it.each<[string, (copy: typeof event) => void]>([
    ['a field that nobody documented', (copy) => (copy.data.user.shoe_size = 44)],
    ['an optional field that is null', (copy) => (copy.data.user.email = null)],
    ['an optional field that is absent', (copy) => delete copy.data.user.email],
    ['another type', (copy) => (copy.type = 'user.moved')],
    ['no type', (copy) => delete copy.type],
  ])('%s is none', (_name, change) => expect(drift(change)).toEqual([]));

  it('what is no event has none', () => {
    for (const body of ['', 'x', '[]', 'null', '1'])
      expect(findSchemaDifferences(Buffer.from(body))).toEqual([]);
  });

  it('at most five are told', () => {
    expect(drift((copy) => (copy.data = { user: 1, user_session: 2 }))).toHaveLength(2);
    expect(findSchemaDifferences(Buffer.from('{"type":"user.login"}')).length).toBe(5);
  });
});
