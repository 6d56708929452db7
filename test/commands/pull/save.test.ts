import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { old, pull } from '../../support/pulling.ts';
import { logEntry, scalekitStandIn } from '../../support/scalekit-stand-in.ts';
import { httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const entries = [
  ...[0, 1, 2, 3, 4, 5].map((number) => logEntry(number)),
  logEntry(6, { type: 'user.deleted' }),
  logEntry(7, { type: 'organization.created' }),
];
const files = ['organization.created.json', 'user.created.json', 'user.deleted.json'];

it('writes the newest event of each type as an event file that send takes', async () => {
  const api = await scalekitStandIn(entries);
  const ran = await pull(api.url, [...old, '--save', 'mine', '--scrub', '--json']);
  expect(ran.exitCode, ran.stderr).toBe(0);
  expect(readdirSync(join(ran.cwd, 'mine')).sort()).toEqual(files);
  expect(ran.facts).toContainEqual(
    expect.objectContaining({ kind: 'saved', capture: 'evt_100005', path: 'mine/user.created.json' }),
  );
  expect(JSON.parse(readFileSync(join(ran.cwd, 'mine/user.created.json'), 'utf8')).data.b).toBe(5);
  const app = await httpTarget();
  const sent = await runCommand(['send', './mine/user.created.json', '--to', app.url], {
    env: { SCALEKIT_WEBHOOK_SECRET: testSecret },
    cwd: ran.cwd,
  });
  expect(sent.exitCode, sent.stderr).toBe(0);
});

it.each([
  ['a file', (path: string) => writeFileSync(path, 'mine')],
  ['a folder', (path: string) => mkdirSync(path)],
  ['a link to nothing', (path: string) => symlinkSync('/nowhere', path)],
])('writes nothing if %s has the name of one of the files', async (_name, occupy) => {
  const api = await scalekitStandIn(entries);
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'mine'));
  // Of the type that is written last.
  occupy(join(cwd, 'mine/organization.created.json'));
  const ran = await pull(api.url, [...old, '--save', 'mine', '--json'], {}, cwd);
  expect(ran).toMatchObject({ exitCode: 2, facts: [{ kind: 'error', code: 'event_files_exist' }] });
  expect(readdirSync(join(cwd, 'mine'))).toEqual(['organization.created.json']);
});

it.each(['mine', 'mine/below'])('onto a file, it asks for nothing: %s', async (folder) => {
  const api = await scalekitStandIn(entries);
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'mine'), 'text');
  const ran = await pull(api.url, [...old, '--save', folder, '--json'], {}, cwd);
  expect(ran).toMatchObject({ exitCode: 2, facts: [{ code: 'unwritable_file' }] });
  expect(api.requests).toEqual([]);
  expect(readFileSync(join(cwd, 'mine'), 'utf8')).toBe('text');
});

it('an event without data is left out with a warning, and the exit code shows it', async () => {
  const api = await scalekitStandIn([
    logEntry(0),
    { ...logEntry(1, { type: 'user.deleted' }), data: undefined } as never,
  ]);
  const ran = await pull(api.url, [...old, '--save', 'mine']);
  expect(ran.exitCode).toBe(1);
  expect(ran.stderr).toMatch(/^note: .*user\.deleted.*evt_100001/m);
  expect(readdirSync(join(ran.cwd, 'mine'))).toEqual(['user.created.json']);
});
