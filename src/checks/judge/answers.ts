import { answerTextOf } from '../../delivery/answers/text.ts';
import { asBuffer, headerValues, ID_HEADER } from '../../message.ts';
import type { Exchange } from '../workbench.ts';

/** Whether two messages got the same response, apart from ids, times and signatures. */
export function isSameResponse(one: Exchange, other: Exchange): boolean {
  return answerOf(one) === answerOf(other);
}

/** A response with ids, times and signatures masked. */
export function answerOf({ outcome, message }: Exchange): string {
  if (!outcome.answered) return outcome.failure;
  const id = headerValues(message.headers, ID_HEADER)[0];
  const text = answerTextOf(outcome, message);
  const masked = (id === undefined ? text : text.replaceAll(id, 'id'))
    .replace(/\b(?:evt|msg|req)_\w+|[0-9a-f]{8}-[0-9a-f-]{27}|[A-Za-z0-9+/]{43}=/g, 'id')
    .replace(/\d+/g, '0');
  return `${outcome.status} ${masked}`;
}

/** The response body as text; empty if there is no response. */
export function answerText({ outcome }: Exchange): string {
  return outcome.answered ? asBuffer(outcome.body).toString() : '';
}
