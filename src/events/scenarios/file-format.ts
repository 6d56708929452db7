import * as z from 'zod/mini';
import { durationOf, LONGEST_TIMER_MS } from '../../duration.ts';
import { nearestNames } from '../../names.ts';
import { isStatusPattern } from './scenario.ts';

const must = (expected: string) => ({ error: `must be ${expected}` });

const text = z.string(must('a string'));
const edits = z.record(z.string(), z.unknown(), must('an object with paths and values'));
const isDuration = (given: string) => durationOf(given, LONGEST_TIMER_MS) !== undefined;
const status = z
  .union([z.string(), z.number()], must('a status'))
  .check(z.refine((given) => isStatusPattern(String(given)), must('a status such as "2xx" or 401')));

const stepMembers = {
  type: z.optional(text),
  event: z.optional(z.record(z.string(), z.unknown(), must('an event'))),
  file: z.optional(text),
  set: z.optional(edits),
  add: z.optional(edits),
  unset: z.optional(z.array(text, must('a list of paths'))),
  after: z.optional(text.check(z.refine(isDuration, must('a duration such as "500ms"')))),
  expect: z.optional(
    z.union([status, z.array(status)], must('a status such as "2xx" or 401, or a list of these')),
  ),
};
const step = z
  .strictObject(stepMembers, must('an object'))
  .check(
    z.refine(
      ({ type, event, file }) => [type, event, file].filter((given) => given !== undefined).length === 1,
      must('an event: it needs one of type, event and file'),
    ),
  );

const scenarioMembers = {
  description: z.optional(text),
  values: z.optional(z.record(z.string(), text, must('an object with names and strings'))),
  steps: z
    .array(step, must('a list of steps (an event file is sent without --scenario)'))
    .check(z.minLength(1, must('a list with at least one step'))),
};
const scenario = z.strictObject(scenarioMembers, must('an object with steps'));

/** A scenario as its file describes it. */
export type ScenarioText = z.infer<typeof scenario>;
export type StepText = ScenarioText['steps'][number];

/** The scenario in a JSON value, or the first mistake and where it is. */
export function readScenarioText(
  value: unknown,
): ScenarioText | { readonly path: readonly (string | number)[]; readonly reason: string } {
  const result = scenario.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues as [z.core.$ZodIssue];
  const path = issue.path as (string | number)[];
  if (issue.code !== 'unrecognized_keys') return { path, reason: `${nameOf(path)} ${issue.message}` };
  const [unknown] = issue.keys as [string];
  const known = Object.keys(path.length === 0 ? scenarioMembers : stepMembers);
  const [nearest] = nearestNames(unknown, known);
  const instead = nearest === undefined ? `expected one of ${known.join(', ')}` : `did you mean ${nearest}?`;
  return { path: [...path, unknown], reason: `unknown member "${unknown}": ${instead}` };
}

/** `steps[1].expect`, or `it` for the whole file. */
function nameOf(path: readonly (string | number)[]): string {
  const name = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`)).join('');
  return name === '' ? 'it' : name.replace(/^\./, '');
}
