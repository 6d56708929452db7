import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HooksError } from '../../../src/errors.ts';
import { eventBuilder } from '../../../src/events/build.ts';
import { aboutNewSubjects } from '../../../src/events/fresh-ids.ts';
import { findScenario, listScenarios } from '../../../src/events/scenarios/catalog.ts';
import { readScenario } from '../../../src/events/scenarios/read.ts';
import { scenarioOf } from '../../../src/events/scenarios/record.ts';
import { meets } from '../../../src/events/scenarios/scenario.ts';
import { faultsInAnyEvent } from '../../../src/events/shapes/schemas.ts';
import { repository } from '../../support/repository.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const places = { root: repository, cwd: repository, fixtures: undefined };

function eventsOf(steps: Awaited<ReturnType<typeof readScenario>>['steps'], isFresh = false) {
  const builders = steps.map(({ template }) => eventBuilder(template));
  return (isFresh ? aboutNewSubjects(builders) : builders).map((build) =>
    JSON.parse(Buffer.from(build(Date.now()).body).toString()),
  );
}

describe('the scenarios of the package', () => {
  it.each(listScenarios(places).map((file) => [file.name, file] as const))(
    '%s: every step matches the API reference, also with new ids',
    async (_name, file) => {
      const { steps, description } = await readScenario(file, { ...places, keepId: false });
      expect(description).toMatch(/\.$/);
      for (const event of [...eventsOf(steps), ...eventsOf(steps, true)])
        expect([...faultsInAnyEvent(event)], event.type).toEqual([]);
    },
  );

  it('has five', () => {
    expect(listScenarios(places).map(({ name }) => name)).toEqual([
      'connected-account',
      'organization-onboarding',
      'scim-lifecycle',
      'session',
      'user-lifecycle',
    ]);
  });

  it('new ids agree across the steps: what an event creates is what the others name', async () => {
    const read = async (name: string) =>
      eventsOf((await readScenario(findScenario(name, places), { ...places, keepId: false })).steps, true);
    const [enabled, group, ada, grace, updated, , graceDeleted, adaDeleted] = await read('scim-lifecycle');
    expect(ada.data.id).not.toBe('diruser_128103555511729374');
    expect(grace.data.id).not.toBe(ada.data.id);
    expect([updated.data.id, adaDeleted.data.id]).toEqual([ada.data.id, ada.data.id]);
    expect(graceDeleted.data.id).toBe(grace.data.id);
    expect(group.data.directory_id).toBe(enabled.data.id);
    expect(ada.data.groups[0].id).toBe(group.data.id);
    expect(ada.organization_id).toBe('org_129714657852526873');
    const onboarding = await read('organization-onboarding');
    const [created] = onboarding;
    expect(created.data.id).not.toBe('org_129714657852526873');
    expect(onboarding.map((event) => event.organization_id)).toEqual(onboarding.map(() => created.data.id));
  });

  it('new ids are new in each round', () => {
    const [build] = aboutNewSubjects([
      () => ({
        type: 'x',
        id: null,
        body: Buffer.from('{"type":"x","data":{"id":"usr_106496706360376844"}}'),
      }),
    ]);
    expect(build!(0).body).not.toEqual(build!(0).body);
  });
});

const read = (text: string, folder = temporaryFolder()) => {
  const path = join(folder, 'flow.json');
  writeFileSync(path, text);
  return readScenario({ name: 'flow', path, source: path, isShipped: false }, { ...places, keepId: false });
};

