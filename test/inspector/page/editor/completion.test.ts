import { describe, expect, it } from 'vitest';
import { completionAt } from '../../../../src/inspector/page/editor/completion.ts';
import { fieldsOf } from '../../../../src/inspector/server/compose/fields.ts';

const field = (name: string, changes: object = {}) => ({
  name,
  isOptional: false,
  values: [],
  empty: '""',
  ...changes,
});
const fields = {
  '': [field('type'), field('data', { empty: '{}' })],
  '.data': [
    field('email'),
    field('name', { isOptional: true }),
    field('roles', { empty: '[]' }),
    field('status', { values: ['"ACTIVE"', '"INVITED"'], empty: '"ACTIVE"' }),
    field('verified', { values: ['true', 'false'], empty: 'false' }),
  ],
  '.data.roles[]': [field('id'), field('role_name')],
};

/** `|` is the cursor. */
function at(text: string) {
  const cursor = text.indexOf('|');
  return completionAt(text.replace('|', ''), cursor, fields);
}
const labels = (text: string) => at(text)?.options.map(({ label }) => label) ?? [];

/** The text after the first option was accepted, with the cursor. */
function accepted(marked: string): string {
  const text = marked.replace('|', '');
  const { from, until, options } = at(marked)!;
  const [{ text: inserted, caret }] = options as [(typeof options)[number]];
  const next = text.slice(0, from) + inserted + text.slice(until);
  return `${next.slice(0, from + caret)}|${next.slice(from + caret)}`;
}

describe('what can be written', () => {
  it.each([
    ['{|', ['type', 'data']],
    ['{"data":{|}}', ['email', 'name', 'roles', 'status', 'verified']],
    ['{"data":{"em|', ['email']],
    ['{"data":{"|"}}', ['email', 'name', 'roles', 'status', 'verified']],
    ['{"data":{ver|', ['verified']],
    ['{"data":{"email":"a", |}}', ['name', 'roles', 'status', 'verified']],
    ['{"data":{| "name":1,"status":{"email":2}}}', ['email', 'roles', 'verified']],
    ['{"data":{"roles":[{|', ['id', 'role_name']],
    ['{"data":{"roles":[{"id":1},{"r|', ['role_name']],
    ['{"data":{"status":|', ['"ACTIVE"', '"INVITED"']],
    ['{"data":{"status":"inv|"}}', ['"INVITED"']],
    ['{"data":{"verified":t|', ['true']],
    ['{"data":{}, |', ['type']],
  ])('%s', (text, expected) => {
    expect(labels(text)).toEqual(expected);
  });

  it.each([
    '|',
    '{"data":{"email":|',
    '{"data":{"email":"a|"}}',
    '{"data":{"email":"a"|}}',
    '{"data":{"verified":1|',
    '{"data":{"roles":[|',
    '{"other":{|',
    '{}|',
    '[|',
    '{"data":{"a\\"|',
  ])('is nothing at %s', (text) => {
    expect(labels(text)).toEqual([]);
  });
});

describe('what is written', () => {
  it.each([
    ['{"data":{"em|', '{"data":{"email": "|"'],
    ['{"data":{"em|"}}', '{"data":{"email": "|"}}'],
    ['{"data":{em|}}', '{"data":{"email": "|"}}'],
    ['{"data":{"rol|', '{"data":{"roles": [|]'],
    ['{"data":{"ver|', '{"data":{"verified": false|'],
    ['{"data":{\n  "em|\n  "name": 1\n}}', '{"data":{\n  "email": "|",\n  "name": 1\n}}'],
    ['{"data":{"em|": 1}}', '{"data":{"email"|: 1}}'],
    ['{"data":{"status":"inv|"}}', '{"data":{"status":"INVITED"|}}'],
    ['{"data":{"verified":t|}}', '{"data":{"verified":true|}}'],
  ])('%s', (text, expected) => {
    expect(accepted(text)).toBe(expected);
  });
});

describe('the fields of a type', () => {
  it('are those of its documentation, with values and elements of lists', () => {
    const found = fieldsOf('organization.directory.user_created');
    expect(found['']!.map(({ name }) => name)).toContain('occurred_at');
    expect(found['.data']!.map(({ name }) => name)).toContain('email');
    expect(Object.keys(fieldsOf('user.signup')).some((path) => path.endsWith('[]'))).toBe(true);
  });

  it('of an unknown type are those of the envelope', () => {
    expect(Object.keys(fieldsOf('invoice.paid'))).toEqual(['']);
  });
});
