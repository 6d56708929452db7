import { envelope } from '../../../events/shapes/envelope.ts';
import { type Field, type FieldRule, object, type Shape } from '../../../events/shapes/field.ts';
import { isEventType } from '../../../events/shapes/schemas.ts';
import { dataShapes } from '../../../events/shapes/shapes.ts';
import type { FieldShown } from '../../compose-protocol.ts';

/** The documented fields of each object in an event of a type, by its path; of other types, those of the envelope. */
export function fieldsOf(type: string): Record<string, FieldShown[]> {
  const shape = isEventType(type) ? { ...envelope, data: object(dataShapes[type]) } : envelope;
  const found: Record<string, FieldShown[]> = {};
  collect(shape, '', found);
  return found;
}

function collect(shape: Shape, path: string, found: Record<string, FieldShown[]>): void {
  found[path] = Object.entries(shape).map(([name, field]) => fieldShown(name, field));
  for (const [name, { rule }] of Object.entries(shape)) collectIn(rule, `${path}.${name}`, found);
}

/** Elements of a list have the path of the list and `[]`. */
function collectIn(rule: FieldRule, path: string, found: Record<string, FieldShown[]>): void {
  if (rule.kind === 'object') collect(rule.shape, path, found);
  if (rule.kind === 'list') collectIn(rule.item.rule, `${path}[]`, found);
}

function fieldShown(name: string, { rule, ...field }: Field<unknown>): FieldShown {
  const isOptional = 'isOptional' in field;
  return { name, isOptional, values: valuesOf(rule), empty: emptyOf(rule) };
}

function valuesOf(rule: FieldRule): string[] {
  if (rule.kind === 'word') return rule.words.map((word) => JSON.stringify(word));
  return rule.kind === 'flag' ? ['true', 'false'] : [];
}

const empty: Readonly<Partial<Record<FieldRule['kind'], string>>> = {
  text: '""',
  flag: 'false',
  list: '[]',
  object: '{}',
  map: '{}',
};

function emptyOf(rule: FieldRule): string {
  return rule.kind === 'word' ? JSON.stringify(rule.words[0]) : (empty[rule.kind] ?? 'null');
}
