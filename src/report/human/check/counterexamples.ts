import { cleanLine, cut } from '../../clean.ts';
import type { Counterexampled } from '../../facts/index.ts';
import type { Paint } from '../layout.ts';
import { MAX_BODY_LENGTH, MAX_EVIDENCE_LENGTH } from './limits.ts';

/** Differences of one counterexample. */
const MAX_DIFFERENCES = 5;

/** The smallest event of one failure: where it differs from one that is accepted, and how to send it again. */
export function counterexampleLines(fact: Counterexampled, paint: Paint): string[] {
  const { event_type: type, got, differences, events, smallest, response, path, resend } = fact;
  const count = events === 1 ? '1 event' : `${events} events`;
  return [
    `${paint.bad('✗')} ${paint.name(cleanLine(type))}: ${cleanLine(got)} (${count})`,
    ...differences
      .slice(0, MAX_DIFFERENCES)
      .map((difference) => `  ${paint.faint('where')} ${cleanLine(cut(difference, MAX_EVIDENCE_LENGTH))}`),
    ...(differences.length > MAX_DIFFERENCES ? [`  and ${differences.length - MAX_DIFFERENCES} more`] : []),
    ...(smallest ? [] : [`  ${whyNotSmallest(fact)}`]),
    ...(response?.trim()
      ? [`  ${paint.faint('response')}: ${cleanLine(cut(withoutTags(response), MAX_BODY_LENGTH))}`]
      : []),
    ...(path === null ? [] : [`  ${paint.faint('saved as')} ${cleanLine(path)}`]),
    ...(resend === null ? [] : [`  ${paint.faint('resend')}: ${cleanLine(resend)}`]),
    '',
  ];
}

function whyNotSmallest({ got }: Counterexampled): string {
  return got.startsWith('no response')
    ? 'the app ended with this event, or with another that was on its way. With --start, check finds out which'
    : 'it may not be the smallest event: the limit of messages or time was reached';
}

/** The text of an error page, of which the start is markup; other text as it is. */
function withoutTags(response: string): string {
  const text = response.trim();
  if (!/^<(?:!doctype|html)/i.test(text)) return text;
  return text
    .replaceAll(/<[^<>]*>|&nbsp;/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
