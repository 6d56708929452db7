import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HooksError } from '../src/errors.ts';
import { listFixtures } from '../src/events/catalog/fixtures.ts';
import { documentedIn, selectTypes } from '../src/events/catalog/types.ts';
import { matchesPattern, nearestNames } from '../src/names.ts';
import { repository } from './support/repository.ts';

const types = listFixtures(repository);
const names = types.map(({ name }) => name);
const select = (...requests: string[]) => selectTypes(requests, types).map(({ name }) => name);

/** The error for a request that must be rejected. */
function rejected(request: string): HooksError {
  try {
    select(request);
  } catch (error) {
    expect(error).toBeInstanceOf(HooksError);
    return error as HooksError;
  }
  throw new Error(`${request} was accepted`);
}

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

  it('match the same names as the equivalent regular expression', () => {
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
  it('returns names and matches of patterns in the requested order', () => {
    expect(select('user.deleted', 'session.*')).toEqual([
      'user.deleted',
      'session.created',
      'session.expired',
    ]);
    expect(select('*')).toHaveLength(52);
    expect(select(' user.created ')).toEqual(['user.created']);
  });

  it.each([
    ['__proto__', '"__proto__"', '52'],
    ['constructor', '"constructor"', '52'],
    ['toString', '"toString"', '52'],
    ['', '""', '52'],
    ['user.creatd', '"user.creatd"', 'user.created'],
    ['User.Created', '"User.Created"', 'user.created'],
  ])('rejects %j', (request, quoted, detail) => {
    const { code, sentences } = rejected(request);
    expect(code).toBe('unknown_event_type');
    expect(sentences.message).toContain(quoted);
    expect(sentences.detail).toContain(detail);
  });

  it('rejects a pattern that matches nothing', () => {
    const { code, sentences } = rejected('usr.*');
    expect(code).toBe('unmatched_pattern');
    expect(sentences.message).toContain('"usr.*"');
    expect(sentences.detail).toContain('52');
  });
});

describe('nearestNames', () => {
  it.each([
    ['user.creatd', 'user.created'],
    ['usercreated', 'user.created'],
    ['User.Created', 'user.created'],
    ['organization.dir.user_created', 'organization.directory.user_created'],
    ['session.expire', 'session.expired'],
  ])('for %s, the nearest is %s', (typed, nearest) => {
    expect(nearestNames(typed, names)[0]).toBe(nearest);
  });

  it('returns none if no name is near, and at most three', () => {
    expect(nearestNames('x'.repeat(100_000), names)).toEqual([]);
    expect(nearestNames('user.c', names).length).toBeLessThanOrEqual(3);
  });
});

it('each type has a place where it is documented', () => {
  const counts: Record<string, number> = {};
  for (const name of names) counts[documentedIn(name)] = (counts[documentedIn(name)] ?? 0) + 1;
  expect(counts).toEqual({ 'events page': 11, 'API reference': 40, 'API reference, webhooks overview': 1 });
});
