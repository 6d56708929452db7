import { judgeFault } from '../../checks/faults.ts';
import type { Answered, Failure, NotAnswered, Outcome } from '../../delivery/outcome.ts';
import { headerValues } from '../../message.ts';
import { cleanLine, cut } from '../clean.ts';

/** What an outcome means here and what to try; undefined for one that is plainly good. */
export function explainOutcome(outcome: Outcome, delivered: DeliveryContext): OutcomeWords | undefined {
  if (!outcome.answered) return explainFailure(outcome, delivered);
  return outcome.brokenOff ? brokenOff(outcome, delivered) : explainStatus(outcome, delivered);
}

/** The sentences for what came of a message that was spoiled on purpose; undefined when it was refused as it should be. */
export function explainFault(
  outcome: Outcome,
  delivered: DeliveryContext,
  fault: { readonly summary: string },
): OutcomeWords | undefined {
  const verdict = judgeFault(outcome);
  if (verdict === 'accepted') {
    return {
      detail: `the handler took a message ${fault.summary}: whoever knows its address can make it believe anything`,
      fix: 'verify every message with the SDK before anything else, and answer 401 when that fails',
    };
  }
  if (verdict === 'not_judged' || !outcome.answered) return explainOutcome(outcome, delivered);
  if (outcome.status < 500) return undefined;
  return {
    detail: `refused by failing (${outcome.status}): Scalekit would try such a message again and again`,
    fix: "catch the verifier's error and answer 401",
  };
}

function brokenOff({ brokenOff, status }: Answered, { timeoutMs }: DeliveryContext): OutcomeWords {
  if (brokenOff === 'stopped') {
    return { detail: `you stopped it while the answer, ${status}, was coming`, fix: 'send it again' };
  }
  const how = {
    timeout: `did not end within ${seconds(timeoutMs)}; Scalekit would count it as failed`,
    reset: 'broke off; your handler has run',
  };
  return {
    detail: `the answer began with ${status} ${brokenOff === 'timeout' ? `but ${how.timeout}` : `and ${how.reset}`}`,
    fix: 'end the answer: res.end(), or send it whole with its length',
  };
}

/** The sentences for a status; undefined for one that is plainly good: 200, 201 or 202 from a handler. */
export function explainStatus(answer: Answered, delivered: DeliveryContext): OutcomeWords | undefined {
  if (answer.status < 300) return explainSuccess(answer);
  if (answer.status < 400) return explainRedirect(answer, delivered);
  const kind = answer.status < 500 ? 'other4xx' : 'other5xx';
  const sentences = statuses[answer.status] ?? statuses[answer.status < 600 ? kind : 'unknown'];
  return sentences!(delivered, answer);
}

type StatusWords = (delivered: DeliveryContext, answer: Answered) => OutcomeWords;

