import { asBuffer, headerValues, type Message } from '../../message.ts';
import { isWithin, type Outcome } from '../outcome.ts';
import { answerTextOf } from './text.ts';

/** What can answer in place of the handler. */
export type ResponderKind =
  | 'login-guard'
  | 'csrf-filter'
  | 'host-check'
  | 'validation'
  | 'header-required'
  | 'other-webhook'
  | 'slash-redirect'
  | 'https-redirect'
  | 'tls-port'
  | 'firewall'
  | 'gateway'
  | 'serverless'
  | 'proxy'
  | 'tunnel'
  | 'no-route'
  | 'dev-server'
  | 'other-server'
  | 'own-listener'
  | 'own-forwarder'
  | 'error-page';

/** A response, as far as it shows who sent it. */
interface Seen {
  readonly status: number;
  /** Without values of the message. */
  readonly text: string;
  /** The values of a header, joined; empty without it. */
  header(name: string): string;
  /** Where a redirect leads. */
  readonly redirect: URL | undefined;
  /** The URL of the request. */
  readonly url: URL | undefined;
}

/** A response that shows who sent it. All conditions of a row must hold. */
interface Telltale {
  readonly kind: ResponderKind;
  /** What answered, in a few words. */
  readonly name: string;
  readonly statuses?: readonly (number | readonly [lowest: number, highest: number])[];
  readonly header?: readonly [name: string, value: RegExp];
  readonly text?: RegExp;
  readonly redirect?: (from: URL, to: URL) => boolean;
  /** Set if the first group of `text` is the detail. */
  readonly isDetailed?: true;
  /** Set if a handler of the user's own may answer like this. */
  readonly isLikely?: true;
}

/** Who answered in place of the handler. */
export interface Responder {
  readonly kind: ResponderKind;
  readonly name: string;
  /** Whether the response can come from nothing else. */
  readonly isCertain: boolean;
  /** The message of the exception that an error page shows, the URL of a redirect, or the name of a header. */
  readonly detail?: string;
}

/** Identifies a responder other than the handler; undefined if the response may come from the handler. */
export function whoAnswered(outcome: Outcome, message: Message, url?: URL): Responder | undefined {
  if (!outcome.answered || isPlainSuccess(outcome)) return undefined;
  const seen = see(outcome, message, url);
  const found = findTelltale(seen);
  if (!found) return undefined;
  const { kind, name, isLikely, text, isDetailed } = found;
  const detail = isDetailed
    ? text?.exec(seen.text)?.[1]
    : kind === 'error-page'
      ? exceptionIn(seen.text)
      : seen.redirect?.href;
  return { kind, name, isCertain: !isLikely, ...(detail !== undefined && { detail }) };
}

/** Whether a response is a success without a page or a platform's error in it: every delivery passes here. */
function isPlainSuccess({ status, body }: Extract<Outcome, { answered: true }>): boolean {
  if (status >= 300) return false;
  const bytes = asBuffer(body);
  return !bytes.includes('<') && !bytes.includes('"errorType"');
}

/** The first row that matches. */
export function findTelltale(seen: Seen): Telltale | undefined {
  return telltales.find((telltale) => matches(telltale, seen));
}

export function see(
  answer: Extract<Outcome, { answered: true }>,
  message: Message,
  url: URL | undefined,
): Seen {
  const { status, headers } = answer;
  const header = (name: string) => headerValues(headers, name).join(', ');
  const location = header('location');
  const base = url ?? new URL('http://localhost/');
  const isRedirect = isWithin(answer, 300, 399) && location !== '' && URL.canParse(location, base.href);
  return {
    status,
    text: answerTextOf(answer, message),
    header,
    redirect: isRedirect ? new URL(location, base.href) : undefined,
    url,
  };
}

function matches({ statuses, header, text, redirect }: Telltale, seen: Seen): boolean {
  const isStatus = (given: number | readonly [number, number]) =>
    typeof given === 'number' ? given === seen.status : given[0] <= seen.status && seen.status <= given[1];
  return (
    (!statuses || statuses.some(isStatus)) &&
    (!header || header[1].test(seen.header(header[0]))) &&
    (!text || text.test(seen.text)) &&
    (!redirect || (seen.redirect !== undefined && redirect(seen.url ?? seen.redirect, seen.redirect)))
  );
}

