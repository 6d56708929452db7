import { HooksError } from '../errors.ts';
import { isJson } from '../json.ts';
import { bodyMembers } from '../message.ts';
import { nearestNames } from '../names.ts';
import type { EventTemplate } from './build.ts';
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

/**
 * Makes edits in a body as it came: every byte outside of what they change stays. An edit that does not fit it is
 * passed by; see EditTrial. The body is JSON.
 */
export function editBody(body: Uint8Array, edits: readonly Edit[]): Uint8Array {
  let text = Buffer.from(body).toString();
  for (const edit of edits) {
    const result = applyEdit(text, edit);
    if (typeof result === 'string') text = result;
  }
  return Buffer.from(text);
}

/** Bodies in which the nearest names of a field are looked for. */
const REMEMBERED = 20;

/**
 * Tries edits on bodies one after the other, of which none is held. The rule is that of editTemplates: a `set` or
 * `unset` must fit one of them at least, an `add` each.
 */
export class EditTrial {
  readonly #edits: { readonly edit: Edit; hasFitted: boolean; fault: EditFault | undefined }[];
  readonly #texts: string[] = [];

  constructor(edits: readonly Edit[]) {
    this.#edits = edits.map((edit) => ({ edit, hasFitted: false, fault: undefined }));
  }

  /** Throws HooksError for a body that cannot be edited, and for an `add` that does not fit it. */
  add(body: Uint8Array, id: string): void {
    let text = readJson(body, id);
    if (this.#texts.length < REMEMBERED) this.#texts.push(text);
    for (const entry of this.#edits) {
      const result = tryEdit(text, entry.edit, id);
      if (typeof result === 'string') {
        entry.hasFitted = true;
        text = result;
      } else if (entry.edit.kind === 'add') throw editRefusal(entry.edit, result, [text]);
      else entry.fault = result;
    }
  }

  /** Throws HooksError for the first edit that fitted none. */
  conclude(): void {
    const idle = this.#edits.find(({ hasFitted, fault }) => fault && !hasFitted);
    if (idle) throw editRefusal(idle.edit, idle.fault!, this.#texts);
  }
}

function tryEdit(text: string, edit: Edit, id: string): string | EditFault {
  try {
    return applyEdit(text, edit);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new HooksError('uneditable_capture', { id, reason: 'it is nested too deeply' });
    }
    throw error;
  }
}

function readJson(body: Uint8Array, id: string): string {
  const { body: text } = bodyMembers(body);
  if (text === null || !isJson(text))
    throw new HooksError('uneditable_capture', { id, reason: 'it is not JSON' });
  return text;
}
