import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildEvent, makeTemplate } from '../../../src/events/build.ts';
import { readEventText } from '../../../src/events/catalog/event-text.ts';
import { listFixtures } from '../../../src/events/catalog/fixtures.ts';
import { readUserEvent } from '../../../src/events/files/event-file.ts';
import { findEnvelopeFault } from '../../../src/events/shapes/schemas.ts';
import { membersOf, readMembers } from '../../../src/events/wire-form.ts';
import { repository } from '../../support/repository.ts';
import { temporaryFolder } from '../../support/temporary.ts';

/** Per type: the object, the fields of the envelope and the fields of data, as documented. */
const documented: Record<string, { object: string; envelope: string[]; data: string[] }> = JSON.parse(
  readFileSync(join(repository, 'test/support/documented-fields.json'), 'utf8'),
);
const fixtures = listFixtures(repository);

/** The paths of all fields in a value, `[]` for the items of an array. */
function fieldPaths(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => fieldPaths(item, `${prefix}[]`));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const path = prefix === '' ? name : `${prefix}.${name}`;
    return [path, ...fieldPaths(inner, path)];
  });
}

/** Every string in a value, with the name of its field. */
function texts(value: unknown, name = ''): [name: string, text: string][] {
  if (typeof value === 'string') return [[name, value]];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([inner, item]) => texts(item, Array.isArray(value) ? name : inner));
}

it('there is a fixture for every documented type, and none for others', () => {
  expect(Object.keys(documented)).toHaveLength(52);
  expect(fixtures.map(({ name }) => name).sort()).toEqual(Object.keys(documented).sort());
});

describe.each(fixtures)('$name', ({ name, path }) => {
  it('JSON.parse loses nothing of it, such as the text of a number', () => {
    const text = readEventText(path);
    expect(membersOf(JSON.parse(text))).toEqual(readMembers(text));
  });

  const event = JSON.parse(readFileSync(path, 'utf8'));

  it('has the documented fields and its own type', () => {
    const { object, envelope, data } = documented[name]!;
    expect(event.type).toBe(name);
    expect(event.object).toBe(object);
    expect(Object.keys(event).sort()).toEqual(envelope);
    expect([...new Set(fieldPaths(event.data))].sort()).toEqual(data);
  });

  it('has a valid envelope: unchanged, as a user file and built', () => {
    expect(findEnvelopeFault(event)).toBeUndefined();
    expect(() => readUserEvent(readEventText(path), path)).not.toThrow();
    const built = buildEvent(makeTemplate(readMembers(readEventText(path))!), Date.now());
    expect(findEnvelopeFault(JSON.parse(Buffer.from(built.body).toString()))).toBeUndefined();
  });

  it('has only sample values: consistent long ids, example.com, documentation addresses, ASCII', () => {
    expect(readFileSync(path, 'utf8')).toMatch(/^[\n\x20-\x7e]*$/);
    for (const [field, text] of texts(event)) {
      for (const [address] of text.matchAll(/[\w.]+@[\w.]+/g)) expect(address).toMatch(/@example\.com$/);
      if (text.startsWith('https://')) expect(text).toMatch(/^https:\/\/example\.com\//);
      if (/^ip/.test(field)) expect(text).toMatch(/^(192\.0\.2|198\.51\.100|203\.0\.113)\./);
      if (/^[a-z]+_[0-9]/.test(text)) {
        expect(text).toMatch(field === 'external_id' ? /^ext_/ : /^[a-z]+_[1-9][0-9]{17}$/);
      }
    }
    const organizations = texts(event).filter(([, text]) => text.startsWith('org_'));
    expect(new Set(organizations.map(([, text]) => text)).size).toBeLessThanOrEqual(1);
  });
});

it('event ids differ from fixture to fixture', () => {
  const ids = fixtures.map(({ path }) => JSON.parse(readFileSync(path, 'utf8')).id);
  expect(new Set(ids).size).toBe(ids.length);
});

describe('a folder of the user', () => {
  it('adds types, and replaces those of the package', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'billing'));
    writeFileSync(join(folder, 'billing', 'invoice.paid.json'), '{}');
    writeFileSync(join(folder, 'user.created.json'), '{}');
    writeFileSync(join(folder, 'notes.txt'), '');
    const list = listFixtures(repository, folder);
    expect(list).toHaveLength(53);
    expect(list.find(({ name }) => name === 'invoice.paid')).toMatchObject({
      category: 'billing',
      isShipped: false,
    });
    expect(list.find(({ name }) => name === 'user.created')).toMatchObject({
      path: join(folder, 'user.created.json'),
    });
  });

  it('is named in the error when it is missing', () => {
    const folder = join(temporaryFolder(), 'nothing');
    expect(() => listFixtures(repository, folder)).toThrow(
      expect.objectContaining({ code: 'unreadable_file', message: expect.stringContaining(folder) }),
    );
  });
});
