import { HooksError } from '../errors.ts';
import type { EventTemplate } from './build.ts';
import { nearestNames } from './catalogue.ts';
import { applyEdit, type Edit, type EditFault, pathsIn } from './edit.ts';
import { writePath } from './edit-path.ts';
import { readMembers, writeMembers } from './wire-form.ts';

/**
 * Makes edits in every event that they fit. `set` and `unset` may pass an event by whose field is not there, but not
 * all of them; `add` must be possible in each. Throws HooksError before anything is changed for good.
 */
export function editTemplates(templates: readonly EventTemplate[], edits: readonly Edit[]): EventTemplate[] {
  let texts = templates.map(({ members }) => writeMembers(members));
  for (const edit of edits) {
    const results = texts.map((text) => applyEdit(text, edit));
    const faults = results.filter((result) => typeof result !== 'string');
    const isImpossible = edit.kind === 'add' ? faults.length > 0 : faults.length === results.length;
    if (isImpossible && faults[0]) throw editRefusal(edit, faults[0], texts);
    texts = results.map((result, index) => (typeof result === 'string' ? result : texts[index]!));
  }
  if (edits.length === 0) return [...templates];
  const touched = new Set(edits.map(({ path }) => path[0]));
  return templates.map((template, index) => ({
    members: readMembers(texts[index]!) ?? template.members,
    hasNewId: template.hasNewId && !touched.has('id'),
    hasNewTime: template.hasNewTime && !touched.has('occurred_at'),
  }));
}

/** Why an edit cannot be made; `texts` are the events, in which near names are looked for. */
export function editRefusal(edit: Edit, fault: EditFault, texts: readonly string[]): HooksError {
  const [flag, path] = [`--${edit.kind}`, writePath(edit.path)];
  switch (fault.fault) {
    case 'no_such_field': {
      const known = [...new Set(texts.flatMap((text) => pathsIn(text).map(writePath)))];
      return new HooksError('no_such_field', { flag, path, nearest: nearestNames(path, known) });
    }
    case 'field_exists':
      return new HooksError('field_exists', { path });
    case 'not_a_container':
      return new HooksError('not_a_container', { flag, path, at: writePath(fault.at), type: fault.type });
    case 'no_such_index':
      return new HooksError('no_such_index', { flag, path, at: writePath(fault.at), length: fault.length });
  }
}