describe("a user's own scenario", () => {
  it('edits, values within values, waits and expectations; number text is kept', async () => {
    const { steps } = await read(`{
      "values": { "first": "grace", "email": "{{first}}@example.com" },
      "steps": [
        { "type": "user.created", "set": { "data.email": "{{email}}" }, "add": { "data.age": 1.0 } },
        { "type": "user.deleted", "unset": ["display_name"], "after": "250ms", "expect": [401, "4xx"] },
        { "event": { "type": "x.y", "data": { "a": 1e400, "b": "{{first}}" } } }
      ]
    }`);
    const [created, deleted, own] = eventsOf(steps);
    expect(created.data.email).toBe('grace@example.com');
    expect(steps[0].template.members.get('data')).toContain('"age":1.0');
    expect(deleted).not.toHaveProperty('display_name');
    expect(own.data.b).toBe('{{first}}');
    expect(steps[2]!.template.members.get('data')).toContain('1e400');
    expect(steps.map(({ afterMs }) => afterMs)).toEqual([0, 250, 0]);
    expect(steps.map(({ expects }) => expects)).toEqual([['2xx'], ['401', '4xx'], ['2xx']]);
  });

  it('files beside it are steps', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'events'));
    writeFileSync(join(folder, 'events', 'a.json'), '{"type":"a.b","data":{}}');
    const { steps } = await read('{"steps":[{"file":"./events/a.json"}]}', folder);
    expect(eventsOf(steps)[0].type).toBe('a.b');
  });

  it('the folder of fixtures may have scenarios', () => {
    const fixtures = temporaryFolder();
    mkdirSync(join(fixtures, 'scenarios'));
    const path = join(fixtures, 'scenarios', 'mine.json');
    writeFileSync(path, '{"steps":[]}');
    expect(findScenario('mine', { ...places, fixtures })).toMatchObject({
      name: 'mine',
      path,
      isShipped: false,
    });
  });

  it.each([
    ['{"steps":[', 'invalid_json', '1:11'],
    ['[]', 'invalid_scenario', '1:1'],
    ['{}', 'invalid_scenario', '1:1'],
    ['{"steps":[]}', 'invalid_scenario', '1:2'],
    ['{"steps":[\n  {}]}', 'invalid_scenario', '2:3'],
    ['{"steps":[\n  {"type":"user.login","event":{}}]}', 'invalid_scenario', '2:3'],
    ['{"steps":[\n  {"type":\n    "user.logn"}]}', 'invalid_scenario', '2:4'],
    ['{"steps":[{"type":"user.login",\n "afer":"1s"}]}', 'invalid_scenario', '2:2'],
    ['{"steps":[{"type":"user.login",\n "after":"1"}]}', 'invalid_scenario', '2:2'],
    ['{"steps":[{"type":"user.login",\n "expect":"2x"}]}', 'invalid_scenario', '2:2'],
    ['{"steps":[{"type":"user.login",\n "set":{\n"data.nope":1}}]}', 'invalid_scenario', '3:1'],
    ['{"steps":[{"type":"user.login",\n "set":{\n"data..x":1}}]}', 'invalid_scenario', '3:1'],
    ['{"values":{\n"a":"{{b}}",\n"b":"{{a}}"},"steps":[{"type":"user.login"}]}', 'invalid_scenario', '2:1'],
    ['{"values":{\n"a":"{{c}}"},"steps":[{"type":"user.login"}]}', 'invalid_scenario', '2:1'],
    ['{"steps":[{"type":"user.created",\n"set":{"data.email":"{{no}}"}}]}', 'invalid_scenario', '2:8'],
    ['{"steps":[{"file":\n"../outside.json"}]}', 'invalid_scenario', '1:12'],
    ['{"steps":[{"event":{"type":"x"}}]}', 'invalid_event', undefined],
    ['{"steps":[{"file":"./none.json"}]}', 'unreadable_file', undefined],
  ])('%s: %s at %s', async (text, code, at) => {
    const error = (await read(text).then(
      () => undefined,
      (reason) => reason,
    )) as HooksError;
    expect(error.code).toBe(code);
    if (at)
      expect(
        error.message
          .match(/line (\d+), column (\d+)/)
          ?.slice(1)
          .join(':'),
      ).toBe(at);
  });

  it('a link that leads out of the folder is outside', async () => {
    const [folder, other] = [temporaryFolder(), temporaryFolder()];
    writeFileSync(join(other, 'a.json'), '{"type":"a.b","data":{}}');
    symlinkSync(join(other, 'a.json'), join(folder, 'a.json'));
    await expect(read('{"steps":[{"file":"a.json"}]}', folder)).rejects.toMatchObject({
      code: 'invalid_scenario',
    });
  });

  it('an exported event keeps its text', async () => {
    const event = '{\n  "type": "a.b",\n  "data": {\n    "n": 1.50\n  }\n}\n';
    const { steps } = await read(scenarioOf([event, event]));
    expect(steps).toHaveLength(2);
    expect(steps[0].template.members.get('data')).toBe('{"n":1.50}');
  });
});

it.each([
  [200, ['2xx'], true],
  [301, ['2xx'], false],
  [401, ['2xx', '401'], true],
  [401, ['403'], false],
] as const)('%i meets %j: %s', (status, expects, isMet) => {
  expect(meets(status, expects)).toBe(isMet);
});
