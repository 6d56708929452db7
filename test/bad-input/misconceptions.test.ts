import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openJournal } from '../../src/captures/journal/writer.ts';
import { kept, someCapture } from '../support/captures.ts';
import { runCommand, testSecret } from '../support/memory-io.ts';
import { httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** What people type who know other tools, or who forget where a value belongs, and what the error must name. */
const typed: readonly (readonly [args: string[], code: string, names: RegExp])[] = [
  // Commands of other tools.
  [['version'], 'usage', /"version"[\s\S]*--version\?/],
  [['trigger', 'user.created'], 'usage', /"trigger"[\s\S]*send\?/],
  [['user.created'], 'usage', /"user\.created"[\s\S]*send user\.created\?/],
  [['help', 'sedn'], 'usage', /"sedn"[\s\S]*send\?/],
  // Flags of other tools, and the one of ours that the command has.
  [['-v'], 'usage', /"-v"[\s\S]*--version\?/],
  [['send', 'user.created', '-v'], 'usage', /"-v"[\s\S]*--verbose\?/],
  [['send', 'user.created', '--url', '1'], 'usage', /"--url"[\s\S]*--to\?/],
  [['send', 'user.created', '-p', '3000'], 'usage', /"-p"[\s\S]*--to\?/],
  [['listen', '--url', '1'], 'usage', /"--url"[\s\S]*--forward-to\?/],
  [['listen', '-p', '1'], 'usage', /"-p"[\s\S]*--port\?/],
  [['send', '--data', '{}'], 'usage', /"--data"[\s\S]*--body\?/],
  [['send', '--type', 'user.created'], 'usage', /"--type"[\s\S]*send user\.created\?/],
  [['verify', '--file', 'x'], 'usage', /"--file"[\s\S]*verify request\.http\?/],
  // Values without their flag.
  [['listen', '4000'], 'usage', /"4000"[\s\S]*listen takes no arguments[\s\S]*fix: use --port 4000/],
  [['inspect', 'localhost:80/x'], 'usage', /"localhost:80\/x"[\s\S]*fix: use --to localhost:80\/x/],
  [['verify', 'a', 'b'], 'usage', /"b"[\s\S]*verify takes at most 1 argument\n/],
  [['send', 'user.created', 'localhost:3000'], 'usage', /localhost:3000[\s\S]*fix: use --to localhost:3000/],
  [['send', 'https://localhost/x', 'user.created'], 'usage', /fix: use --to https:\/\/localhost\/x/],
  [['send', 'user.created', '3000'], 'usage', /fix: use --to 3000/],
  // The argument that is missing.
  [['captures', 'save', 'last'], 'usage', /<file>[\s\S]*captures save \[options\] <id> <file>/],
  // The path of a field without its beginning.
  [['send', 'user.created', '--set', 'email=x'], 'no_such_field', /\bemail\b[\s\S]*\bdata\.email\?/],
  // The beginning of types, which is no category.
  [['send', 'organization.directory'], 'unknown_event_type', /did you mean 'organization\.directory\.\*'\?/],
  // A host without a scheme.
  [
    ['send', 'user.created', '--to', 'example.com/x'],
    'invalid_target',
    /fix: use https:\/\/example\.com\/x\n/,
  ],
  // The order of a file and an id.
  [['captures', 'export', 'last'], 'usage', /"last" is an id[\s\S]*export flow\.json last:10/],
  [['captures', 'export', 'cap_1', 'flow.json'], 'usage', /"cap_1" is an id/],
  [
    ['captures', 'save', 'user.json', 'last:2'],
    'usage',
    /"last:2" is an id[\s\S]*save last user\.created\.json/,
  ],
  // Selections from nothing.
  [['captures', 'export', 'flow.json'], 'no_captures', /\.scalekit-hooks\/captures/],
  [['replay', '--all'], 'no_captures', /\.scalekit-hooks\/captures/],
  [['replay', '--type', 'user.*'], 'no_captures', /\.scalekit-hooks\/captures/],
  // A filter beside --all.
  [['replay', '--all', '--type', 'user.*'], 'conflicting_flags', /fix: omit --all/],
];

describe('what people type who know other tools', () => {
  it.each(typed)('%j', async (args, code, names) => {
    const target = await httpTarget();
    const env = { SCALEKIT_WEBHOOK_SECRET: testSecret, SCALEKIT_HOOKS_TO: target.url };
    const ran = await runCommand(args, { env, cwd: temporaryFolder() });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(new RegExp(`^error: .+ \\[${code}\\]\\n {2}\\S.*\\n {2}fix: .+\\n$`));
    expect(ran.stderr).toMatch(names);
    expect(target.requests).toEqual([]);
  });
});

it('the error for a target names the variable that it comes from', async () => {
  const env = { SCALEKIT_WEBHOOK_SECRET: testSecret, SCALEKIT_HOOKS_TO: '99999' };
  const ran = await runCommand(['send', 'user.created'], { env, cwd: temporaryFolder() });
  expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
  expect(ran.stderr).toMatch(/^error: "99999" from SCALEKIT_HOOKS_TO .*\[invalid_target\]/);
});

describe('a file or a type where something else belongs', () => {
  const flow = '{"steps":[{"type":"user.created"}]}';
  const event = '{"type":"x.y","data":{}}';
  it.each([
    ['a scenario as an event', ['send', 'flow.json'], 'usage', /fix: use --scenario \.\/flow\.json/],
    [
      'an event as a scenario',
      ['send', '--scenario', 'event.json'],
      'invalid_scenario',
      /without --scenario/,
    ],
    ['a file as an id', ['replay', 'event.json'], 'usage', /--from event\.json, .*send \.\/event\.json/],
    ['a type as an id', ['replay', 'user.created'], 'usage', /replay --type 'user\.created'/],
    ['a type to show', ['captures', 'show', 'user.*'], 'usage', /captures --type 'user\.\*'/],
    ['a file as a target', ['check', './app.mjs'], 'invalid_target', /fix: for example: 3000/],
    ['a comparison', ['listen', '--expect', 'user.created>=1'], 'invalid_value', /user\.created=1/],
  ])('%s', async (_title, args, code, names) => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'flow.json'), flow);
    writeFileSync(join(cwd, 'event.json'), event);
    const { journal } = openJournal(join(cwd, '.scalekit-hooks/captures'), { sync: false, now: Date.now });
    await journal.keep(kept(someCapture()));
    await journal.close();
    const ran = await runCommand(args, { env: { SCALEKIT_WEBHOOK_SECRET: testSecret }, cwd });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`[${code}]`);
    expect(ran.stderr).toMatch(names);
  });
});

