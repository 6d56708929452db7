import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { HooksError } from '../../../src/errors.ts';
import { readEventText } from '../../../src/events/catalog/fixtures.ts';
import { readUserEvent } from '../../../src/events/files/event-file.ts';
import { temporaryFolder } from '../../support/temporary.ts';

function refusal(read: () => unknown): HooksError {
  try {
    read();
  } catch (error) {
    if (error instanceof HooksError) return error;
    throw error;
  }
  throw new Error('it was not refused');
}

describe('events of the documentation are taken as they stand', () => {
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

describe('what is not an event is refused by field', () => {
  it.each([
    ['[]', 'it must be a JSON object'],
    ['"user.created"', 'it must be a JSON object'],
    ['null', 'it must be a JSON object'],
    ['{"data":{}}', 'type is missing'],
    ['{"type":"x"}', 'data is missing'],
    ['{"type":7,"data":{}}', 'type must be text, not empty'],
    ['{"type":"","data":{}}', 'type must be text, not empty'],
    ['{"type":"x","data":[]}', 'data must be an object'],
    ['{"type":"x","data":{},"id":5}', 'id must be text that starts with evt_'],
    ['{"type":"x","data":{},"occurred_at":"yesterday"}', 'occurred_at must be a date and time such as'],
    ['{"type":"x","data":{},"environment_id":"prod"}', 'environment_id must be text that starts with env_'],
    ['{"type":"x","data":{},"organization_id":null}', 'organization_id must be text that starts with org_'],
    ['{"type":"x","data":{},"spec_version":1}', 'spec_version must be text of digits'],
  ])('%s', (json, reason) => {
    const error = refusal(() => readUserEvent(json, 'event.json'));
    expect(error.code).toBe('invalid_event');
    expect(error.message).toContain(`event.json is not an event: ${reason}`);
  });
});

it('nesting that is too deep is refused, not a crash', () => {
  const deep = `{"type":"x","data":{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`;
  expect(refusal(() => readUserEvent(deep, 'event.json')).message).toContain('nested too deeply');
});

describe('what is not JSON is refused by line and column', () => {
  it.each([
    ['{\n  "type": user\n}', 2, 11, 'invalid symbol'],
    ['{"type":"x",}', 1, 13, 'property name expected'],
    ['{"type":"x" "data":{}}', 1, 13, 'comma expected'],
    ['{"type":"x"', 1, 12, 'close brace expected'],
    ['// a comment\n{}', 1, 1, 'invalid comment token'],
  ])('%j', (text, line, column, reason) => {
    const error = refusal(() => readUserEvent(text, 'event.json'));
    expect(error.sentences.message).toBe(`event.json is not JSON: line ${line}, column ${column}`);
    expect(error.sentences.detail).toBe(reason);
  });
});

describe('a file that cannot be read is refused by reason', () => {
  it.each([
    ['an empty file', Buffer.alloc(0), 'it is empty'],
    ['blanks only', Buffer.from(' \n'), 'it is empty'],
    ['a byte order mark', Buffer.from('\ufeff{}'), 'byte order mark'],
    ['Latin-1', Buffer.from([0x22, 0xe9, 0x22]), 'not UTF-8'],
  ])('%s', (_name, bytes, reason) => {
    const path = join(temporaryFolder(), 'event.json');
    writeFileSync(path, bytes);
    expect(refusal(() => readEventText(path)).sentences.detail).toContain(reason);
  });

  it('a missing file, and a folder', () => {
    const folder = temporaryFolder();
    expect(refusal(() => readEventText(join(folder, 'x.json'))).sentences.detail).toContain('no such file');
    expect(refusal(() => readEventText(folder)).sentences.detail).toBe('it is a folder');
  });
});
