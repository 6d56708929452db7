import { readEdits } from '../../../cli/edits.ts';
import { type Actor, withActor } from '../../../events/actor.ts';
import { buildEvent, type EventTemplate, makeTemplate } from '../../../events/build.ts';
import { type FixturePlaces, readFixture } from '../../../events/builders.ts';
import { editTemplates } from '../../../events/edit-events.ts';
import { type Step, writePath } from '../../../events/edit-path.ts';
import { writeMembers } from '../../../events/wire-form.ts';
import { isObject } from '../../../json.ts';
import { textOfBody } from '../../../message.ts';
import { quoteForShell } from '../../../report/shell.ts';
import type { CommandLine, CommandRequest } from '../../compose-protocol.ts';
import { targetNamed } from '../targets.ts';
import { fixtureNamed } from './catalog.ts';
import { composedTemplate, type SendSources } from './send.ts';

/** The command line that sends what was composed. Throws HooksError and ApiFailure. */
export async function commandFor(
  { type, body, target, actor, fault }: CommandRequest,
  sources: Pick<SendSources, 'targets' | 'now'> & { readonly fixtures: FixturePlaces },
): Promise<CommandLine> {
  const { href } = targetNamed(target, sources).url;
  const fixture = fixtureNamed(type, sources.fixtures);
  const sample = makeTemplate(await readFixture(fixture));
  const composed = composedTemplate(body, {});
  const edits = flagsBetween(sample, composed);
  const own = fixture.isShipped ? [] : ['--fixtures', sources.fixtures.fixtures!];
  const event = makesTheSame(sample, composed, edits)
    ? [type, ...own, ...argumentsOf(edits), ...actorArguments(actor)]
    : ['--body', bodyOf(composed, actor, sources.now())];
  const faulty = fault === null ? [] : ['--fault', fault];
  return { command: ['scalekit-hooks', 'send', ...event, '--to', href, ...faulty].map(asArgument).join(' ') };
}

const asArgument = (text: string) => (/^[\w./:@=-]+$/.test(text) ? text : quoteForShell(text));

interface EditArguments {
  readonly unset: string[];
  readonly set: string[];
  readonly add: string[];
}

function flagsBetween(sample: EventTemplate, composed: EventTemplate): EditArguments {
  const flags: EditArguments = { unset: [], set: [], add: [] };
  const [before, after] = [sample, composed].map((template) => JSON.parse(textOf(template)));
  collect(before, after, [], flags);
  return flags;
}

/** The text of an event without what is new each time. */
function textOf({ members, hasNewId, hasNewTime }: EventTemplate): string {
  const kept = new Map(members);
  if (hasNewId) kept.delete('id');
  if (hasNewTime) kept.delete('occurred_at');
  return writeMembers(kept);
}

/** `send` gives every event an id and time, so those are set, never added. */
const isAlwaysThere = (path: readonly Step[]) =>
  path.length === 1 && (path[0] === 'id' || path[0] === 'occurred_at');

function collect(before: unknown, after: unknown, path: readonly Step[], flags: EditArguments): void {
  if (!isObject(before) || !isObject(after)) {
    if (JSON.stringify(before) !== JSON.stringify(after)) flags.set.push(assignment(path, after));
    return;
  }
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const inner = [...path, name];
    if (!Object.hasOwn(after, name)) flags.unset.push(writePath(inner));
    else if (Object.hasOwn(before, name)) collect(before[name], after[name], inner, flags);
    else (isAlwaysThere(inner) ? flags.set : flags.add).push(assignment(inner, after[name]));
  }
}

const assignment = (path: readonly Step[], value: unknown) =>
  typeof value === 'string' ? `${writePath(path)}=${value}` : `${writePath(path)}:=${JSON.stringify(value)}`;

/** Edits cannot express everything: a number such as 1.0 is not what JSON.parse makes of it. */
function makesTheSame(sample: EventTemplate, composed: EventTemplate, flags: EditArguments): boolean {
  try {
    const [edited] = editTemplates([sample], readEdits(flags));
    return textOf(edited!) === textOf(composed);
  } catch {
    return false;
  }
}

const argumentsOf = (flags: EditArguments): string[] =>
  (['unset', 'set', 'add'] as const).flatMap((kind) => flags[kind].flatMap((text) => [`--${kind}`, text]));

const actorArguments = (actor: Actor): string[] =>
  Object.entries(actor).flatMap(([kind, value]) => [`--as-${kind}`, value as string]);

function bodyOf(composed: EventTemplate, actor: Actor, now: number): string {
  return textOfBody(buildEvent(withActor([composed], actor)[0]!, now));
}