/** The message of the exception on an error page: its title, its heading or its first line. */
function exceptionIn(text: string): string | undefined {
  const candidates = [
    /<title>([^<]{3,300})<\/title>/i.exec(text)?.[1],
    /<h1[^>]{0,200}>([^<]{3,300})<\/h1>/i.exec(text)?.[1],
    /<pre[^>]{0,200}>([^<\n]{3,300})/i.exec(text)?.[1],
    /"(?:errorMessage|exception|trace|message)"\s*:\s*"((?:[^"\\]|\\.){3,300})"/.exec(text)?.[1],
    text.startsWith('the handler ') ? text.split('\n')[0] : undefined,
  ];
  const isNamed = (candidate: string | undefined) =>
    /\w(?:Error|Exception|Panic)\b|[a-z] /i.test(candidate ?? '');
  const named = candidates.filter((candidate) =>
    /(?:Error|Exception)\b.*:|: .*(?:Error|Exception)/.test(candidate ?? ''),
  );
  return (named[0] ?? candidates.find(isNamed))?.trim();
}

/** A redirect to a page where people log in. A webhook may have "sso" or "oauth" in its own path. */
const isLogin = (from: URL, to: URL) =>
  (!isSamePage(from, to) &&
    /(?:^|[/_.-])(?:log[-_]?in|sign[-_]?in|signon|sso|oauth2?|authorize|authenticate|sessions?\/new)(?:\/?$|[/?])/i.test(
      to.pathname,
    )) ||
  /cloudflareaccess\.com$|\.okta\.com$|^login\.|^accounts\.google\./i.test(to.hostname);

/** The same path, with another slash, or after a prefix such as a language. */
const isSamePage = (from: URL, to: URL) => {
  const path = from.pathname.replace(/\/$/, '');
  return path !== '' && to.pathname.replace(/\/$/, '').endsWith(path);
};

const isSlash = (from: URL, to: URL) =>
  to.host === from.host &&
  to.pathname !== from.pathname &&
  to.pathname.replace(/\/$/, '') === from.pathname.replace(/\/$/, '');

const isHttps = (from: URL, to: URL) =>
  from.protocol === 'http:' && to.protocol === 'https:' && to.hostname === from.hostname;

const html = /<html|<!doctype html|<body|<h1/i;
const denied = [401, 403] as const;
const errors = [[400, 599]] as const;

