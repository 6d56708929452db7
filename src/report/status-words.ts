import type { Answered } from '../delivery/outcome.ts';
import { headerValues } from '../message.ts';
import { type Delivered, type Explanation, show } from './explanation.ts';

/** The sentences for a status; undefined for one that is plainly good: 200, 201 or 202 from a handler. */
export function explainStatus(answer: Answered, delivered: Delivered): Explanation | undefined {
  if (answer.status < 300) return explainSuccess(answer);
  if (answer.status < 400) return explainRedirect(answer, delivered);
  const kind = answer.status < 500 ? 'other4xx' : 'other5xx';
  const sentences = statuses[answer.status] ?? statuses[answer.status < 600 ? kind : 'unknown'];
  return sentences!(delivered, answer);
}

type StatusWords = (delivered: Delivered, answer: Answered) => Explanation;

/** Statuses as Scalekit's overview reads them, and those that a route, proxy or framework gives in a handler's place. */
const statuses: Record<number | 'other4xx' | 'other5xx' | 'unknown', StatusWords> = {
  400: () => ({
    meaning: 'the handler took the message for malformed, or did not accept its signature',
    try: 'the possible causes, the likeliest first',
  }),
  401: () => ({
    meaning: 'the handler did not accept the signature',
    try: 'the possible causes, the likeliest first',
  }),
  403: () => ({
    meaning: 'the handler, or something before it, does not let this request in',
    try: 'the causes below',
  }),
  404: ({ url }) => ({
    meaning: `nothing handles ${show(url.pathname)} there: the app runs, the path is another`,
    try: `--to ${show(url.origin)}/your/path, with the path that your app registers`,
  }),
  405: ({ url }) => ({
    meaning: `${show(url.pathname)} is there, but takes no POST`,
    try: 'register the handler for POST: Scalekit delivers by POST only',
  }),
  413: ({ bodyBytes }) => ({
    meaning: `the handler takes no body of ${bodyBytes} bytes`,
    try: "raise its limit: in Express express.raw({ type: 'application/json', limit: '1mb' })",
  }),
  415: () => ({
    meaning: 'the handler does not take application/json',
    try: 'let the route accept application/json: all Scalekit webhooks are sent as that',
  }),
  422: () => ({
    meaning: 'the signature was probably accepted, but the handler could not process this event',
    try: "the answer above and the handler's log; for a type that it does not use, a 2xx spares pointless retries",
  }),
  429: (_delivered, answer) => ({
    meaning: `the handler limits how often it is called${retryAfter(answer)}; Scalekit would try again later`,
    try: 'exempt the webhook route from the rate limit, or send fewer events at once',
  }),
  500: () => ({
    meaning:
      'the handler failed; a verifier that throws and is not caught ends here too. Scalekit would try again later',
    try: "the handler's log, and the possible causes, the likeliest first",
  }),
  502: () => ({
    meaning: 'a proxy answered: it could not reach the handler behind it',
    try: 'check that the app behind the proxy runs, or send to the app itself',
  }),
  503: (_delivered, answer) => ({
    meaning: `the handler is not available now${retryAfter(answer)}; Scalekit would try again later`,
    try: 'send again when it is up',
  }),
  504: () => ({
    meaning: 'a proxy answered: the handler behind it took too long',
    try: 'answer at once and do the work afterwards (202)',
  }),
  other4xx: (_delivered, { status }) => ({
    meaning: `the handler refused the message with a status (${status}) that Scalekit's documents do not name`,
    try: "the answer above and the handler's log",
  }),
  other5xx: (_delivered, { status }) => ({
    meaning: `the handler failed (${status}); Scalekit would try again later`,
    try: "the handler's log",
  }),
  unknown: (_delivered, { status }) => ({
    meaning: `${status} is not a status of HTTP, so the message does not count as taken`,
    try: 'answer 201',
  }),
};

function retryAfter(answer: Answered): string {
  const value = headerValues(answer.headers, 'retry-after')[0];
  return value === undefined ? '' : ` (retry-after: ${show(value)})`;
}

function explainSuccess(answer: Answered): Explanation | undefined {
  if (/^text\/html\b/i.test(headerValues(answer.headers, 'content-type')[0] ?? '')) {
    return {
      meaning:
        'the answer looks like a page, not like that of a handler: another route may have taken the request',
      try: '--to with the path of your webhook handler',
    };
  }
  if (answer.status <= 202) return undefined;
  return {
    meaning: `any 2xx counts as taken, but Scalekit's documents name only 200, 201 and 202, not ${answer.status}`,
    try: 'answer 201, which they recommend',
  };
}

function explainRedirect(answer: Answered, { url }: Delivered): Explanation {
  const location = headerValues(answer.headers, 'location')[0];
  const next =
    location !== undefined && URL.canParse(location, url.href) ? new URL(location, url.href) : undefined;
  if (!next) {
    return {
      meaning: `${answer.status} is no answer that Scalekit counts as taken, and a redirect is never followed`,
      try: 'answer 201 where the webhook arrives',
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
      meaning: `${meaning}; only the slash at the end differs`,
      try: `--to ${show(next.href)}, and that URL in the dashboard`,
    };
  }
  if (url.protocol === 'http:' && next.protocol === 'https:' && next.hostname === url.hostname) {
    return { meaning: `${meaning}; it wants https`, try: `--to ${show(next.href)}` };
  }
  return {
    meaning,
    try: 'register the webhook route before what redirects (a login guard, a locale or host rule)',
  };
}
