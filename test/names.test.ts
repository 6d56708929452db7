import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listFixtures } from '../src/events/catalog/fixtures.ts';
import { documentedIn, selectTypes } from '../src/events/catalog/types.ts';
import { matchesPattern, nearestNames } from '../src/names.ts';
import { repository } from './support/repository.ts';

const types = listFixtures(repository);
const names = types.map(({ name }) => name);
const select = (...requests: string[]) => selectTypes(requests, types).map(({ name }) => name);

describe('patterns', () => {
  it.each([
    ['user.*', 'user.created', true],
    ['user.*', 'user.organization_membership_created', true],
    ['organization.*', 'organization.directory.user_created', true],
    ['user.*', 'organization.directory.user_created', false],
    ['*', 'anything.at.all', true],
    ['*.deleted', 'role.deleted', true],
    ['*user*', 'organization.directory.user_created', true],
    ['a*b*c', 'abc', true],
    ['a*b*c', 'acb', false],
    ['ab*ba', 'aba', false],
    ['user.created', 'user.created', true],
    ['user.created', 'user.createdx', false],
    ['user.create.', 'user.created', false],
    ['', '', true],
    ['', 'x', false],
  ])('%j and %j: %s', (pattern, type, matches) => {
    expect(matchesPattern(type, pattern)).toBe(matches);
  });

  it('agree with a regular expression made of the pattern', () => {
    const letters = fc.stringMatching(/^[ab.*]{0,8}$/);
    fc.assert(
      fc.property(letters, fc.stringMatching(/^[ab.]{0,10}$/), (pattern, type) => {
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
        expect(matchesPattern(type, pattern)).toBe(expression.test(type));
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('selectTypes', () => {
  it('takes names and patterns in the order asked for', () => {
    expect(select('user.deleted', 'session.*')).toEqual([
      'user.deleted',
      'session.created',
      'session.expired',
    ]);
    expect(select('*')).toHaveLength(52);
    expect(select(' user.created ')).toEqual(['user.created']);
  });

  it.each(['__proto__', 'constructor', 'toString', '', 'user.creatd', 'User.Created'])(
    'refuses %j',
    (request) => {
      expect(() => select(request)).toThrow(/there is no event type/);
    },
  );

  it('refuses a pattern that matches nothing', () => {
    expect(() => select('usr.*')).toThrow('no event type matches "usr.*"');
  });
});

describe('nearestNames', () => {
  it.each([
    ['user.creatd', 'user.created'],
    ['usercreated', 'user.created'],
    ['User.Created', 'user.created'],
    ['organization.dir.user_created', 'organization.directory.user_created'],
    ['session.expire', 'session.expired'],
  ])('%s is near to %s', (typed, nearest) => {
    expect(nearestNames(typed, names)[0]).toBe(nearest);
  });

  it('says nothing of what is near to nothing, and at most three', () => {
    expect(nearestNames('x'.repeat(100_000), names)).toEqual([]);
    expect(nearestNames('user.c', names).length).toBeLessThanOrEqual(3);
  });
});

it('knows where each type is documented', () => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[documentedIn(name)] = (counts[documentedIn(name)] ?? 0) + 1;
  expect(counts).toEqual({ 'events page': 11, 'API reference': 40, 'API reference, webhooks overview': 1 });
});
