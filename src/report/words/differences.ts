import type { EventDifference } from '../../checks/fuzz/differences.ts';

/** The longest value that is shown, in characters. */
const MAX_SHOWN = 60;
/** How much of a longer text is shown. */
const MAX_START = 20;

/** A difference from the sample event: `data.name is ""`, `data.email is absent`, `data.groups is a list of 87 items`. */
export function explainDifference({ path, value }: EventDifference): string {
  const name = path.join('.');
  if (value === undefined) return `${name} is absent`;
  const json = JSON.stringify(value);
  if (json.length <= MAX_SHOWN) return `${name} is ${json}`;
  if (Array.isArray(value)) return `${name} is a list of ${value.length} items`;
  if (typeof value !== 'string') return `${name} is ${json.slice(0, MAX_SHOWN)}…`;
  const characters = [...value];
  const start = characters.slice(0, MAX_START).join('');
  return `${name} is a text of ${characters.length} characters that starts with ${JSON.stringify(start)}`;
}
