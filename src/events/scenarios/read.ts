import { realpathSync } from 'node:fs';
import { dirname, resolve, sep } from 'node:path';
import { findNodeAtLocation, type Node, parseTree } from 'jsonc-parser';
import { durationOf, LONGEST_TIMER_MS } from '../../duration.ts';
import { HooksError } from '../../errors.ts';
import { type EventTemplate, eventBuilder, makeTemplate, type NamedBuilder } from '../build.ts';
import { type FixturePlaces, readFixture } from '../builders.ts';
import { readEventText } from '../catalog/event-text.ts';
import { type FixtureFile, listFixtures } from '../catalog/fixtures.ts';
import { selectTypes } from '../catalog/types.ts';
import { applyEdit, type Edit, type EditFault } from '../edit.ts';
import { editedTemplate } from '../edit-events.ts';
import { type EditPath, readPath, writePath } from '../edit-path.ts';
import { parseUserJson, readUserEvent } from '../files/event-file.ts';
import { wireForm, writeMembers } from '../wire-form.ts';
import { listScenarios, type ScenarioFile } from './catalog.ts';
import { readScenarioText, type ScenarioText, type StepText } from './file-format.ts';
import { ScenarioProblem } from './problem.ts';
import type { Scenario, ScenarioStep } from './scenario.ts';
import { resolveValues, withValues } from './values.ts';

export interface ReadOptions extends FixturePlaces {
  /** Whether events keep the `id` and `occurred_at` that the file gives them. */
  readonly keepId: boolean;
}

/** Reads a scenario with all of its events. Throws HooksError with the position of the mistake. */
export async function readScenario(file: ScenarioFile, options: ReadOptions): Promise<Scenario> {
  const reader = new ScenarioReader(readEventText(file.path), file);
  const scenario = reader.parsed();
  const values = reader.locate(['values'], () => resolveValues(scenario.values ?? {}));
  const fixtures = listFixtures(options.root, options.fixtures);
  const steps: ScenarioStep[] = [];
  for (const [index, step] of scenario.steps.entries()) {
    const template = await reader.templateOf(step, index, { fixtures, keepId: options.keepId });
    const edits = reader.editsOf(step, index, values);
    steps.push({
      template: edits.reduce((edited, edit) => reader.edited(edited, edit), template),
      afterMs: durationOf(step.after ?? '', LONGEST_TIMER_MS) ?? 0,
      expects: [step.expect ?? '2xx'].flat().map(String),
    });
  }
  return { name: file.name, description: scenario.description, steps: steps as unknown as Scenario['steps'] };
}

/** The scenarios of the package, each step with its builder. Throws HooksError. */
export async function readShippedFlows(places: FixturePlaces): Promise<NamedBuilder[][]> {
  const shipped = listScenarios({ root: places.root, fixtures: undefined });
  const scenarios = await Promise.all(
    shipped.map((file) => readScenario(file, { ...places, keepId: false })),
  );
  return scenarios.map(({ steps }) =>
    steps.map(({ template }) => ({
      name: JSON.parse(template.members.get('type')!) as string,
      source: '',
      build: eventBuilder(template),
    })),
  );
}

type JsonPath = readonly (string | number)[];

/** An edit, and where it is in the file. */
interface PlacedEdit {
  readonly edit: Edit;
  readonly place: JsonPath;
}

/** The text of one scenario, whose mistakes have a position. */
class ScenarioReader {
  readonly #text: string;
  readonly #file: ScenarioFile;
  readonly #root: Node;

  constructor(text: string, file: ScenarioFile) {
    parseUserJson(text, file.source);
    this.#text = text;
    this.#file = file;
    this.#root = parseTree(text)!;
  }

  parsed(): ScenarioText {
    const result = readScenarioText(JSON.parse(this.#text));
    if ('steps' in result) return result;
    throw this.#invalid(result.path, result.reason);
  }

  /** Calls `read`, and adds the position to a problem that it throws. */
  locate<T>(path: JsonPath, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof ScenarioProblem) throw this.#invalid([...path, ...error.path], error.message);
      throw error;
    }
  }

