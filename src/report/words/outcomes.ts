import { judgeFault } from '../../checks/faults.ts';
import { type Complaint, complaintOf } from '../../delivery/answers/complaints.ts';
import { isPage, type ResponderKind, whoAnswered } from '../../delivery/answers/telltales.ts';
import { answerTextOf } from '../../delivery/answers/text.ts';
import type { Answered, Failure, NotAnswered, Oddity, Outcome, Protocol } from '../../delivery/outcome.ts';
import { headerValues, type Message } from '../../message.ts';
import { cleanLine, cut } from '../clean.ts';
import { complaintWords } from './complaints.ts';
import { explainResponder } from './responders.ts';

/** Explains an outcome and how to fix it; undefined for a plain success. */
export function explainOutcome(outcome: Outcome, delivered: DeliveryContext): OutcomeWords | undefined {
  if (!outcome.answered) return explainFailure(outcome, delivered);
  return outcome.brokenOff ? brokenOff(outcome, delivered) : explainStatus(outcome, delivered);
}

/** Explains the outcome of a message with a deliberate fault; undefined when the handler rejected it correctly. */
export function explainFault(
  outcome: Outcome,
  delivered: DeliveryContext,
  fault: { readonly summary: string },
): OutcomeWords | undefined {
  const verdict = judgeFault(outcome);
  if (verdict === 'accepted') {
    return {
      detail: `the handler accepted a message ${fault.summary}, which it must reject: its verification is missing or incomplete`,
      fix: 'verify every message with the SDK first, and answer 401 when verification fails',
    };
  }
  if (verdict === 'not_judged' || !outcome.answered) return explainOutcome(outcome, delivered);
  if (outcome.status < 500) return undefined;
  return {
    detail: `the handler rejected the message with ${outcome.status}, so Scalekit would keep retrying it`,
    fix: 'catch the error that the verifier throws, and answer 401',
  };
}

/** Explains a 2xx response to the step of a scenario that expects another status. */
export function explainUnexpected(expects: readonly string[]): OutcomeWords {
  return {
    detail: `the handler accepted the event, and this step expects ${expects.join(' or ')}`,
    fix: "correct the handler, or the step's expect in the scenario",
  };
}

function brokenOff({ brokenOff, status }: Answered, { timeoutMs }: DeliveryContext): OutcomeWords {
  if (brokenOff === 'stopped') {
    return {
      detail: `you stopped the delivery while the ${status} response was arriving`,
      fix: 'send it again',
    };
  }
  const problem =
    brokenOff === 'timeout'
      ? `but did not end within ${seconds(timeoutMs)}; Scalekit would count it as failed`
      : 'but the connection closed before it ended; the handler has run';
  return {
    detail: `the response started with ${status} ${problem}`,
    fix: 'end the response: call res.end(), or send the whole body with its length',
  };
}

