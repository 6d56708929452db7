import { asBuffer, headerValues, ID_HEADER } from '../../message.ts';
import type { Exchange } from '../workbench.ts';

/** Whether two messages were answered in the same way, but for what is of one of them only. */
export function isAnsweredAlike(one: Exchange, other: Exchange): boolean {
  return answerOf(one) === answerOf(other);
}

/** An answer without ids, times and signatures. */
export function answerOf({ outcome, message }: Exchange): string {
  if (!outcome.answered) return outcome.failure;
  const id = headerValues(message.headers, ID_HEADER)[0];
  const text = asBuffer(outcome.body).toString();
  const masked = (id === undefined ? text : text.replaceAll(id, 'id'))
    .replace(/\b(?:evt|msg|req)_\w+|[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9+/]{43}=/g, 'id')
    .replace(/\d+/g, '0');
  return `${outcome.status} ${masked}`;
}

/** The text of an answer; empty where none came. */
export function answerText({ outcome }: Exchange): string {
  return outcome.answered ? asBuffer(outcome.body).toString() : '';
}
