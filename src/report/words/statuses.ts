import { type Complaint, complaintOf } from '../../delivery/answers/complaints.ts';
import { isPage, type ResponderKind, whoAnswered } from '../../delivery/answers/telltales.ts';
import { answerTextOf } from '../../delivery/answers/text.ts';
import type { Answered, Oddity } from '../../delivery/outcome.ts';
import { headerValues } from '../../message.ts';
import { complaintWords } from './complaints.ts';
import { type DeliveryContext, type OutcomeWords, show } from './outcome-words.ts';
import { explainResponder } from './responders.ts';

/** Explains a status; undefined for a plain success: 200, 201 or 202 from a handler. */
export function explainStatus(answer: Answered, delivered: DeliveryContext): OutcomeWords | undefined {
  const responder = whoAnswered(answer, delivered.message, delivered.url);
  if (responder?.kind === 'no-route') return explainNoRoute(delivered.url, responder.isCertain);
  const complaint = complaintOf(answer, delivered.message, responder);
  if (complaint) return explainComplaint(complaint);
  if (responder && !isAboutStatus(responder.kind, answer.status)) return explainResponder(responder);
  if (answer.status < 300) return explainSuccess(answer);
  if (answer.status < 400) return explainRedirect(answer, delivered);
  const kind = answer.status < 500 ? 'other4xx' : 'other5xx';
  const sentences = statuses[answer.status] ?? statuses[answer.status < 600 ? kind : 'unknown'];
  return sentences!(delivered, answer);
}

/** The words of a response suggest it, and prove nothing. */
function explainComplaint(complaint: Complaint): OutcomeWords {
  const { detail, fix } = complaintWords[complaint];
  return { detail: `most likely, the handler ${detail}`, fix };
}

/** Whether the page of a proxy or framework says no more than its status does. */
function isAboutStatus(kind: ResponderKind, status: number): boolean {
  return (kind === 'error-page' || kind === 'proxy') && [405, 413, 415].includes(status);
}

/** Explains a 404. Without proof, it may be the handler's own. */
function explainNoRoute(url: URL, isCertain: boolean): OutcomeWords {
  return {
    detail: `the app is running, but ${isCertain ? '' : 'most likely '}has no handler for POST at ${show(url.pathname)}`,
    fix:
      url.pathname === '/'
        ? `did you mean ${show(url.origin)}/webhook? Use --to with the path that your app registers`
        : `use --to ${show(url.origin)}/your/path, with the path that your app registers`,
  };
}

type StatusWords = (delivered: DeliveryContext, answer: Answered) => OutcomeWords;

/** Statuses that Scalekit's overview lists, and those that a router, proxy or framework sends instead of a handler. */
const statuses: Record<number | 'other4xx' | 'other5xx' | 'unknown', StatusWords> = {
  400: () => ({
    detail: 'the handler rejected the message: as malformed, or because of its signature',
    fix: 'verify the raw body with the same signing secret; see the possible causes',
  }),
  401: () => ({
    detail: 'the handler, or a guard in front of it, rejected the message',
    fix: 'verify the raw body with the same signing secret; see the possible causes',
  }),
  403: () => ({
    detail: 'the handler, or a guard in front of it, denied the request',
    fix: 'exempt the webhook route from login and CSRF checks; see the possible causes',
  }),
  404: ({ url }) => explainNoRoute(url, false),
  405: ({ url }) => ({
    detail: `${show(url.pathname)} exists, but does not accept POST`,
    fix: 'register the handler for POST, the only method that Scalekit uses',
  }),
  413: ({ message }) => ({
    detail: `the app, or a proxy in front of it, does not accept a body of ${message.body.length} bytes`,
    fix: "raise the limit: in Express, express.raw({ type: 'application/json', limit: '1mb' }); in nginx, client_max_body_size 2m",
  }),
  415: () => ({
    detail: 'the handler does not accept application/json',
    fix: 'allow application/json on the route: Scalekit sends every webhook with this content type',
  }),
  422: () => ({
    detail: 'the handler could not process the request: this status usually means that it failed validation',
    fix: "check the response and the handler's log. Answer 2xx to event types that the handler does not use, to avoid pointless retries",
  }),
  429: (_delivered, answer) => ({
    detail: `the handler limits the rate of requests${retryAfter(answer)}; Scalekit would retry later`,
    fix: 'exempt the webhook route from the rate limit, or send fewer events at once',
  }),
  500: () => ({
    detail:
      'the handler failed, or did not catch an error that the verifier threw; Scalekit would retry later',
    fix: "check the handler's log and the possible causes",
  }),
  501: () => ({
    detail:
      'the server answered 501, which usually means that it does not support POST; another program may use this port',
    fix: 'check that your app uses this port, and that it handles POST at this path',
  }),
  502: () => ({
    detail:
      'the server answered 502, which usually comes from a proxy that could not reach the handler behind it',
    fix: 'check that the app behind the proxy is running, or send directly to the app',
  }),
  503: (_delivered, answer) => ({
    detail: `the handler is unavailable${retryAfter(answer)}; Scalekit would retry later`,
    fix: 'send it again when the handler is up',
  }),
  504: () => ({
    detail: 'the server answered 504, which usually comes from a proxy that waited too long for the handler',
    fix: 'answer 202 immediately, and process the event afterwards',
  }),
  other4xx: (_delivered, { status }) => ({
    detail: `the handler rejected the message with ${status}, a status that Scalekit's documentation does not list`,
    fix: "check the response and the handler's log",
  }),
  other5xx: (_delivered, { status }) => ({
    detail: `the handler failed with ${status}; Scalekit would retry later`,
    fix: "check the handler's log",
  }),
  unknown: (_delivered, { status }) => ({
    detail: `${status} is not a valid HTTP status, so the message does not count as accepted`,
    fix: 'answer 201',
  }),
};

