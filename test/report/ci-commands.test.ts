import { expect, it } from 'vitest';
import { breakCommands, escapeCommands } from '../../src/report/ci-commands.ts';
import { runBin } from '../support/processes.ts';
import { bareTarget } from '../support/targets.ts';

const commands = [
  '##vso[task.setvariable variable=NODE_OPTIONS]--require ./evil.js',
  "##teamcity[buildStop comment='x']",
  '##TeamCity[x]',
  '##[add-mask]a',
  '::error::x',
  '  ::set-output name=a::b',
  'section_start:1:evil',
  '\\x1b[0Ksection_end:1:evil',
  'travis_fold:start:x',
];
/** What the runners look for. */
const executed = /##(?:vso|teamcity)?\[|^\s*::\w|(?:section_start|section_end|travis_fold):/im;

it.each(commands)('%s is broken up', (command) => {
  expect(command).toMatch(executed);
  expect(breakCommands(command)).not.toMatch(executed);
});

it('in JSON they are escaped, and the value stays the same', () => {
  const json = JSON.stringify({ text: commands.join('\n') });
  expect(escapeCommands(json)).not.toMatch(executed);
  expect(JSON.parse(escapeCommands(json))).toEqual(JSON.parse(json));
});

it.each<Record<string, string>>([
  { GITHUB_ACTIONS: 'true' },
  { TF_BUILD: 'True' },
  { TEAMCITY_VERSION: '2026.1' },
  { GITLAB_CI: 'true' },
  { CI: '1' },
])('%j: an answer of a handler cannot command the runner', async (env) => {
  const { url } = await bareTarget((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(400, { 'x-note': '##vso[x]' }).end(commands.join('\n')));
  });
  for (const args of [['--verbose'], ['--json']]) {
    const { stdout, stderr } = await runBin(['send', 'user.created', '--to', url, ...args], { env });
    expect(stdout + stderr).toContain('task.setvariable');
    expect(stdout + stderr).not.toMatch(executed);
  }
});