/** Statuses as Scalekit's overview reads them, and those that a route, proxy or framework gives in a handler's place. */
const statuses: Record<number | 'other4xx' | 'other5xx' | 'unknown', StatusWords> = {
  400: () => ({
    detail: 'the handler took the message for malformed, or did not accept its signature',
    fix: 'the possible causes, the likeliest first',
  }),
  401: () => ({
    detail: 'the handler did not accept the signature',
    fix: 'the possible causes, the likeliest first',
  }),
  403: () => ({
    detail: 'the handler, or something before it, does not let this request in',
    fix: 'the causes below',
  }),
  404: ({ url }) => ({
    detail: `nothing handles ${show(url.pathname)} there: the app runs, the path is another`,
    fix: `--to ${show(url.origin)}/your/path, with the path that your app registers`,
  }),
  405: ({ url }) => ({
    detail: `${show(url.pathname)} is there, but takes no POST`,
    fix: 'register the handler for POST: Scalekit delivers by POST only',
  }),
  413: ({ bodyBytes }) => ({
    detail: `the handler takes no body of ${bodyBytes} bytes`,
    fix: "raise its limit: in Express express.raw({ type: 'application/json', limit: '1mb' })",
  }),
  415: () => ({
    detail: 'the handler does not take application/json',
    fix: 'let the route accept application/json: all Scalekit webhooks are sent as that',
  }),
  422: () => ({
    detail: 'the signature was probably accepted, but the handler could not process this event',
    fix: "the answer above and the handler's log; for a type that it does not use, a 2xx spares pointless retries",
  }),
  429: (_delivered, answer) => ({
    detail: `the handler limits how often it is called${retryAfter(answer)}; Scalekit would try again later`,
    fix: 'exempt the webhook route from the rate limit, or send fewer events at once',
  }),
  500: () => ({
    detail:
      'the handler failed; a verifier that throws and is not caught ends here too. Scalekit would try again later',
    fix: "the handler's log, and the possible causes, the likeliest first",
  }),
  502: () => ({
    detail: 'a proxy answered: it could not reach the handler behind it',
    fix: 'check that the app behind the proxy runs, or send to the app itself',
  }),
  503: (_delivered, answer) => ({
    detail: `the handler is not available now${retryAfter(answer)}; Scalekit would try again later`,
    fix: 'send again when it is up',
  }),
  504: () => ({
    detail: 'a proxy answered: the handler behind it took too long',
    fix: 'answer at once and do the work afterwards (202)',
  }),
  other4xx: (_delivered, { status }) => ({
    detail: `the handler refused the message with a status (${status}) that Scalekit's documents do not name`,
    fix: "the answer above and the handler's log",
  }),
  other5xx: (_delivered, { status }) => ({
    detail: `the handler failed (${status}); Scalekit would try again later`,
    fix: "the handler's log",
  }),
  unknown: (_delivered, { status }) => ({
    detail: `${status} is not a status of HTTP, so the message does not count as taken`,
    fix: 'answer 201',
  }),
};

function retryAfter(answer: Answered): string {
  const value = headerValues(answer.headers, 'retry-after')[0];
  return value === undefined ? '' : ` (retry-after: ${show(value)})`;
}

function explainSuccess(answer: Answered): OutcomeWords | undefined {
  if (/^text\/html\b/i.test(headerValues(answer.headers, 'content-type')[0] ?? '')) {
    return {
      detail:
        'the answer looks like a page, not like that of a handler: another route may have taken the request',
      fix: '--to with the path of your webhook handler',
    };
  }
  if (answer.status <= 202) return undefined;
  return {
    detail: `any 2xx counts as taken, but Scalekit's documents name only 200, 201 and 202, not ${answer.status}`,
    fix: 'answer 201, which they recommend',
  };
}

function explainRedirect(answer: Answered, { url }: DeliveryContext): OutcomeWords {
  const location = headerValues(answer.headers, 'location')[0];
  const next =
    location !== undefined && URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
  if (!next) {
    return {
      detail: `${answer.status} is no answer that Scalekit counts as taken, and a redirect is never followed`,
      fix: 'answer 201 where the webhook arrives',
    };
  }
  const meaning = `a redirect to ${show(next.href)}, and Scalekit does not follow redirects`;
  const isSame = (change: (copy: URL) => void) => {
    const copy = new URL(url.href);
    change(copy);
    return copy.href === next.href;
  };
  if (
    isSame((copy) => {
      copy.pathname = copy.pathname.endsWith('/') ? copy.pathname.slice(0, -1) : `${copy.pathname}/`;
    })
  ) {
    return {
      detail: `${meaning}; only the slash at the end differs`,
      fix: `--to ${show(next.href)}, and that URL in the dashboard`,
    };
  }
  if (url.protocol === 'http:' && next.protocol === 'https:' && next.hostname === url.hostname) {
    return { detail: `${meaning}; it wants https`, fix: `--to ${show(next.href)}` };
  }
  return {
    detail: meaning,
    fix: 'register the webhook route before what redirects (a login guard, a locale or host rule)',
  };
}