function retryAfter(answer: Answered): string {
  const value = headerValues(answer.headers, 'retry-after')[0];
  return value === undefined ? '' : ` (retry-after: ${show(value)})`;
}

function explainSuccess(answer: Answered): OutcomeWords | undefined {
  if (answer.body.length > 0 && isPage(answerTextOf(answer))) {
    return {
      detail: 'the response is an HTML page: another route may have answered instead of the webhook handler',
      fix: 'use --to with the path of your webhook handler',
    };
  }
  if (answer.oddities) return explainOddities(answer.oddities);
  if (answer.status <= 202) return undefined;
  return {
    detail: `${answer.status} counts as accepted, as any 2xx does, but Scalekit's documentation lists only 200, 201 and 202`,
    fix: 'answer 201, which the documentation recommends',
  };
}

/** What the response does, and how to fix it. */
const oddities: Record<Oddity, readonly [problem: string, fix: string]> = {
  repeated_length: [
    'has more than one Content-Length header',
    'set Content-Length once, or let the server set it',
  ],
  length_with_chunks: [
    'has both Content-Length and Transfer-Encoding',
    'do not set these headers in the handler; let the server set one of them',
  ],
  unexpected_body: ['has a body, which its status does not allow', 'answer 201, or send no body'],
  bare_newlines: ['ends header lines with LF instead of CRLF', 'end each header line with CRLF'],
  space_before_colon: ['has a space between a header name and its colon', 'remove the space'],
  folded_header: ['continues a header on a second line', 'write each header on one line'],
  control_character: ['has a control character in a header', 'remove the character'],
  lower_case_version: ['writes HTTP in lower case in the status line', 'write HTTP/1.1 in upper case'],
};

function explainOddities(found: readonly Oddity[]): OutcomeWords {
  const rows = found.map((oddity) => oddities[oddity]);
  return {
    detail: `the response counts as accepted, but it ${rows.map(([problem]) => problem).join(', and it ')}. Some HTTP clients reject that`,
    fix: rows.map(([, fix]) => fix).join('; '),
  };
}

function explainRedirect(answer: Answered, { url }: DeliveryContext): OutcomeWords {
  const location = headerValues(answer.headers, 'location')[0];
  const next =
    location !== undefined && URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
  if (!next) {
    return {
      detail: `${answer.status} does not count as accepted, and Scalekit does not follow redirects`,
      fix: 'answer 201 at the URL that receives the webhook',
    };
  }
  const detail = `the handler redirected to ${show(next.href)}, and Scalekit does not follow redirects`;
  // What a form handler answers after it has done its work.
  const isAfterwards = answer.status === 303;
  return {
    detail,
    fix: isAfterwards
      ? 'answer 201 instead of the redirect'
      : 'register the webhook route before the redirect (a login guard, a locale or host rule), or answer 201',
  };
}