describe('names that may be a file or something else', () => {
  it.each([
    ['send: a file whose name has no .json', ['send', 'notes'], 'usage', /"notes" is a file[\s\S]*\.\/notes/],
    ['send: a folder', ['send', 'folder'], 'unknown_event_type', /\bevents to list\b/],
    ['send: a known type beside it', ['send', 'session', 'notes'], 'usage', /"notes" is a file/],
    [
      'verify: neither a file nor an id',
      ['verify', 'nofile'],
      'unreadable_file',
      /nofile[\s\S]*\bcaptures\b/,
    ],
    ['verify: a folder', ['verify', '.'], 'unreadable_file', /folder/],
    ['verify: an id', ['verify', 'cap_nothing'], 'no_captures', /listen/],
  ])('%s', async (_title, args, code, names) => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'folder'));
    writeFileSync(join(cwd, 'notes'), '{"type":"x.y","data":{}}');
    const ran = await runCommand(args, { env: { SCALEKIT_WEBHOOK_SECRET: testSecret }, cwd });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toContain(`[${code}]`);
    expect(ran.stderr).toMatch(names);
  });
});

/** An unset variable of a script gives an empty value, which must not mean everything or nothing. */
describe('an empty value', () => {
  it.each([
    ['--type', ['captures', '--type', '']],
    ['--type', ['listen', '--port', '0', '--type', ' ']],
    ['--type', ['pull', '--type', '']],
    ['--type', ['check', '--type', '']],
    ['--organization', ['captures', '--organization', '']],
    ['--organization', ['replay', '--organization', '']],
    ['--from', ['replay', '--from', '']],
    ['--fixtures', ['events', '--fixtures', '']],
    ['--allow-host', ['send', 'user.created', '--allow-host', '']],
    ['--as-organization', ['send', 'user.created', '--as-organization', '']],
    ['--as-user', ['send', 'user.created', '--as-user', '']],
    ['--as-email', ['send', 'user.created', '--as-email', '']],
    ['--observe-type', ['check', '--observe', 'true', '--observe-type', '']],
  ])('%s: %j', async (flag, args) => {
    const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };
    const ran = await runCommand(args, { env, cwd: temporaryFolder() });
    expect(ran).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ran.stderr).toMatch(
      new RegExp(`" ?" for ${flag} \\[invalid_value\\]\\n.*\\n {2}fix: .*${flag} \\S`),
    );
  });
});

it('a filter by the beginning of types is an exact type: the note names the pattern', async () => {
  const ran = await runCommand(['captures', '--type', 'user'], { cwd: temporaryFolder() });
  expect(ran.exitCode).toBe(0);
  expect(ran.stderr).toContain("unknown event type user. Did you mean 'user.*'?");
});
