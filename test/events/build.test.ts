import { expect, it } from 'vitest';
import { buildEvent, makeTemplate, newEventId, newWebhookId } from '../../src/events/build.ts';
import { readEventText } from '../../src/events/catalog/event-text.ts';
import { listFixtures } from '../../src/events/catalog/fixtures.ts';
import { readMembers } from '../../src/events/wire-form.ts';
import { repository } from '../support/repository.ts';

const now = Date.UTC(2026, 0, 31, 12, 0, 0, 7);

function build(json: string, keepId = false) {
  const event = buildEvent(makeTemplate(readMembers(json)!, { keepId }), now);
  return {
    ...event,
    text: Buffer.from(event.body).toString(),
    json: JSON.parse(Buffer.from(event.body).toString()),
  };
}

it('gives each event a new id and time, and keeps the rest of the fixture', () => {
  const { path } = listFixtures(repository).find(({ name }) => name === 'user.login')!;
  const fixture = JSON.parse(readEventText(path));
  const event = build(readEventText(path));
  expect(event.id).toMatch(/^evt_[1-9][0-9]{17}$/);
  expect(event.id).not.toBe(fixture.id);
  expect(event.json).toEqual({ ...fixture, id: event.id, occurred_at: event.json.occurred_at });
  expect(event.json.occurred_at).toMatch(/^2026-01-31T12:00:00\.007[0-9]{6}Z$/);
});

it('keeps the id and time on request, and adds missing ones', () => {
  expect(build('{"type":"x","data":{},"id":"evt_1","occurred_at":"then"}', true).json).toMatchObject({
    id: 'evt_1',
    occurred_at: 'then',
  });
  expect(build('{"type":"x","data":{}}', true).id).toMatch(/^evt_/);
});

it.each([
  ['user.created', 'User'],
  ['user.organization_membership_created', 'OrgMembership'],
  ['organization.created', 'Organization'],
  ['organization.directory.user_updated', 'DirectoryUser'],
  ['organization.directory.group_updated', 'DirectoryGroup'],
  ['organization.directory_enabled', 'Directory'],
  ['organization.sso_created', 'Connection'],
  ['invoice.paid', 'Invoice'],
])('fills in what short samples in the documentation omit: %s has the object %s', (type, object) => {
  const { json } = build(JSON.stringify({ type, data: {} }));
  expect(json).toMatchObject({ spec_version: '1', object, type });
  expect(json.environment_id).toMatch(/^env_[0-9]{18}$/);
  expect(json).not.toHaveProperty('organization_id');
});

it('writes the wire form: compact, keys in alphabetical order, numbers unchanged', () => {
  expect(
    build(
      '{"type":"x","data":{"b":1.0,"a":1e400},"object":"X","environment_id":"env_1","id":"evt_1","occurred_at":"t"}',
      true,
    ).text,
  ).toBe(
    '{"data":{"a":1e400,"b":1.0},"environment_id":"env_1","id":"evt_1","object":"X","occurred_at":"t","spec_version":"1","type":"x"}',
  );
});

it('makes unique ids of the right form', () => {
  const ids = new Set<string>();
  for (let i = 0; i < 20_000; i += 1) {
    ids.add(newEventId());
    ids.add(newWebhookId());
  }
  expect(ids.size).toBe(40_000);
  for (const id of ids) expect(id).toMatch(/^(evt_[1-9][0-9]{17}|msg_[0-9A-Za-z]{27})$/);
});