/** Explains a status; undefined for a plain success: 200, 201 or 202 from a handler. */
function explainStatus(answer: Answered, delivered: DeliveryContext): OutcomeWords | undefined {
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

/** Explains why a message got no response. */
function explainFailure(outcome: NotAnswered, delivered: DeliveryContext): OutcomeWords {
  return failures[outcome.failure](delivered, outcome);
}

const failures: Record<Failure, (delivered: DeliveryContext, outcome: NotAnswered) => OutcomeWords> = {
  connection_refused: ({ url }, { inContainer }) => ({
    detail: `nothing is listening on ${show(url.host)}`,
    fix: `${url.hostname === '127.0.0.1' ? 'start your app (use localhost if it listens on ::1)' : 'start your app'}, or run scalekit-hooks listen --port ${url.port || (url.protocol === 'https:' ? 443 : 80)} in another terminal${inContainer && isLoopback(url) ? fromContainer(url) : ''}`,
  }),
  dns: ({ url }, { detail }) => ({
    detail: detail.startsWith('EAI_AGAIN')
      ? `cannot resolve ${show(url.hostname)}: no network, or no DNS server answers`
      : `the host ${show(url.hostname)} does not exist`,
    fix: /^(?:host\.docker\.internal|gateway\.docker\.internal|host\.containers\.internal)$/.test(
      url.hostname,
    )
      ? 'only containers know this name. Outside of one, use localhost; in one on Linux, start it with --add-host=host.docker.internal:host-gateway'
      : 'check the spelling; a local app is at localhost',
  }),
  tls: ({ url }, { detail }) => explainTls(url, detail),
  not_tls: ({ url }) => ({
    detail: `${show(url.host)} does not use TLS on this port`,
    fix: `use http:// instead of https://: --to ${show(url.href.replace('https:', 'http:'))}`,
  }),
  reset: ({ url }, { wasSent }) => ({
    detail: wasSent
      ? 'the connection closed before a response arrived; the handler may have run'
      : 'the connection closed before the message was sent',
    fix: `check the handler's log for a crash${url.protocol === 'http:' ? ', or use https:// if the port uses TLS' : ''}`,
  }),
  timeout: ({ timeoutMs, url }, { wasSent }) =>
    wasSent
      ? {
          detail: `no response within ${seconds(timeoutMs)}; the handler may have run. Scalekit waits 10 s for a handler, then retries`,
          fix: 'answer 202 immediately and process the event afterwards, or use a longer --timeout to investigate',
        }
      : explainNoConnection(url, timeoutMs),
  unreachable: ({ url }, { detail }) => ({
    detail: `cannot reach ${show(url.host)} from this machine (${show(detail)})`,
    fix: 'check the address, the network and the firewall',
  }),
  not_http: ({ url }, { detail, protocol }) =>
    protocol ? explainProtocol(url, protocol) : explainNotHttp(url, detail),
  stopped: (_delivered, { wasSent }) => ({
    detail: wasSent
      ? 'you stopped the delivery before a response arrived; the handler may have run'
      : 'you stopped the delivery before the message was sent',
    fix: 'send it again',
  }),
};

function explainNoConnection({ protocol }: URL, timeoutMs: number): OutcomeWords {
  const isTls = protocol === 'https:';
  return {
    detail: `no ${isTls ? 'TLS ' : ''}connection within ${seconds(timeoutMs)}`,
    fix: `check the host, the port and the firewall${isTls ? ', and that the server uses TLS on this port' : ''}`,
  };
}

function explainNotHttp(url: URL, detail: string): OutcomeWords {
  return {
    detail: `${show(url.host)} did not send a valid HTTP response (${show(detail)})`,
    fix: `check that your app uses this port and sends valid HTTP${url.protocol === 'http:' ? ', or use https:// if the port uses TLS' : ''}`,
  };
}

function explainProtocol(url: URL, protocol: Protocol): OutcomeWords {
  const otherProgram = 'use the port of your app; another program uses this one';
  const fixes: Partial<Record<Protocol, string>> = {
    TLS: `use https:// instead of http://: --to ${show(url.href.replace('http:', 'https:'))}`,
    'HTTP/2': 'enable HTTP/1.1 on this port, or use a proxy that accepts HTTP/1.1',
  };
  return {
    detail: `${show(url.host)} speaks ${protocol} on this port, but webhooks are sent over HTTP/1.1`,
    fix: fixes[protocol] ?? otherProgram,
  };
}

function isLoopback({ hostname }: URL): boolean {
  return /^(?:127\.[\d.]+|\[::1\]|(?:.+\.)?localhost\.?)$/.test(hostname);
}

/** Tests leave this sentence out, because it depends on the machine. */
function fromContainer({ port, pathname }: URL): string {
  return `. This is a container. For an app on its host, use --to http://host.docker.internal${port && `:${port}`}${show(pathname)}`;
}

const certificateFaults: [code: RegExp, words: string][] = [
  [/SELF_SIGNED/, 'it is self-signed'],
  [/EXPIRED/, 'it has expired'],
  [/NOT_YET_VALID/, 'it is not valid yet'],
  [/ALTNAME|HOSTNAME/, 'it is for another name'],
  [/UNABLE_TO/, 'its issuer is unknown'],
];

function explainTls(url: URL, detail: string): OutcomeWords {
  if (detail.includes('NO_APPLICATION_PROTOCOL')) {
    return {
      detail: `${show(url.host)} does not accept HTTP/1.1 over TLS, only another protocol such as HTTP/2`,
      fix: 'enable HTTP/1.1 on the server: in Node.js, http2.createSecureServer({ allowHTTP1: true })',
    };
  }
  const fault = certificateFaults.find(([code]) => code.test(detail));
  if (!fault) {
    return {
      detail: `cannot establish a TLS connection to ${show(url.host)}: ${show(detail)}`,
      fix: 'check which TLS version or client certificate the server requires',
    };
  }
  return {
    detail: `the certificate of ${show(url.host)} is not trusted: ${fault[1]}`,
    fix: 'use --insecure for a local target, or set NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
  };
}

/** The meaning of an outcome and its fix, one line each. */
export interface OutcomeWords {
  detail: string;
  fix: string;
}

/** The delivery that the sentences refer to. */
export interface DeliveryContext {
  readonly url: URL;
  readonly message: Message;
  readonly timeoutMs: number;
}

/** Text from outside, cleaned and cut for use in a sentence. */
function show(text: string): string {
  return cut(cleanLine(text), 200);
}

/** Formats a time limit. */
function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
