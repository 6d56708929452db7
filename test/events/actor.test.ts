import { describe, expect, it } from 'vitest';
import { withActor } from '../../src/events/actor.ts';
import { makeTemplate } from '../../src/events/build.ts';
import { readEventText } from '../../src/events/catalog/event-text.ts';
import { listFixtures } from '../../src/events/catalog/fixtures.ts';
import { readMembers, writeMembers } from '../../src/events/wire-form.ts';
import { runCommand } from '../support/memory-io.ts';
import { repository } from '../support/repository.ts';

const template = (json: string) => makeTemplate(readMembers(json)!, { keepId: true });
const dataOf = (json: string, actor: Parameters<typeof withActor>[1]) =>
  JSON.parse(writeMembers(withActor([template(json)], actor)[0]!.members)).data;

describe('withActor', () => {
  it('sets every place that means the organization, the user, the email address', () => {
    const json = JSON.stringify({
      type: 'x.y',
      organization_id: 'a',
      data: {
        organizationId: 'a',
        organization: { id: 'a', display_name: 'A' },
        user: { id: 'u', email: 'e', memberships: [{ organization_id: 'a' }] },
        user_session: { user_id: 'u', authenticated_organizations: ['a'], session_id: 'ses_1' },
        id: 'other',
        email: 'e',
      },
    });
    const [made] = withActor([template(json)], { organization: 'org_1', user: 'usr_1', email: 'x@y.z' });
    expect(JSON.parse(writeMembers(made!.members))).toMatchObject({
      organization_id: 'org_1',
      data: {
        organizationId: 'org_1',
        organization: { id: 'org_1', display_name: 'A' },
        user: { id: 'usr_1', email: 'x@y.z', memberships: [{ organization_id: 'org_1' }] },
        user_session: { user_id: 'usr_1', authenticated_organizations: ['org_1'], session_id: 'ses_1' },
        id: 'other',
        email: 'x@y.z',
      },
    });
  });

  it('keeps the text of numbers, and nulls', () => {
    const [made] = withActor([template('{"type":"x.y","data":{"n":1.0,"user_id":"a","email":null}}')], {
      user: 'b',
    });
    expect(writeMembers(made!.members)).toContain('"data":{"email":null,"n":1.0,"user_id":"b"}');
    expect(dataOf('{"type":"x.y","data":{"user_id":"a","email":null}}', { user: 'b' }).email).toBeNull();
  });

  it('an actor that no event names is an error', () => {
    expect(() => withActor([template('{"type":"x.y","data":{}}')], { user: 'b' })).toThrow(
      expect.objectContaining({ code: 'no_actor' }),
    );
  });

  it('leaves no other organization in any fixture', () => {
    for (const { path } of listFixtures(repository)) {
      const text = readEventText(path);
      if (!/organization_?id|"organization"/i.test(text)) continue;
      const [made] = withActor([template(text)], { organization: 'org_mine' });
      const ids = writeMembers(made!.members).match(/"org_[a-z0-9]+"/g) ?? [];
      expect(
        ids.filter((id) => id !== '"org_mine"'),
        path,
      ).toEqual([]);
    }
  });
});

describe('send --as-*', () => {
  it('one actor in several events', async () => {
    const { facts } = await runCommand([
      ...['send', 'user.created', 'session.created', '--dry-run', '--json', '--to', '9'],
      ...['--as-organization', 'org_1', '--as-user', 'usr_1', '--as-email', 'ada@x.test'],
    ]);
    const bodies = facts.map(({ body }) => JSON.parse(body as string));
    expect(bodies[0].data).toEqual({ email: 'ada@x.test', organizationId: 'org_1', userId: 'usr_1' });
    expect(JSON.stringify(bodies[1])).toMatch(/"user_?id":"usr_1"/i);
  });

  it.each([
    ['--body', '{}', '--as-user', 'x'],
    ['--interceptor', 'PRE_SIGNUP', '--as-user', 'x'],
  ])('%s %s excludes it', async (...args) => {
    expect((await runCommand(['send', ...args, '--dry-run'])).exitCode).toBe(2);
  });
});

describe('events by category', () => {
  it('lists a category by its name', async () => {
    const { facts } = await runCommand(['events', 'directory', '--json']);
    expect(facts.length).toBeGreaterThan(1);
    expect(new Set(facts.map(({ category }) => category))).toEqual(new Set(['directory']));
  });
});
