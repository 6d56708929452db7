import { HooksError } from '../errors.ts';
import { keptBody } from '../message.ts';
import { applyEdit, type Edit, type EditFault } from './edit.ts';
import { editRefusal } from './edit-templates.ts';
import { isJson } from './json.ts';

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
  const { body: text } = keptBody(body);
  if (text === null || !isJson(text))
    throw new HooksError('uneditable_capture', { id, reason: 'it is not JSON' });
  return text;
}