/** The sentences for a message that no status line answered. */
export function explainFailure(outcome: NotAnswered, delivered: DeliveryContext): OutcomeWords {
  return failures[outcome.failure](delivered, outcome);
}

const failures: Record<Failure, (delivered: DeliveryContext, outcome: NotAnswered) => OutcomeWords> = {
  connection_refused: ({ url }) => ({
    detail: `nothing listens on ${show(url.host)}`,
    fix: `start your app, or scalekit-hooks listen --port ${url.port || (url.protocol === 'https:' ? 443 : 80)} in another terminal`,
  }),
  dns: ({ url }, { detail }) => ({
    detail: detail.startsWith('EAI_AGAIN')
      ? `${show(url.hostname)} could not be looked up: no network, or no name server that answers`
      : `there is no host called ${show(url.hostname)}`,
    fix: 'check the spelling; a local app is at localhost',
  }),
  tls: ({ url }, { detail }) => explainTls(url, detail),
  not_tls: ({ url }) => ({
    detail: `${show(url.host)} does not speak TLS on this port`,
    fix: `http:// in place of https://: --to ${show(url.href.replace('https:', 'http:'))}`,
  }),
  reset: ({ url }, { wasSent }) => ({
    detail: wasSent
      ? 'the connection was closed before an answer came; your handler may have run'
      : 'the connection was closed before the message was sent',
    fix:
      url.protocol === 'http:'
        ? "the handler's log for a crash; if the port speaks TLS, https://"
        : "the handler's log for a crash",
  }),
  timeout: ({ timeoutMs }, { wasSent }) => ({
    detail: wasSent
      ? `no answer within ${seconds(timeoutMs)}; your handler may have run. Scalekit gives a handler 10 s, then tries again`
      : `no connection within ${seconds(timeoutMs)}`,
    fix: wasSent
      ? 'answer first (202) and do the work afterwards; --timeout for a longer look'
      : 'check host, port and firewall',
  }),
  unreachable: ({ url }, { detail }) => ({
    detail: `${show(url.host)} cannot be reached from here (${show(detail)})`,
    fix: 'check the address, the network and the firewall',
  }),
  not_http: ({ url }, { detail }) => ({
    detail: `what answered on ${show(url.host)} does not speak HTTP as it should (${show(detail)})`,
    fix:
      url.protocol === 'http:' ? 'https://, if the port speaks TLS; else check the port' : 'check the port',
  }),
  stopped: (_delivered, { wasSent }) => ({
    detail: wasSent
      ? 'you stopped it before an answer came; your handler may have run'
      : 'you stopped it before it was sent',
    fix: 'send it again',
  }),
};

const certificateFaults: [code: RegExp, words: string][] = [
  [/SELF_SIGNED/, 'it is self-signed'],
  [/EXPIRED/, 'it has expired'],
  [/NOT_YET_VALID/, 'it is not valid yet'],
  [/ALTNAME|HOSTNAME/, 'it is for another name'],
  [/UNABLE_TO/, 'who issued it is not known here'],
];

function explainTls(url: URL, detail: string): OutcomeWords {
  const fault = certificateFaults.find(([code]) => code.test(detail));
  if (!fault) {
    return {
      detail: `no TLS connection with ${show(url.host)} came about: ${show(detail)}`,
      fix: 'the version of TLS, or a client certificate, that the server asks for',
    };
  }
  return {
    detail: `the certificate of ${show(url.host)} was not accepted: ${fault[1]}`,
    fix: '--insecure for a local target, or NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
  };
}

/** What an outcome means here, and what to try. */
export interface OutcomeWords {
  detail: string;
  fix: string;
}

/** What the sentences speak of. */
export interface DeliveryContext {
  readonly url: URL;
  readonly bodyBytes: number;
  readonly timeoutMs: number;
}

/** A part of a sentence that comes from outside, cleaned and cut. */
export function show(text: string): string {
  return cut(cleanLine(text), 200);
}

/** A time limit in a sentence. */
export function seconds(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${ms / 1000} s`;
}