  async templateOf(
    step: StepText,
    index: number,
    { fixtures, keepId }: { readonly fixtures: readonly FixtureFile[]; readonly keepId: boolean },
  ): Promise<EventTemplate> {
    const at = ['steps', index] as const;
    if (step.type !== undefined) {
      const [fixture] = this.#named([...at, 'type'], () => selectTypes([step.type!], fixtures));
      return makeTemplate(await readFixture(fixture!), { keepId });
    }
    if (step.file !== undefined) {
      const path = this.locate([...at, 'file'], () => this.#pathBeside(step.file!));
      return makeTemplate(readUserEvent(readEventText(path), path), { keepId });
    }
    const source = `${this.#file.source}, step ${index + 1}`;
    return makeTemplate(readUserEvent(this.#textAt([...at, 'event']), source), { keepId });
  }

  editsOf(step: StepText, index: number, values: ReadonlyMap<string, string>): PlacedEdit[] {
    const at = ['steps', index] as const;
    const changes = (kind: 'set' | 'add') =>
      Object.keys(step[kind] ?? {}).map((text): PlacedEdit => {
        const place = [...at, kind, text];
        const path = this.locate(place, () => editPath(text));
        const json = this.locate(place, () => withValues(wireForm(this.#textAt(place)), values));
        return { place, edit: { kind, path, json } };
      });
    const removals = (step.unset ?? []).map((text, nth): PlacedEdit => {
      const place = [...at, 'unset', nth];
      return { place, edit: { kind: 'unset', path: this.locate(place, () => editPath(text)) } };
    });
    return [...removals, ...changes('set'), ...changes('add')];
  }

  edited(template: EventTemplate, { edit, place }: PlacedEdit): EventTemplate {
    const result = applyEdit(writeMembers(template.members), edit);
    if (typeof result === 'string') return editedTemplate(template, result, [edit]);
    throw this.#invalid(place, `${describeEditFault(result, edit)} in ${template.members.get('type')}`);
  }

  /** The path of an event file, which must be in the folder of the scenario or below. Links are followed. */
  #pathBeside(file: string): string {
    const folder = dirname(this.#file.path);
    if (this.#file.isShipped) throw new ScenarioProblem('a shipped scenario has no files');
    const path = realPath(resolve(folder, file));
    if (path.startsWith(realPath(folder) + sep)) return path;
    throw new ScenarioProblem(`${file} is outside the folder of the scenario`);
  }

  /** An unknown type, with its position. */
  #named<T>(path: JsonPath, read: () => T): T {
    try {
      return read();
    } catch (error) {
      if (error instanceof HooksError)
        throw this.#invalid(path, `${error.sentences.message}: ${error.sentences.detail}`);
      throw error;
    }
  }

  #textAt(path: JsonPath): string {
    const { offset, length } = findNodeAtLocation(this.#root, [...path])!;
    return this.#text.slice(offset, offset + length);
  }

  #invalid(path: JsonPath, reason: string): HooksError {
    const offset = offsetOf(this.#root, path);
    const before = this.#text.slice(0, offset).split('\n');
    return new HooksError('invalid_scenario', {
      source: this.#file.source,
      line: before.length,
      column: before.at(-1)!.length + 1,
      reason,
    });
  }
}

/** Of the deepest part of the path that exists. */
function offsetOf(root: Node, path: JsonPath): number {
  for (let length = path.length; length > 0; length -= 1) {
    const node = findNodeAtLocation(root, [...path.slice(0, length)]);
    if (node) return (node.parent?.type === 'property' ? node.parent : node).offset;
  }
  return root.offset;
}

/** A path that does not exist is left to the error of reading it. */
function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function editPath(text: string): EditPath {
  const read = readPath(text);
  if (typeof read === 'string' || read.operator !== undefined)
    throw new ScenarioProblem(`"${text}" is not a path such as data.email`);
  return read.path;
}

function describeEditFault(fault: EditFault, { kind, path }: Edit): string {
  const name = writePath(path);
  switch (fault.fault) {
    case 'no_such_field':
      return `cannot ${kind} ${name}: there is no field with this name`;
    case 'field_exists':
      return `cannot add ${name}: it exists, so use set`;
    case 'not_a_container':
      return `cannot ${kind} ${name}: ${writePath(fault.at)} is ${fault.type}`;
    case 'no_such_index':
      return `cannot ${kind} ${name}: ${writePath(fault.at)} has ${fault.length} items`;
  }
}
