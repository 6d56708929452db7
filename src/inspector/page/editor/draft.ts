import type { CaptureDetail, ReplayRequest } from '../../protocol.ts';
import { compacted, indented, isJson, leavesOf } from '../text/json.ts';

/** What was edited; kept per capture in this tab, so that neither sending nor reloading loses it. */
export interface ReplayDraft {
  readonly text: string;
  readonly mode: ReplayRequest['mode'];
  readonly target: string | null;
}

export function freshDraft(body: string): ReplayDraft {
  return { text: indented(body), mode: 'resigned', target: null };
}

/** Whether the body to send differs from the received one. */
export const isEdited = (draft: ReplayDraft, body: string) =>
  draft.text !== indented(body) && compacted(draft.text) !== body;

export interface ChangedField {
  readonly path: string;
  /** Null if it was added. */
  readonly from: string | null;
  /** Null if it was removed. */
  readonly to: string | null;
}

export function changedFields(body: string, text: string): ChangedField[] {
  if (!isJson(body) || !isJson(text)) return [];
  const before = leavesOf(body);
  const after = leavesOf(text);
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths]
    .map((path) => ({ path, from: before.get(path) ?? null, to: after.get(path) ?? null }))
    .filter(({ from, to }) => from !== to);
}

/** The received body is sent without one in the request, so that its bytes cannot change on the way. */
export function requestOf(capture: string, draft: ReplayDraft, body: string): ReplayRequest {
  const request = { capture, mode: draft.mode, target: draft.target };
  return isEdited(draft, body) ? { ...request, body: compacted(draft.text) } : request;
}

/** Why a capture cannot be edited; null if it can. */
export function uneditable({ truncated }: CaptureDetail, isText: boolean): string | null {
  if (truncated) return 'This body is too large to edit here.';
  return isText ? null : 'This body is not UTF-8 text, so it cannot be edited here.';
}
