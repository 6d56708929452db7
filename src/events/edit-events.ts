import { HooksError } from '../errors.ts';
import { isJson } from '../json.ts';
import { bodyMembers } from '../message.ts';
import { nearestNames } from '../names.ts';
import type { EventTemplate } from './build.ts';
import { applyEdit, type Edit, type EditFault, pathsIn } from './edit.ts';
import { writePath } from './edit-path.ts';
import { readMembers, writeMembers } from './wire-form.ts';

/**
 * Applies edits to events. `set` and `unset` skip events without the field, but must apply to at least one event; `add`
 * must apply to every event. Throws HooksError, and leaves `templates` unchanged.
 */
export function editTemplates(templates: readonly EventTemplate[], edits: readonly Edit[]): EventTemplate[] {
  let texts = templates.map(({ members }) => writeMembers(members));
  for (const edit of edits) {
    const results = texts.map((text) => applyEdit(text, edit));
    const faults = results.filter((result) => typeof result !== 'string');
    const isInapplicable = edit.kind === 'add' ? faults.length > 0 : faults.length === results.length;
    if (isInapplicable && faults[0]) throw editError(edit, faults[0], texts);
    texts = results.map((result, index) => (typeof result === 'string' ? result : texts[index]!));
  }
  if (edits.length === 0) return [...templates];
  return templates.map((template, index) => editedTemplate(template, texts[index]!, edits));
}

/** The template with the text that the edits have made. An id or a time that was edited is not replaced by a new one. */
export function editedTemplate(template: EventTemplate, text: string, edits: readonly Edit[]): EventTemplate {
  const isEdited = (name: string) => edits.some(({ path }) => path[0] === name);
  return {
    members: readMembers(text) ?? template.members,
    hasNewId: template.hasNewId && !isEdited('id'),
    hasNewTime: template.hasNewTime && !isEdited('occurred_at'),
  };
}

/** The error for an edit that cannot be applied; `texts` are the events to search for similar field names. */
function editError(edit: Edit, fault: EditFault, texts: readonly string[]): HooksError {
  const [flag, path] = [`--${edit.kind}`, writePath(edit.path)];
  switch (fault.fault) {
    case 'no_such_field': {
      const known = [...new Set(texts.flatMap((text) => pathsIn(text).map(writePath)))];
      const inside = known.filter((name) => name.endsWith(`.${path}`)).slice(0, 3);
      const nearest = inside.length > 0 ? inside : nearestNames(path, known);
      return new HooksError('no_such_field', { flag, path, nearest });
    }
    case 'field_exists':
      return new HooksError('field_exists', { path });
    case 'not_a_container':
      return new HooksError('not_a_container', { flag, path, at: writePath(fault.at), type: fault.type });
    case 'no_such_index':
      return new HooksError('no_such_index', { flag, path, at: writePath(fault.at), length: fault.length });
  }
}

/**
 * Applies edits to a JSON body and keeps every other byte. Skips edits that do not apply; EditTrial reports those
 * beforehand.
 */
export function editBody(body: Uint8Array, edits: readonly Edit[]): Uint8Array {
  let text = Buffer.from(body).toString();
  for (const edit of edits) {
    const result = applyEdit(text, edit);
    if (typeof result === 'string') text = result;
  }
  return Buffer.from(text);
}

/** Most bodies kept to search for similar field names. */
const MAX_REMEMBERED_BODIES = 20;

/**
 * Tests edits on bodies one at a time, without keeping all of them in memory. As in editTemplates, `set` and `unset`
 * must apply to at least one body, `add` to every body.
 */
export class EditTrial {
  readonly #edits: { readonly edit: Edit; hasApplied: boolean; fault: EditFault | undefined }[];
  readonly #texts: string[] = [];

  constructor(edits: readonly Edit[]) {
    this.#edits = edits.map((edit) => ({ edit, hasApplied: false, fault: undefined }));
  }

  /** Throws HooksError if the body cannot be edited or an `add` does not apply to it. */
  add(body: Uint8Array, id: string): void {
    let text = readJson(body, id);
    if (this.#texts.length < MAX_REMEMBERED_BODIES) this.#texts.push(text);
    for (const entry of this.#edits) {
      const result = tryEdit(text, entry.edit, id);
      if (typeof result === 'string') {
        entry.hasApplied = true;
        text = result;
      } else if (entry.edit.kind === 'add') throw editError(entry.edit, result, [text]);
      else entry.fault = result;
    }
  }

  /** Throws HooksError for the first edit that applied to no body. */
  conclude(): void {
    const unused = this.#edits.find(({ hasApplied, fault }) => fault && !hasApplied);
    if (unused) throw editError(unused.edit, unused.fault!, this.#texts);
  }
}

function tryEdit(text: string, edit: Edit, id: string): string | EditFault {
  try {
    return applyEdit(text, edit);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new HooksError('uneditable_capture', { id, reason: 'the JSON is nested too deeply' });
    }
    throw error;
  }
}

function readJson(body: Uint8Array, id: string): string {
  const { body: text } = bodyMembers(body);
  if (text === null || !isJson(text))
    throw new HooksError('uneditable_capture', { id, reason: 'it is not valid JSON' });
  return text;
}