/** Most specific first: the first row that matches counts. To recognize another responder, add a row and its example. */
export const telltales: readonly Telltale[] = [
  // Redirects
  { kind: 'login-guard', name: 'a redirect to a login page', redirect: isLogin },
  {
    kind: 'login-guard',
    name: 'Clerk',
    statuses: [[300, 499]],
    header: ['x-clerk-auth-status', /signed-out|handshake/],
  },
  { kind: 'slash-redirect', name: 'a redirect for trailing slashes', redirect: isSlash },
  { kind: 'https-redirect', name: 'a redirect to HTTPS', redirect: isHttps },
  {
    kind: 'tls-port',
    name: 'a web server',
    statuses: [400],
    text: /The plain HTTP request was sent to HTTPS port|Client sent an HTTP request to an HTTPS server|speaking plain HTTP to an SSL-enabled server port|This combination of host and port requires TLS/,
  },
  // This tool
  {
    kind: 'own-listener',
    name: 'scalekit-hooks listen',
    statuses: errors,
    text: /^\{"error":"(?:missing_header|repeated_header|malformed_(?:timestamp|signature|target)|unknown_signature_version|signature_mismatch|too_old|too_new|path_not_found|body_too_large|configured_status)"\}$/,
  },
  {
    kind: 'own-forwarder',
    name: 'scalekit-hooks listen',
    statuses: errors,
    text: /^\{"error":"app_[a-z_]+"\}$/,
  },
  // Tunnels and hosts
  { kind: 'tunnel', name: 'ngrok', statuses: errors, header: ['ngrok-error-code', /./] },
  {
    kind: 'tunnel',
    name: 'localtunnel',
    text: /^(?:503|504|404) - Tunnel Unavailable|tunnel \S+ (?:not found|unavailable)/i,
  },
  { kind: 'tunnel', name: 'Cloudflare Tunnel', statuses: [530], text: /error code: 1033|Argo Tunnel error/i },
  {
    kind: 'login-guard',
    name: "Vercel's deployment protection",
    statuses: [401],
    text: /<title>Authentication Required<\/title>|vercel\.com\/sso-api|_vercel_sso_nonce/i,
  },
  { kind: 'serverless', name: 'Vercel', header: ['x-vercel-error', /./] },
  { kind: 'serverless', name: 'Netlify', statuses: [404], text: /Not Found - Request ID: \w+/ },
  {
    kind: 'serverless',
    name: 'Heroku',
    statuses: [[500, 599], 404],
    text: /herokucdn\.com\/error-pages|<title>No such app<\/title>/i,
  },
  {
    kind: 'serverless',
    name: 'Railway',
    statuses: [404, 502],
    text: /"message":"Application (?:not found|failed to respond)"/,
  },
  {
    kind: 'serverless',
    name: 'Render',
    statuses: errors,
    header: ['x-render-routing', /no-server|suspend|hibernate|error/i],
  },
  {
    kind: 'serverless',
    name: 'Supabase Edge Functions',
    text: /"code":"?(?:BOOT_ERROR|WORKER_LIMIT|WORKER_ERROR|NOT_FOUND)"?.{0,200}[Ff]unction|"msg":"Error: Missing authorization header"/,
  },
  {
    kind: 'login-guard',
    name: "Supabase's gateway",
    statuses: denied,
    text: /"message":"(?:Missing authorization header|Invalid JWT|Auth header is not 'Bearer \{token\}')"/i,
  },
  { kind: 'serverless', name: 'Cloudflare Workers', text: /error code: 11\d\d\b|Worker threw exception/i },
  { kind: 'serverless', name: 'AWS Lambda', statuses: [[500, 599]], header: ['x-amz-function-error', /./] },
  {
    kind: 'serverless',
    name: 'AWS Lambda behind API Gateway',
    statuses: [500, 502],
    header: ['apigw-requestid', /./],
    text: /^\{"message":\s*"Internal [Ss]erver [Ee]rror"\}$/,
  },
  {
    kind: 'serverless',
    name: 'AWS Lambda behind API Gateway',
    statuses: [500, 502],
    header: ['x-amzn-requestid', /./],
    text: /^\{"message":\s*"Internal [Ss]erver [Ee]rror"\}$/,
  },
  {
    kind: 'serverless',
    name: 'AWS Lambda',
    text: /"errorType"\s*:\s*"(?:Runtime\.|Function\.|Sandbox\.|Handler|Import|Unhandled)[^"]{0,80}"|Task timed out after [\d.]+ seconds/,
  },
  {
    kind: 'serverless',
    name: 'Google Cloud Functions',
    statuses: [500],
    text: /^Error: could not handle the request/,
  },
  {
    kind: 'login-guard',
    name: "Google Cloud's access control",
    statuses: denied,
    text: /Your client does not have permission to get URL|x-goog-iap|Invalid IAP credentials/i,
  },
  {
    kind: 'login-guard',
    name: 'Google Identity-Aware Proxy',
    header: ['x-goog-iap-generated-response', /true/i],
  },
  {
    kind: 'serverless',
    name: 'Azure App Service',
    statuses: errors,
    text: /<title>(?:Web App - Unavailable|Azure App Service|Microsoft Azure App Service)|This web app (?:is stopped|has been stopped)/i,
  },
  // Gateways
  {
    kind: 'login-guard',
    name: 'AWS API Gateway',
    statuses: denied,
    header: [
      'x-amzn-errortype',
      /MissingAuthenticationToken|Unauthorized|AccessDenied|InvalidSignature|IncompleteSignature|ExpiredToken/i,
    ],
  },
  { kind: 'gateway', name: 'AWS API Gateway', statuses: errors, header: ['x-amzn-errortype', /./] },
  {
    kind: 'gateway',
    name: 'AWS API Gateway',
    statuses: errors,
    text: /^\{"message":\s*"(?:Missing Authentication Token|Endpoint request timed out|Service Unavailable)"\}$|^\{"Message":\s*"(?:Forbidden|User is not authorized)/,
  },
  { kind: 'proxy', name: 'AWS Elastic Load Balancing', statuses: errors, header: ['server', /^awselb\//] },
  // Its header x-cache is "Error from cloudfront" for an error of the app, too.
  { kind: 'firewall', name: 'CloudFront', statuses: [403], text: /Generated by cloudfront \(CloudFront\)/i },
  { kind: 'proxy', name: 'CloudFront', statuses: errors, text: /Generated by cloudfront \(CloudFront\)/i },
  {
    kind: 'login-guard',
    name: 'Kong',
    statuses: denied,
    text: /"message"\s*:\s*"(?:No API key found in request|Invalid authentication credentials|No credentials found for given)/i,
  },
  { kind: 'no-route', name: 'Kong', text: /no Route matched with those values/ },
  { kind: 'gateway', name: 'Kong', statuses: errors, header: ['x-kong-response-latency', /\d/] },
  {
    kind: 'gateway',
    name: 'Apigee',
    statuses: errors,
    text: /"faultstring"\s*:|"errorcode"\s*:\s*"(?:steps|oauth|policies|messaging)\./,
  },
  {
    kind: 'gateway',
    name: 'Azure API Management',
    statuses: errors,
    text: /"message"\s*:\s*"Access denied due to (?:missing|invalid) subscription key/,
  },
  {
    kind: 'login-guard',
    name: 'Tyk',
    statuses: errors,
    text: /"error"\s*:\s*"(?:Authorization field missing|Access to this API has been disallowed)/,
  },
  {
    kind: 'login-guard',
    name: 'Envoy',
    statuses: denied,
    text: /^(?:RBAC: access denied|Jwt (?:is missing|verification fails|is expired|issuer is not configured))/,
  },
  {
    kind: 'proxy',
    name: 'Envoy',
    statuses: errors,
    text: /^(?:upstream connect error or disconnect|no healthy upstream|upstream request timeout)/,
  },
  // Firewalls
  { kind: 'firewall', name: 'Cloudflare', header: ['cf-mitigated', /challenge|block/] },
  {
    kind: 'firewall',
    name: 'Cloudflare',
    statuses: [403, 429, 503],
    text: /Attention Required! \| Cloudflare|<title>Just a moment\.\.\.|error code: 10\d\d\b/i,
  },
  { kind: 'proxy', name: 'Cloudflare', statuses: [[520, 530]], header: ['server', /^cloudflare/i] },
  {
    kind: 'firewall',
    name: 'Akamai',
    statuses: [403],
    text: /<TITLE>Access Denied<\/TITLE>[\s\S]{0,800}Reference(?:\s|&#32;)*(?:#|&#35;)/,
  },
  { kind: 'firewall', name: 'Imperva', text: /Incapsula incident ID|_Incapsula_Resource/ },
  { kind: 'firewall', name: 'Sucuri', text: /Sucuri WebSite Firewall/i },
  {
    kind: 'firewall',
    name: 'ModSecurity',
    statuses: [403, 406],
    text: /Mod_?Security|This error was generated by Mod_Security/i,
  },
  { kind: 'firewall', name: 'Vercel Firewall', header: ['x-vercel-mitigated', /./] },
  {
    kind: 'firewall',
    name: 'a filter of IP addresses',
    statuses: denied,
    text: /\bip\b[^\n]{0,60}\b(?:not (?:in|on)(?: the)? (?:allow|white) ?-?list|not (?:allowed|permitted|allowlisted|whitelisted)|blocked|denied|forbidden)\b/i,
    isLikely: true,
  },
  {
    kind: 'firewall',
    name: 'bot protection',
    statuses: denied,
    text: /\bbots? (?:detected|protection|blocked)\b/i,
    isLikely: true,
  },
  // CSRF filters
  {
    kind: 'csrf-filter',
    name: "Laravel's CSRF protection",
    statuses: [419],
    text: /CSRF token mismatch|Page Expired/,
  },
  {
    kind: 'csrf-filter',
    name: "Django's CSRF protection",
    statuses: [403],
    text: /CSRF verification failed|CSRF Failed:/,
  },
  {
    kind: 'csrf-filter',
    name: "Rails' CSRF protection",
    statuses: [422, 403, 400, 500],
    text: /InvalidAuthenticityToken|Can't verify CSRF token authenticity|The change you wanted was rejected/,
  },
  {
    kind: 'csrf-filter',
    name: "SvelteKit's CSRF protection",
    statuses: [403],
    text: /Cross-site (?:POST|PUT|PATCH|DELETE)(?: form submissions)? are forbidden/i,
  },
  {
    kind: 'csrf-filter',
    name: "Astro's CSRF protection",
    statuses: [403],
    text: /^Cross-site POST form submissions/i,
  },
  {
    kind: 'csrf-filter',
    name: 'CSRF protection',
    statuses: [[400, 499], 500],
    text: /\b(?:csrf|xsrf|anti-?forgery|authenticity[ _-]?token)[\w -]{0,40}(?:invalid|missing|mismatch|fail|required|incorrect|bad|not (?:found|set|present|provided|valid)|could not|error|denied|token|check)|(?:invalid|missing|mismatch|bad|incorrect|could not verify|no|verify)[\w -]{0,40}\b(?:csrf|xsrf|anti-?forgery)|EBADCSRFTOKEN|cross[- ]site request forgery/i,
  },
  // Host checks
  {
    kind: 'host-check',
    name: "Vite's host check",
    text: /Blocked request\. This host \(.{0,200}\) is not allowed/,
  },
  { kind: 'host-check', name: "webpack-dev-server's host check", text: /^Invalid Host(?:\/Origin)? header/ },
  { kind: 'host-check', name: "Rails' host authorization", text: /Blocked hosts?: / },
  {
    kind: 'host-check',
    name: "Django's ALLOWED_HOSTS",
    text: /Invalid HTTP_HOST header|DisallowedHost|You may need to add .{0,200} to ALLOWED_HOSTS/,
  },
  {
    kind: 'host-check',
    name: "Starlette's TrustedHostMiddleware",
    statuses: [400],
    text: /^Invalid host header$/,
  },
  { kind: 'host-check', name: "Symfony's trusted hosts", text: /Untrusted Host "/ },
  { kind: 'host-check', name: 'IIS or http.sys', statuses: [400], text: /Bad Request - Invalid Hostname/ },
  {
    kind: 'host-check',
    name: 'a host check',
    statuses: [400, 403, 421],
    text: /\b(?:host(?:name)?(?: header)?\b[^.\n]{0,60}\b(?:not allowed|not permitted|invalid|blocked|unknown|untrusted)|(?:invalid|blocked|disallowed|untrusted|unknown) host(?:name)?\b)/i,
    isLikely: true,
  },
  {
    kind: 'host-check',
    name: 'the CORS middleware',
    statuses: errors,
    text: /\bNot allowed by CORS\b/,
  },
  // Frameworks that validate the request before they call the handler
  {
    kind: 'header-required',
    name: 'a schema or parameter of the route',
    statuses: [400, 422],
    text: /(?:"loc":\["header","|\b(?:headers? must have required property|Required (?:request )?header) ')((?!webhook-)[\w-]{1,80})/,
    isDetailed: true,
  },
  {
    kind: 'validation',
    name: 'FastAPI',
    statuses: [422],
    text: /^\{"detail":\[\{.{0,200}"loc":\["(?:query|body|path)"/,
  },
  {
    kind: 'validation',
    name: 'ASP.NET Core',
    statuses: [400],
    text: /"title":"One or more validation errors occurred\."/,
  },
  {
    kind: 'validation',
    name: "NestJS' ValidationPipe",
    statuses: [400],
    text: /^\{"message":\[".{0,4000}\],"error":"Bad Request","statusCode":400\}$/,
  },
  {
    kind: 'validation',
    name: "Fastify's schema",
    statuses: [400],
    text: /"code":"FST_ERR_VALIDATION"/,
  },
  {
    kind: 'other-webhook',
    name: 'another signature header',
    statuses: errors,
    text: /\b(?:x-hub-signature(?:-256)?|stripe-signature|x-shopify-hmac-sha256|x-slack-signature|x-twilio-signature|x-gitlab-token|x-signature-ed25519|x-line-signature|paypal-transmission-sig|you received from Stripe)\b/i,
  },
  // Slash rules without a redirect
  {
    kind: 'slash-redirect',
    name: "Django's APPEND_SLASH",
    statuses: [500],
    text: /doesn't end in a slash and you have APPEND_SLASH set|APPEND_SLASH/,
  },
  {
    kind: 'slash-redirect',
    name: "Flask's strict_slashes",
    statuses: [500],
    text: /FormDataRoutingRedirect|trailing slash.{0,200}strict_slashes/,
  },
  // Login guards
  { kind: 'login-guard', name: 'a login page', text: /<input[^>]{0,200}type=["']?password/i },
  {
    kind: 'login-guard',
    name: 'HTTP Basic authentication',
    statuses: [401],
    header: ['www-authenticate', /^\s*(?:basic|digest|negotiate|ntlm)\b/i],
  },
  {
    kind: 'login-guard',
    name: 'a guard that requires a bearer token',
    statuses: denied,
    header: ['www-authenticate', /^\s*(?:bearer|token|jwt|dpop)\b/i],
  },
  {
    kind: 'login-guard',
    name: 'another authentication scheme',
    statuses: [401],
    header: ['www-authenticate', /./],
    isLikely: true,
  },
  {
    kind: 'login-guard',
    name: 'Django REST framework',
    statuses: denied,
    text: /Authentication credentials were not provided|Given token not valid for any token type/,
    isLikely: true,
  },
  {
    kind: 'login-guard',
    name: 'FastAPI',
    statuses: denied,
    text: /^\{"detail":"Not authenticated"\}/,
    isLikely: true,
  },
  {
    kind: 'login-guard',
    name: "Laravel's auth middleware",
    statuses: [401],
    text: /^\{"message":"Unauthenticated\."/,
    isLikely: true,
  },
  {
    kind: 'login-guard',
    name: 'Devise',
    statuses: [401],
    text: /You need to sign in or sign up before continuing/,
  },
  {
    kind: 'login-guard',
    name: "NestJS' guard",
    statuses: denied,
    text: /^\{"message":"(?:Unauthorized|Forbidden resource)","(?:error":"Forbidden","statusCode":403|statusCode":401)\}$|^\{"statusCode":(?:401|403),"message":"(?:Unauthorized|Forbidden resource)"/,
    isLikely: true,
  },
  {
    kind: 'login-guard',
    name: 'a guard that requires a token',
    statuses: denied,
    text: /\bjwt (?:expired|malformed|must be provided|is missing|verification|not (?:found|active)|signature)|\b(?:no|missing|invalid|expired|bad|malformed)\b[\w -]{0,20}\b(?:authori[sz]ation(?: header| token)?|bearer(?: token)?|access token|auth(?:entication)? token|jwt|api[ -]?key|session(?: cookie| token| id)?|credentials)\b|\b(?:authori[sz]ation header|bearer token|access token|api[ -]?key|id token)\b[\w -]{0,20}\b(?:missing|required|invalid|not found|not provided|expired|malformed)|"(?:error|code)"\s*:\s*"invalid_token"/i,
    isLikely: true,
  },
  {
    kind: 'login-guard',
    name: 'a guard that requires another header',
    statuses: denied,
    text: /\bx-[\w-]{0,30}(?:secret|token|key)\b[\w" -]{0,30}\b(?:missing|required|invalid|not (?:set|found|provided))\b/i,
    isLikely: true,
  },
  {
    kind: 'login-guard',
    name: 'a login guard',
    statuses: [...denied, 400],
    text: /\b(?:log(?:ged)?[ -]?in|sign(?:ed)?[ -]?in|authenticat(?:ed|ion))\b[\w ]{0,20}\b(?:required|first|to continue|before)|\b(?:must|need to|please|not|have to)(?: be)? (?:log(?:ged)?|sign(?:ed)?)[ -]?in\b|\b(?:login|authentication) (?:is )?required|\bnot (?:logged|signed) in\b/i,
    isLikely: true,
  },
  // Routes that do not exist. Only a router names the route; the plain 404 of a framework may be the handler's own.
  { kind: 'no-route', name: 'Express', statuses: [404], text: /<pre>Cannot POST \// },
  { kind: 'no-route', name: 'NestJS', statuses: [404], text: /^\{"message":"Cannot POST \// },
  { kind: 'no-route', name: 'Express', statuses: [404], text: /Cannot POST \//, isLikely: true },
  { kind: 'no-route', name: 'Fastify', statuses: [404], text: /Route POST:\S{0,300} not found/ },
  {
    kind: 'no-route',
    name: 'Flask',
    statuses: [404],
    text: /The requested URL was not found on the server\. If you entered/,
    isLikely: true,
  },
  {
    kind: 'no-route',
    name: 'Go',
    statuses: [404],
    header: ['x-content-type-options', /^nosniff$/],
    text: /^404 page not found\s*$/,
  },
  { kind: 'no-route', name: 'Go', statuses: [404], text: /^404 page not found\s*$/, isLikely: true },
  { kind: 'no-route', name: 'Next.js', statuses: [404], text: /This page could not be found|__next_error__/ },
  { kind: 'no-route', name: 'Hono', statuses: [404], text: /^404 Not Found$/, isLikely: true },
  { kind: 'no-route', name: 'FastAPI', statuses: [404], text: /^\{"detail":"Not Found"\}$/, isLikely: true },
  {
    kind: 'no-route',
    name: 'Spring Boot',
    statuses: [404],
    text: /"status":404,"error":"Not Found".{0,300}"path":|Whitelabel Error Page|No static resource/,
  },
  {
    kind: 'no-route',
    name: 'Laravel',
    statuses: [404],
    text: /The route \S{0,300} could not be found|NotFoundHttpException/,
  },
  {
    kind: 'no-route',
    name: 'Rails',
    statuses: [404],
    text: /No route matches \[POST\]|The page you were looking for doesn't exist/,
  },
  {
    kind: 'no-route',
    name: 'Django',
    statuses: [404],
    text: /Page not found(?: at|\s*<|\s*\(404\))|Using the URLconf defined in|The requested resource was not found on this server/,
  },
  {
    kind: 'no-route',
    name: "PHP's development server",
    statuses: [404],
    text: /The requested resource <code/,
  },
  {
    kind: 'no-route',
    name: 'Sinatra',
    statuses: [404],
    text: /Sinatra does(?:n.t|n&rsquo;t) know this ditty/,
  },
  {
    kind: 'no-route',
    name: 'a router',
    statuses: [404],
    text: /\b(?:route|path|endpoint|page|url|resource)\b[^\n]{0,80}\b(?:not found|could not be found|does not exist|doesn't exist)\b/i,
    isLikely: true,
  },
  // Programs that are not the app
  { kind: 'other-server', name: "macOS's AirPlay Receiver", header: ['server', /^AirTunes/] },
  {
    kind: 'other-server',
    name: "Windows' http.sys",
    header: ['server', /^Microsoft-HTTPAPI\//],
    statuses: errors,
  },
  {
    kind: 'other-server',
    name: 'a Jupyter server',
    header: ['server', /^TornadoServer/],
    statuses: errors,
    text: /jupyter/i,
  },
  {
    kind: 'other-server',
    name: "Python's http.server",
    // A handler that is derived from it answers POST.
    header: ['server', /^SimpleHTTP\//],
    statuses: [[501, 501]],
  },
  { kind: 'dev-server', name: "Vite's development server", text: /\/@vite\/client|\/@react-refresh/ },
  {
    kind: 'dev-server',
    name: "webpack's development server",
    statuses: [[200, 499]],
    text: /<script[^>]{0,200}src=["']?\/?(?:static\/js\/)?bundle\.js/,
  },
  // Error pages: the handler, or code in front of it, threw an exception
  {
    kind: 'error-page',
    name: "Werkzeug's debugger",
    statuses: [[500, 599]],
    text: /Werkzeug Debugger|__debugger__/,
  },
  {
    kind: 'error-page',
    name: "Django's debug page",
    statuses: [[400, 599]],
    text: /DJANGO_SETTINGS_MODULE|You're seeing this error because you have <code>DEBUG = True/,
  },
  {
    kind: 'error-page',
    name: "Rails' error page",
    statuses: [[500, 599]],
    text: /Action Controller: Exception caught|We're sorry, but something went wrong/,
  },
  {
    kind: 'error-page',
    name: "Laravel's error page",
    statuses: [[500, 599]],
    text: /Ignition|Whoops! There was an error|Illuminate\\/,
  },
  {
    kind: 'error-page',
    name: "Symfony's error page",
    statuses: [[500, 599]],
    text: /Symfony Exception|symfony\/error-handler/i,
  },
  {
    kind: 'error-page',
    name: "Spring Boot's error page",
    statuses: [[500, 599]],
    text: /Whitelabel Error Page|"status":5\d\d,"error":"Internal Server Error".{0,4000}"path":/,
  },
  {
    kind: 'error-page',
    name: "ASP.NET Core's error page",
    statuses: [[500, 599]],
    text: /An unhandled exception occurred while processing the request|Microsoft\.AspNetCore\./,
  },
  {
    kind: 'error-page',
    name: "Next.js' error page",
    statuses: [[500, 599]],
    text: /__NEXT_DATA__|"page":"\/_error"/,
  },
  {
    kind: 'error-page',
    name: "Express's error page",
    statuses: [[400, 599]],
    text: /<title>Error<\/title>[\s\S]{0,100}<pre>/,
  },
  {
    kind: 'error-page',
    name: "PHP's error output",
    text: /<b>(?:Fatal error|Parse error)<\/b>:|^PHP (?:Fatal|Parse) error:|Uncaught \w*(?:Error|Exception)\b.{0,300}\.php/,
  },
  // What Flask, Django, Fastify and NestJS answer by themselves after an exception; a handler may write the same
  {
    kind: 'error-page',
    name: 'the error page of a framework',
    statuses: [500],
    text: /The server encountered an internal error and was unable to complete your request\.|<h1>Server Error \(500\)<\/h1>|^\{"statusCode":500,(?:(?:"code":"\w+",)?"error":"Internal Server Error","message":|"message":"Internal server error"\}$)/,
    isLikely: true,
  },
  // Pages of web servers
  // These may replace the page of the handler's own rejection.
  {
    kind: 'proxy',
    name: 'an error page of nginx',
    statuses: [400, 401, 403],
    text: /<center>(?:nginx|openresty)\b/,
    isLikely: true,
  },
  {
    kind: 'proxy',
    name: 'an error page of Apache',
    statuses: [400, 401, 403],
    text: /<address>Apache\b|<!DOCTYPE HTML PUBLIC "-\/\/IETF\/\/DTD HTML 2\.0/,
    isLikely: true,
  },
  { kind: 'proxy', name: 'nginx', statuses: errors, text: /<center>(?:nginx|openresty)\b/ },
  {
    kind: 'proxy',
    name: 'Apache',
    statuses: errors,
    text: /<address>Apache\b|<!DOCTYPE HTML PUBLIC "-\/\/IETF\/\/DTD HTML 2\.0/,
  },
  {
    kind: 'proxy',
    name: 'HAProxy',
    statuses: errors,
    text: /No server is available to handle this request|The server didn't respond in time/,
  },
  {
    kind: 'proxy',
    name: 'Varnish',
    statuses: errors,
    text: /Guru Meditation|<title>5\d\d Backend fetch failed/,
  },
  {
    kind: 'proxy',
    name: 'Traefik',
    statuses: [502, 503, 504],
    text: /^(?:Bad Gateway|Gateway Timeout|Service Unavailable|no available server)\s*$/,
    isLikely: true,
  },
  {
    // It adds its name to the responses of the app, too. Its own have no body.
    kind: 'proxy',
    name: 'Caddy',
    statuses: [502, 503, 504],
    header: ['server', /^Caddy/i],
    text: /^$/,
    isLikely: true,
  },
  {
    kind: 'proxy',
    name: "Vite's or webpack's proxy",
    statuses: [500, 502, 504],
    text: /^(?:Error occurred while trying to proxy|Proxy error: Could not proxy request)/,
  },
  { kind: 'proxy', name: 'a proxy', statuses: [502, 504], text: html, isLikely: true },
];

/** Whether a response body is an HTML page. Its content type proves nothing: some frameworks send text/html for "ok". */
export function isPage(text: string): boolean {
  return /^\s*(?:<!--[\s\S]{0,500}?-->\s*)?<(?:!doctype html|html|head|body)\b/i.test(text);
}
