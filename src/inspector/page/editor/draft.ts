import type { CaptureDetail, ReplayRequest } from '../../protocol.ts';
import { compacted, isJson } from '../text/json.ts';
import { indented } from '../text/json-lines.ts';
import { eachLeaf, type JsonLeaf, leavesOf } from '../text/json-paths.ts';

/** What was edited; kept per capture in this tab, so that neither sending nor reloading loses it. */
export interface ReplayDraft {
  readonly text: string;
  readonly mode: ReplayRequest['mode'];
  readonly target: string | null;
}

/** The draft of a body that was not edited yet. */
export function freshDraft(body: string): ReplayDraft {
  return { text: indented(body), mode: 'resigned', target: null };
}

/** Whether the body to send differs from the received one. */
const isEdited = (draft: ReplayDraft, body: string) =>
  draft.text !== indented(body) && compacted(draft.text) !== body;

export interface ChangedField {
  readonly path: string;
  /** Null if it was added. */
  readonly from: string | null;
  /** Null if it was removed. */
  readonly to: string | null;
}

function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): ChangedField[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .map((path) => ({ path, from: before.get(path) ?? null, to: after.get(path) ?? null }))
    .filter(({ from, to }) => from !== to);
}

/** The fields in which two JSON texts differ; none if one of them is not JSON. */
export function changedFields(body: string, text: string): ChangedField[] {
  return isJson(body) && isJson(text) ? differences(leavesOf(body), leavesOf(text)) : [];
}

/** The text with one field as it was; without it, if it was added. A field that was removed stays removed. */
export function resetField(text: string, { path, from }: ChangedField): string {
  const leaf = [...eachLeaf(text)].findLast((each) => each.path === path);
  if (!leaf) return text;
  if (from !== null) return text.slice(0, leaf.start) + from + text.slice(leaf.end);
  return withoutMember(text, leaf);
}

const isSpaceAt = (text: string, at: number) => /\s/.test(text[at] ?? '');

/** Without a leaf, its name, and the comma after it or, at the end, before it. */
function withoutMember(text: string, { from, end }: JsonLeaf): string {
  const skip = (start: number) => {
    let at = start;
    while (isSpaceAt(text, at)) at++;
    return at;
  };
  const next = skip(end);
  if (text[next] === ',') return text.slice(0, from) + text.slice(skip(next + 1));
  let before = from;
  while (isSpaceAt(text, before - 1)) before--;
  return text.slice(0, text[before - 1] === ',' ? before - 1 : from) + text.slice(end);
}

/** What the editor shows about a draft. */
export interface DraftReport {
  readonly isJson: boolean;
  /** Whether the body to send differs from the received one. */
  readonly isEdited: boolean;
  /** The size of the body to send. */
  readonly bytes: number;
  /** How many fields differ. */
  readonly fields: number;
  readonly firstFields: readonly ChangedField[];
}

const maxFields = 5;

/** Returns a function that compares a draft with the received body, about which it keeps what each version needs. */
export function draftReporter(body: string): (text: string) => DraftReport {
  const original = indented(body);
  const before = isJson(body) ? leavesOf(body) : null;
  return (text) => {
    const isValid = isJson(text);
    const sent = text === original ? body : compacted(text);
    const fields = before && isValid ? differences(before, leavesOf(text)) : [];
    return {
      isJson: isValid,
      isEdited: sent !== body,
      bytes: new TextEncoder().encode(sent).length,
      fields: fields.length,
      firstFields: fields.slice(0, maxFields),
    };
  };
}

/** The mode in which a draft is sent: an edited body needs another signature. */
export const sentMode = ({ mode }: ReplayDraft, edited: boolean): ReplayDraft['mode'] =>
  edited && mode === 'exact' ? 'resigned' : mode;

/** The received body is sent without one in the request, so that its bytes cannot change on the way. */
export function requestOf(capture: string, draft: ReplayDraft, body: string): ReplayRequest {
  const edited = isEdited(draft, body);
  const request = { capture, mode: sentMode(draft, edited), target: draft.target };
  return edited ? { ...request, body: compacted(draft.text) } : request;
}

/** Why a capture cannot be edited; null if it can. */
export function uneditable({ truncated }: CaptureDetail, isText: boolean): string | null {
  if (truncated) return 'This body is too large to edit here.';
  return isText ? null : 'This body is not UTF-8 text, so it cannot be edited here.';
}
