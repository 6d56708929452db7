import { cleanLine } from '../clean.ts';
import type { CheckListed, EventTypeListed, Fact, ScenarioListed } from '../facts/index.ts';
import type { Paint } from './layout.ts';

/** A row of the table of types; above the first one the header, and above each category its name. */
export function eventType(fact: EventTypeListed, previous: Fact | undefined, paint: Paint): string[] {
  const above = previous?.kind === 'event_type' ? previous : undefined;
  const about = fact.sent_when ?? `Your own type, from ${fact.source}.`;
  return [
    ...(above ? [] : [paint.faint(`${'EVENT TYPE'.padEnd(46)}SENT WHEN`)]),
    ...(above?.category === fact.category ? [] : ['', paint.strong(cleanLine(fact.category))]),
    `${paint.name(cleanLine(fact.event_type).padEnd(46))}${cleanLine(about)}`,
  ];
}

/** A scenario and its steps, which are the names of types. */
export function scenario(
  { scenario: name, description, steps, path }: ScenarioListed,
  paint: Paint,
): string[] {
  return [
    `${paint.name(cleanLine(name))}${path === null ? '' : paint.faint(`  ${cleanLine(path)}`)}`,
    ...(description === null ? [] : [`  ${cleanLine(description)}`]),
    ...steps.map((step, index) => paint.faint(`  ${index + 1}. ${cleanLine(step)}`)),
    '',
  ];
}

/** A check in `check --list`. */
export function checkRow({ name, part, sends, expects }: CheckListed, paint: Paint): string {
  return `${part.padEnd(21)}${paint.name(cleanLine(name).padEnd(44))}  ${cleanLine(sends)}${paint.faint(`  → ${cleanLine(expects)}`)}`;
}
