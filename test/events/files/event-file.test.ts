import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HooksError } from '../../../src/errors.ts';
import { readEventText } from '../../../src/events/catalog/event-text.ts';
import { readUserEvent } from '../../../src/events/files/event-file.ts';
import { temporaryFolder } from '../../support/temporary.ts';

function errorOf(read: () => unknown): HooksError {
  try {
    read();
  } catch (error) {
    if (error instanceof HooksError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('events from the documentation are accepted unchanged', () => {
  it.each([
    ['the events page', '{"type":"user.deleted","data":{"userId":"usr_1234567890"}}'],
    [
      'the SCIM quickstart',
      '{"id":"evt_1","type":"a.b","data":{"directory_id":"dir_6"},"timestamp":"2024-01-15T10:30:00Z"}',
    ],
    [
      'the overview',
      '{"spec_version":"1","id":"evt_123456789","object":"DirectoryUser","environment_id":"env_123456789","occurred_at":"2024-08-21T10:20:17.072Z","organization_id":"org_123456789","type":"organization.directory.user_created","data":{}}',
    ],
  ])('%s', (_name, json) => {
    expect(readUserEvent(json, 'event.json').get('type')).toBe(JSON.stringify(JSON.parse(json).type));
  });
});

describe('an invalid event is rejected, and the field is named', () => {
  it.each([
    ['[]', /: it .*\bobject$/],
    ['"user.created"', /: it .*\bobject$/],
    ['null', /: it .*\bobject$/],
    ['{"data":{}}', /: type .*\bmissing$/],
    ['{"type":"x"}', /: data .*\bmissing$/],
    ['{"type":7,"data":{}}', /: type .*\bnon-empty string$/],
    ['{"type":"","data":{}}', /: type .*\bnon-empty string$/],
    ['{"type":"x","data":[]}', /: data .*\bobject$/],
    ['{"type":"x","data":{},"id":5}', /: id .*\bstring\b.* evt_/],
    ['{"type":"x","data":{},"occurred_at":"yesterday"}', /: occurred_at .* 2026-01-31T12:00:00\.123456789Z$/],
    ['{"type":"x","data":{},"environment_id":"prod"}', /: environment_id .*\bstring\b.* env_/],
    ['{"type":"x","data":{},"organization_id":null}', /: organization_id .*\bstring\b.* org_/],
    ['{"type":"x","data":{},"spec_version":1}', /: spec_version .*\bstring\b.*\bdigits$/],
  ])('%s', (json, names) => {
    const error = errorOf(() => readUserEvent(json, 'event.json'));
    expect(error.code).toBe('invalid_event');
    expect(error.sentences.message).toMatch(/^event\.json /);
    expect(error.sentences.message).toMatch(names);
  });
});

it('nesting that is too deep is rejected, without a crash', () => {
  const deep = `{"type":"x","data":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
  const error = errorOf(() => readUserEvent(deep, 'event.json'));
  expect(error.code).toBe('invalid_event');
  expect(error.message).toContain('nested too deeply');
});

describe('invalid JSON is rejected, with line and column', () => {
  it.each([
    ['{\n  "type": user\n}', 2, 11, 'invalid symbol'],
    ['{"type":"x",}', 1, 13, 'property name expected'],
    ['{"type":"x" "data":{}}', 1, 13, 'comma expected'],
    ['{"type":"x"', 1, 12, 'close brace expected'],
    ['// a comment\n{}', 1, 1, 'invalid comment token'],
  ])('%j', (text, line, column, reason) => {
    const error = errorOf(() => readUserEvent(text, 'event.json'));
    expect(error.code).toBe('invalid_json');
    expect(error.sentences.message).toMatch(/^event\.json /);
    expect(error.sentences.message.endsWith(`: line ${line}, column ${column}`)).toBe(true);
    expect(error.sentences.detail).toBe(reason);
  });
});

describe('an unreadable file is rejected, with the reason', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), 'it is empty'],
    ['only whitespace', Buffer.from(' \n'), 'it is empty'],
    ['a byte order mark', Buffer.from('\ufeff{}'), 'byte order mark'],
    ['Latin-1', Buffer.from([0x22, 0xe9, 0x22]), 'not UTF-8'],
  ])('%s', (_name, bytes, reason) => {
    const path = join(temporaryFolder(), 'event.json');
    writeFileSync(path, bytes);
    expect(errorOf(() => readEventText(path)).sentences.detail).toContain(reason);
  });

  it('a missing file, and a folder', () => {
    const folder = temporaryFolder();
    expect(errorOf(() => readEventText(join(folder, 'x.json'))).sentences.detail).toContain('no such file');
    expect(errorOf(() => readEventText(folder)).sentences.detail).toBe('it is a folder');
  });
});
