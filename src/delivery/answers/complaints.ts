import type { Message } from '../../message.ts';
import type { Answered } from '../outcome.ts';
import { askedHeaders } from './asked-headers.ts';
import { failedDependency } from './dependencies.ts';
import type { Responder } from './telltales.ts';
import { answerTextOf } from './text.ts';
import { namedFault } from './verifier-messages.ts';

/** What code before the verifier, or after it, does not accept about an event. */
export type Complaint = 'event-type' | 'media-type' | 'header' | 'size' | 'unknown-object' | 'content';

const objects =
  '(?:organi[sz]ation|org|user|account|tenant|workspace|customer|member|team|directory|connection|environment)';

/** Words of validators and of handlers. They say what the handler does not accept, but not that it has verified. */
const complaints: readonly (readonly [Complaint, RegExp])[] = [
  [
    'event-type',
    /\b(?:un(?:handled|known|supported|recognized|expected)|invalid)[ _](?:webhook[ _])?(?:event|topic)s?\b(?![ _](?:signature|payload|body|data|format))|\bevent\b[^\n]{0,60}\bnot (?:supported|handled)\b/i,
  ],
  [
    'media-type',
    /\b(?:media|content)[ -]type\b[^\n]{0,60}\b(?:must|should|expected|supported|allowed|invalid)\b|\b(?:unsupported|invalid) (?:media|content)[ -]type\b/i,
  ],
  ['size', /\b(?:body|payload|entity) (?:is )?too large\b/i],
  ['header', /\b[\w-]{2,60} header (?:is )?(?:required|missing|not found)\b|\bmissing [\w-]{2,60} header\b/i],
  [
    'unknown-object',
    new RegExp(
      String.raw`\b(?:no such|unknown|no) ${objects}\b|\b${objects}(?:[ _]id)?\b[^\n"]{0,40}[ _](?:not[ _]found|unknown|(?:does not|doesn't) (?:exist|match)|mismatch)\b`,
      'i',
    ),
  ],
  [
    'content',
    /\bZodError\b|\bValidation(?:Error| failed)\b|\bjson: (?:unknown|cannot)\b|\bUnrecognized (?:key|field)|\bmust (?:have required|NOT have additional) propert|\b(?:missing|required|unknown|unexpected|invalid) (?:required )?(?:field|property|attribute|param)|\b(?:invalid|malformed|bad) (?:request |event |webhook |json )?(?:payload|body|schema|data)\b|"[\w.[\]]{1,80}\\?" is (?:required|not allowed)\b|\b(?:missing|no) (?!auth|token|api|access|bearer|session|cookie|cred|secret|sign|header)[\w.]{2,40}(?: [\w.]{2,40})?["!.]|\b(?!auth|login|token|key|password|session|secret)[\w.]{2,40} (?:is|are) required\b/i,
  ],
];

/**
 * The complaint of a response. Undefined if a verifier, a database or whoever answered in place of the handler says more,
 * and for the statuses of guards.
 */
export function complaintOf(
  answer: Answered,
  message: Message,
  responder: Responder | undefined,
): Complaint | undefined {
  const { status } = answer;
  const isOther = responder !== undefined && responder.kind !== 'error-page';
  if (status < 400 || status === 401 || status === 403 || isOther) return undefined;
  const text = answerTextOf(answer, message);
  if (namedFault(text) || failedDependency(text) !== undefined || askedHeaders(text).length > 0)
    return undefined;
  return complaints.find(([, pattern]) => pattern.test(text))?.[0];
}
