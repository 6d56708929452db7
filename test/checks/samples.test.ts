import { describe, expect, it } from 'vitest';
import { bodyForms, rewritten } from '../../src/checks/body-forms.ts';
import { samplesOf, undoings, withNulls, withoutOptional } from '../../src/checks/samples.ts';
import { readEventBuilders } from '../../src/events/builders.ts';
import { freshWireForm, withFreshIds } from '../../src/events/fresh-ids.ts';
import { faultsInAnyEvent } from '../../src/events/shapes/schemas.ts';
import { repository } from '../support/repository.ts';

const builders = await readEventBuilders(['*'], { root: repository, fixtures: undefined });
const [first, ...others] = samplesOf(builders);
const samples = [first!, ...others] as const;
const textOf = (type: string) =>
  Buffer.from(samples.find((sample) => sample.type === type)!.build(0).body).toString();

describe('fresh ids', () => {
  it('the ids of an object are new, those of its organization stay, and equal ids stay equal', () => {
    const text =
      '{"id":"usr_106496706360376844","by":"usr_106496706360376844","org":"org_129714657852526873","mail":"ada@example.com"}';
    const fresh = withFreshIds(text);
    const { id, by, org, mail } = JSON.parse(fresh);
    expect(id).toMatch(/^usr_1\d{17}$/);
    expect(id).not.toBe('usr_106496706360376844');
    expect(by).toBe(id);
    expect(org).toBe('org_129714657852526873');
    expect(mail).toMatch(/^ada\.[a-z]{8}@example\.com$/);
  });

  it('are given to the value of an event as to its text', () => {
    const [id, name] = ['role_106496706360376844', 'say "usr_106496706360376844"'];
    const data = { id, name, usr_106496706360376844: [name, id, 'ada@example.com', 1.5, null] };
    const event = { type: 'role.created', data, id: 'evt_1' };
    const { data: fresh, ...envelope } = JSON.parse(freshWireForm(event));
    expect(envelope).toEqual({ id: 'evt_1', type: 'role.created' });
    expect([fresh.id, fresh.name]).toEqual([
      expect.stringMatching(/^role_1\d{17}$/),
      expect.stringMatching(/^say "usr_106496706360376844"_[a-z]{8}$/),
    ]);
    expect(fresh.id).not.toBe(id);
    expect(fresh.usr_106496706360376844).toEqual([
      fresh.name,
      fresh.id,
      expect.stringMatching(/^ada\.[a-z]{8}@example\.com$/),
      1.5,
      null,
    ]);
  });

  it('every sample still matches the API reference', () => {
    for (const sample of samples) {
      const event = JSON.parse(Buffer.from(sample.build(Date.now()).body).toString());
      expect([...faultsInAnyEvent(event)], sample.type).toEqual([]);
    }
  });

  it('each deletion has the ids of the matching creation', () => {
    const pairs = undoings(samples);
    expect(pairs.map(([{ type }]) => type)).toEqual(
      expect.arrayContaining(['organization.directory.user_created', 'user.created', 'role.created']),
    );
    for (const [created, deleted] of pairs) {
      const renamed = new Map<string, string>();
      const [one, other] = [created, deleted].map((sample) =>
        JSON.parse(Buffer.from(sample.build(0, renamed).body).toString()),
      );
      expect(deleted.type).toBe(created.type.replace('created', 'deleted'));
      expect([one.data.id, one.data.userId], created.type).toEqual([other.data.id, other.data.userId]);
    }
  });

  it('other unique values are new too: ids of every kind, names of roles and permissions, domains', () => {
    const build = (type: string) =>
      JSON.parse(Buffer.from(samples.find((sample) => sample.type === type)!.build(0).body).toString());
    const twice = (type: string) => [build(type), build(type)] as const;
    for (const [type, field] of [
      ['organization.created', 'id'],
      ['organization.sso_created', 'id'],
      ['organization.directory_enabled', 'id'],
      ['role.created', 'name'],
      ['permission.created', 'name'],
      ['organization.domain_created', 'domain'],
    ] as const) {
      const [one, other] = twice(type);
      expect(one.data[field], type).toMatch(/./);
      expect(one.data[field], type).not.toBe(other.data[field]);
    }
    const [{ data, organization_id: organization }] = twice('organization.created');
    expect(organization).toBe(data.id);
  });
});

describe('forms of a body', () => {
  const text = textOf('organization.directory.user_created');

  it.each(Object.entries(bodyForms))(
    '%s: differs from the usual form, and from the output of JSON.stringify where it can',
    (name, form) => {
      const written = form.write(text);
      expect(written).not.toBe(form.usual(text));
      // UTF-8 and another order survive JSON.parse and JSON.stringify, but not the JSON libraries of other languages.
      const survives = ['beyondAscii', 'decomposed', 'otherOrder'].includes(name);
      expect(rewritten(written) === written).toBe(survives);
    },
  );

  it.each(['prettyPrinted', 'unicodeEscapes', 'otherOrder', 'finalNewline'] as const)(
    '%s: the same event',
    (name) => {
      expect(JSON.parse(bodyForms[name].write(text))).toEqual(JSON.parse(text));
    },
  );

  it('each form contains what it is named after', () => {
    expect(bodyForms.longInteger.write(text)).toContain(':12345678901234567890');
    expect(bodyForms.decimalNumber.write(text)).toContain(':1.0');
    expect(bodyForms.escapedSlashes.write(text)).toContain(String.raw`https:\/\/`);
    expect(bodyForms.unicodeEscapes.write(text)).toContain(String.raw`"evt\u005f`);
    expect(Buffer.from(bodyForms.beyondAscii.write(text)).length).toBeGreaterThan(
      bodyForms.beyondAscii.write(text).length,
    );
  });
});

describe('optional and nullable fields', () => {
  it('fields are null only where the reference allows it, and the event stays valid', () => {
    for (const type of [
      'organization.created',
      'user.signup',
      'user.login',
      'organization.directory.user_updated',
    ]) {
      const event = JSON.parse(withNulls(type, textOf(type))!);
      expect(JSON.stringify(event)).toContain(':null');
      expect([...faultsInAnyEvent(event)], type).toEqual([]);
    }
    expect(withNulls('role.created', textOf('role.created'))).toBeUndefined();
  });

  it('without its optional fields, an event stays valid', () => {
    const event = JSON.parse(withoutOptional(textOf('organization.directory.user_created')));
    expect(event).not.toHaveProperty('organization_id');
    expect(event).not.toHaveProperty('display_name');
    expect([...faultsInAnyEvent(event)]).toEqual([]);
  });
});
