import { describe, expect, it } from 'vitest';
import {
  findTelltale,
  type ResponderKind,
  see,
  telltales,
  whoAnswered,
} from '../../../src/delivery/answers/telltales.ts';
import type { Answered } from '../../../src/delivery/outcome.ts';
import type { Message } from '../../../src/message.ts';

const url = new URL('http://localhost:3000/webhook');
const event =
  '{"id":"evt_138517853752606538","type":"session.expired","data":{"name":"Sign in to continue"}}';
const message: Message = { headers: [['webhook-id', 'msg_1']], body: Buffer.from(event) };

function answer(status: number, body = '', headers: Record<string, string> = {}): Answered {
  return {
    answered: true,
    status,
    headers: Object.entries(headers),
    body: Buffer.from(body),
    isCut: false,
    milliseconds: 1,
  };
}

type Example = [
  kind: ResponderKind,
  name: string,
  status: number,
  body?: string,
  headers?: Record<string, string>,
];

const page = (title: string, rest = '') =>
  `<!DOCTYPE html><html><head><title>${title}</title></head><body>${rest}</body></html>`;

/** Responses as the real programs send them, shortened. */
const examples: readonly Example[] = [
  ['login-guard', 'a redirect to a login page', 302, '', { location: '/login?next=/webhook' }],
  [
    'login-guard',
    'a redirect to a login page',
    307,
    '',
    { location: '/api/auth/signin?callbackUrl=%2Fwebhook' },
  ],
  [
    'login-guard',
    'a redirect to a login page',
    302,
    '',
    { location: 'https://team.cloudflareaccess.com/cdn-cgi/access' },
  ],
  ['login-guard', 'a redirect to a login page', 302, '', { location: '/users/sign_in' }],
  [
    'login-guard',
    'Clerk',
    404,
    page('404'),
    { 'x-clerk-auth-status': 'signed-out', 'x-clerk-auth-reason': 'protect-rewrite' },
  ],
  ['slash-redirect', 'a redirect for trailing slashes', 308, '', { location: '/webhook/' }],
  [
    'slash-redirect',
    'a redirect for trailing slashes',
    307,
    '',
    { location: 'http://localhost:3000/webhook/' },
  ],
  ['https-redirect', 'a redirect to HTTPS', 301, '', { location: 'https://localhost/webhook' }],
  [
    'header-required',
    'a schema or parameter of the route',
    422,
    '{"detail":[{"type":"missing","loc":["header","x-scalekit-signature"],"msg":"Field required","input":null}]}',
  ],
  [
    'header-required',
    'a schema or parameter of the route',
    400,
    '{"statusCode":400,"code":"FST_ERR_VALIDATION","error":"Bad Request","message":"headers must have required property \'x-signature\'"}',
  ],
  [
    'header-required',
    'a schema or parameter of the route',
    400,
    '{"status":400,"error":"Bad Request","message":"Required request header \'X-Signature\' for method parameter type String is not present","path":"/webhook"}',
  ],
  [
    'error-page',
    'the error page of a framework',
    500,
    page(
      '500 Internal Server Error',
      '<p>The server encountered an internal error and was unable to complete your request. Either the server is overloaded or there is an error in the application.</p>',
    ),
  ],
  [
    'error-page',
    'the error page of a framework',
    500,
    page('Server Error (500)', '<h1>Server Error (500)</h1>'),
  ],
  [
    'error-page',
    'the error page of a framework',
    500,
    '{"statusCode":500,"error":"Internal Server Error","message":"Invalid Signature"}',
  ],
  [
    'error-page',
    'the error page of a framework',
    500,
    '{"statusCode":500,"message":"Internal server error"}',
  ],
  ['own-listener', 'scalekit-hooks listen', 401, '{"error":"signature_mismatch"}'],
  ['own-listener', 'scalekit-hooks listen', 404, '{"error":"path_not_found"}'],
  ['own-forwarder', 'scalekit-hooks listen', 502, '{"error":"app_connection_refused"}'],
  ['own-forwarder', 'scalekit-hooks listen', 504, '{"error":"app_timeout"}'],
  ['tunnel', 'ngrok', 404, page('ngrok'), { 'ngrok-error-code': 'ERR_NGROK_3200' }],
  ['tunnel', 'localtunnel', 503, '503 - Tunnel Unavailable'],
  ['tunnel', 'Cloudflare Tunnel', 530, 'error code: 1033'],
  [
    'login-guard',
    "Vercel's deployment protection",
    401,
    page('Authentication Required'),
    { server: 'Vercel' },
  ],
  [
    'serverless',
    'Vercel',
    500,
    'A server error has occurred',
    { 'x-vercel-error': 'FUNCTION_INVOCATION_FAILED' },
  ],
  ['serverless', 'Netlify', 404, 'Not Found - Request ID: 01HXYZ'],
  [
    'serverless',
    'Heroku',
    503,
    page('Application Error', '<iframe src="//www.herokucdn.com/error-pages/application-error.html">'),
  ],
  ['serverless', 'Heroku', 404, page('No such app')],
  [
    'serverless',
    'Railway',
    404,
    '{"status":"error","code":404,"message":"Application not found","request_id":"x"}',
  ],
  ['serverless', 'Render', 404, 'Not Found', { 'x-render-routing': 'no-server' }],
  [
    'serverless',
    'Supabase Edge Functions',
    503,
    '{"code":"BOOT_ERROR","message":"Function failed to start (please check logs)"}',
  ],
  [
    'login-guard',
    "Supabase's gateway",
    401,
    '{"code":401,"message":"Missing authorization header"}',
    { 'sb-gateway-version': '1' },
  ],
  ['serverless', 'Cloudflare Workers', 500, 'error code: 1101'],
  [
    'serverless',
    'AWS Lambda',
    502,
    '{"message":"Internal Server Error"}',
    { 'x-amz-function-error': 'Unhandled' },
  ],
  [
    'serverless',
    'AWS Lambda',
    200,
    '{"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module"}',
  ],
  ['serverless', 'Google Cloud Functions', 500, 'Error: could not handle the request\n'],
  [
    'login-guard',
    "Google Cloud's access control",
    403,
    page(
      '403 Forbidden',
      'Your client does not have permission to get URL <code>/webhook</code> from this server.',
    ),
  ],
  ['login-guard', 'Google Identity-Aware Proxy', 401, 'Invalid', { 'x-goog-iap-generated-response': 'true' }],
  ['serverless', 'Azure App Service', 403, page('Web App - Unavailable')],
  [
    'login-guard',
    'AWS API Gateway',
    403,
    '{"message":"Missing Authentication Token"}',
    { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
  ],
  [
    'login-guard',
    'AWS API Gateway',
    401,
    '{"message":"Unauthorized"}',
    { 'x-amzn-errortype': 'UnauthorizedException' },
  ],
  [
    'gateway',
    'AWS API Gateway',
    403,
    '{"message":"Forbidden"}',
    { 'x-amzn-errortype': 'ForbiddenException' },
  ],
  ['gateway', 'AWS API Gateway', 504, '{"message": "Endpoint request timed out"}'],
  ['proxy', 'AWS Elastic Load Balancing', 502, page('502 Bad Gateway'), { server: 'awselb/2.0' }],
  [
    'firewall',
    'CloudFront',
    403,
    page('ERROR: The request could not be satisfied', 'Generated by cloudfront (CloudFront) Request ID: 1'),
    { 'x-cache': 'Error from cloudfront' },
  ],
  ['proxy', 'CloudFront', 504, page('ERROR', 'Generated by cloudfront (CloudFront)')],
  ['login-guard', 'Kong', 401, '{"message":"No API key found in request","request_id":"1"}'],
  ['no-route', 'Kong', 404, '{"message":"no Route matched with those values"}'],
  [
    'gateway',
    'Kong',
    503,
    '{"message":"failure to get a peer from the ring-balancer"}',
    { 'x-kong-response-latency': '1' },
  ],
  [
    'gateway',
    'Apigee',
    401,
    '{"fault":{"faultstring":"Invalid access token","detail":{"errorcode":"keymanagement.service.invalid_access_token"}}}',
  ],
  [
    'gateway',
    'Azure API Management',
    401,
    '{ "statusCode": 401, "message": "Access denied due to missing subscription key." }',
  ],
  ['login-guard', 'Tyk', 401, '{ "error": "Authorization field missing" }'],
  ['login-guard', 'Envoy', 403, 'RBAC: access denied'],
  [
    'proxy',
    'Envoy',
    503,
    'upstream connect error or disconnect/reset before headers. reset reason: connection failure',
  ],
  ['firewall', 'Cloudflare', 403, page('Just a moment...'), { 'cf-mitigated': 'challenge' }],
  ['firewall', 'Cloudflare', 403, page('Attention Required! | Cloudflare')],
  ['proxy', 'Cloudflare', 522, 'error code: 522', { server: 'cloudflare' }],
  [
    'firewall',
    'Akamai',
    403,
    "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY>You don't have permission. Reference&#32;&#35;18.1</BODY>",
  ],
  ['firewall', 'Imperva', 403, 'Request unsuccessful. Incapsula incident ID: 1-2'],
  ['firewall', 'Sucuri', 403, page('Sucuri WebSite Firewall - Access Denied')],
  ['firewall', 'ModSecurity', 406, 'Not Acceptable! This error was generated by Mod_Security.'],
  ['tls-port', 'a web server', 400, page('400 The plain HTTP request was sent to HTTPS port')],
  ['firewall', 'a filter of IP addresses', 403, 'Your IP address 203.0.113.7 is not allowed'],
  ['firewall', 'bot protection', 403, '{"error":"bot detected"}'],
  ['login-guard', 'a guard that requires another header', 401, '{"message":"x-webhook-secret is missing"}'],
  ['firewall', 'Vercel Firewall', 403, 'Forbidden', { 'x-vercel-mitigated': 'deny' }],
  ['csrf-filter', "Laravel's CSRF protection", 419, '{"message":"CSRF token mismatch."}'],
  [
    'csrf-filter',
    "Django's CSRF protection",
    403,
    page('403 Forbidden', '<p>CSRF verification failed. Request aborted.</p>'),
  ],
  ['csrf-filter', "Rails' CSRF protection", 422, 'ActionController::InvalidAuthenticityToken'],
  [
    'csrf-filter',
    "Rails' CSRF protection",
    422,
    page('The change you wanted was rejected (422)', 'The change you wanted was rejected.'),
  ],
  ['csrf-filter', "SvelteKit's CSRF protection", 403, 'Cross-site POST form submissions are forbidden'],
  ['csrf-filter', "Astro's CSRF protection", 403, 'Cross-site POST form submissions not allowed'],
  ['csrf-filter', 'CSRF protection', 403, 'Error: invalid csrf token'],
  ['csrf-filter', 'CSRF protection', 400, page('400 Bad Request', '<p>The CSRF token is missing.</p>')],
  [
    'csrf-filter',
    'CSRF protection',
    403,
    '{"error":"Forbidden","message":"Could not verify the provided CSRF token"}',
  ],
  ['host-check', "Vite's host check", 403, 'Blocked request. This host ("app.test") is not allowed.'],
  ['host-check', "webpack-dev-server's host check", 403, 'Invalid Host header'],
  ['host-check', "Rails' host authorization", 403, 'Blocked hosts: app.test'],
  [
    'host-check',
    "Django's ALLOWED_HOSTS",
    400,
    page(
      'DisallowedHost at /webhook',
      "Invalid HTTP_HOST header: 'x'. You may need to add 'x' to ALLOWED_HOSTS.",
    ),
  ],
  ['host-check', "Starlette's TrustedHostMiddleware", 400, 'Invalid host header'],
  ['host-check', "Symfony's trusted hosts", 400, 'Untrusted Host "app.test".'],
  ['host-check', 'IIS or http.sys', 400, page('Bad Request', '<h2>Bad Request - Invalid Hostname</h2>')],
  ['host-check', 'a host check', 403, '{"error":"host not allowed"}'],
  ['host-check', 'the CORS middleware', 500, page('Error', '<pre>Error: Not allowed by CORS</pre>')],
  [
    'validation',
    'FastAPI',
    422,
    '{"detail":[{"type":"missing","loc":["query","request"],"msg":"Field required","input":null}]}',
  ],
  [
    'validation',
    'ASP.NET Core',
    400,
    '{"type":"https://tools.ietf.org/html/rfc9110#section-15.5.1","title":"One or more validation errors occurred.","status":400}',
  ],
  [
    'validation',
    "NestJS' ValidationPipe",
    400,
    '{"message":["property spec_version should not exist"],"error":"Bad Request","statusCode":400}',
  ],
  [
    'validation',
    "Fastify's schema",
    400,
    '{"statusCode":400,"code":"FST_ERR_VALIDATION","error":"Bad Request","message":"body must have required property"}',
  ],
  ['other-webhook', 'another signature header', 400, '{"error":"Missing x-hub-signature-256 header"}'],
  ['login-guard', "NestJS' guard", 401, '{"message":"Unauthorized","statusCode":401}'],
  [
    'serverless',
    'AWS Lambda behind API Gateway',
    502,
    '{"message": "Internal server error"}',
    { 'x-amzn-requestid': '1' },
  ],
  [
    'serverless',
    'AWS Lambda behind API Gateway',
    500,
    '{"message":"Internal Server Error"}',
    { 'apigw-requestid': '1' },
  ],
  [
    'slash-redirect',
    "Django's APPEND_SLASH",
    500,
    "RuntimeError: You called this URL via POST, but the URL doesn't end in a slash and you have APPEND_SLASH set.",
  ],
  [
    'slash-redirect',
    "Flask's strict_slashes",
    500,
    'werkzeug.routing.FormDataRoutingRedirect: A request was sent to this URL',
  ],
  ['login-guard', 'a login page', 200, page('Welcome', '<form><input name="p" type="password"></form>')],
  [
    'login-guard',
    'HTTP Basic authentication',
    401,
    page('401', '<center>nginx</center>'),
    { 'www-authenticate': 'Basic realm="Restricted"' },
  ],
  [
    'login-guard',
    'a guard that requires a bearer token',
    401,
    '{"error":"invalid_token"}',
    { 'www-authenticate': 'Bearer realm="api"' },
  ],
  ['login-guard', 'another authentication scheme', 401, '', { 'www-authenticate': 'Custom' }],
  ['login-guard', 'Django REST framework', 403, '{"detail":"Authentication credentials were not provided."}'],
  ['login-guard', 'FastAPI', 403, '{"detail":"Not authenticated"}'],
  ['login-guard', "Laravel's auth middleware", 401, '{"message":"Unauthenticated."}'],
  ['login-guard', 'Devise', 401, '{"error":"You need to sign in or sign up before continuing."}'],
  ['login-guard', 'a guard that requires a token', 401, '{"message":"jwt expired"}'],
  ['login-guard', 'a guard that requires a token', 401, '{"error":"No authorization token was found"}'],
  ['login-guard', 'a guard that requires a token', 403, 'Invalid API key'],
  ['login-guard', 'a login guard', 401, '{"error":"You must be logged in"}'],
  ['login-guard', 'a login guard', 401, 'Login required'],
  ['no-route', 'Express', 404, page('Error', '<pre>Cannot POST /webhook</pre>')],
  [
    'no-route',
    'Fastify',
    404,
    '{"message":"Route POST:/webhook not found","error":"Not Found","statusCode":404}',
  ],
  [
    'no-route',
    'Flask',
    404,
    page(
      '404 Not Found',
      '<p>The requested URL was not found on the server. If you entered the URL manually please check your spelling and try again.</p>',
    ),
  ],
  ['no-route', 'NestJS', 404, '{"message":"Cannot POST /webhook","error":"Not Found","statusCode":404}'],
  ['no-route', 'Express', 404, 'Cannot POST /webhook'],
  ['no-route', 'Go', 404, '404 page not found\n', { 'x-content-type-options': 'nosniff' }],
  ['no-route', 'Go', 404, '404 page not found\n'],
  ['no-route', 'Next.js', 404, page('404: This page could not be found.', 'This page could not be found.')],
  ['no-route', 'Hono', 404, '404 Not Found'],
  ['no-route', 'FastAPI', 404, '{"detail":"Not Found"}'],
  [
    'no-route',
    'Spring Boot',
    404,
    '{"timestamp":"2026-11-28T09:00:00.000+00:00","status":404,"error":"Not Found","path":"/webhook"}',
  ],
  ['no-route', 'Laravel', 404, '{"message":"The route webhook could not be found."}'],
  ['no-route', 'Rails', 404, 'No route matches [POST] "/webhook"'],
  ['no-route', 'Django', 404, page('Page not found at /webhook', 'Using the URLconf defined in app.urls')],
  [
    'no-route',
    "PHP's development server",
    404,
    page(
      '404 Not Found',
      '<p>The requested resource <code class="url">/webhook</code> was not found on this server.</p>',
    ),
  ],
  ['no-route', 'Sinatra', 404, page('404', 'Sinatra doesn&rsquo;t know this ditty.')],
  ['no-route', 'a router', 404, '{"error":"Endpoint not found"}'],
  ['other-server', "macOS's AirPlay Receiver", 403, '', { server: 'AirTunes/775.3.1' }],
  ['other-server', "Windows' http.sys", 404, page('Not Found'), { server: 'Microsoft-HTTPAPI/2.0' }],
  [
    'other-server',
    "Python's http.server",
    501,
    page('Error response'),
    { server: 'SimpleHTTP/0.6 Python/3.11.7' },
  ],
  [
    'other-server',
    'a Jupyter server',
    405,
    page('Jupyter Server', 'jupyter'),
    { server: 'TornadoServer/6.4' },
  ],
  [
    'dev-server',
    "Vite's development server",
    200,
    page('app', '<script type="module" src="/@vite/client"></script>'),
  ],
  [
    'dev-server',
    "webpack's development server",
    200,
    page('React App', '<script defer src="/static/js/bundle.js"></script>'),
  ],
  ['error-page', "Werkzeug's debugger", 500, page('TypeError: x // Werkzeug Debugger')],
  [
    'error-page',
    "Django's debug page",
    500,
    page('KeyError at /webhook', "You're seeing this error because you have <code>DEBUG = True</code>"),
  ],
  ['error-page', "Rails' error page", 500, page("We're sorry, but something went wrong (500)")],
  [
    'error-page',
    "Laravel's error page",
    500,
    '{"message":"Server Error","exception":"Illuminate\\Database\\QueryException"}',
  ],
  ['error-page', "Symfony's error page", 500, page('x', 'Symfony Exception')],
  [
    'error-page',
    "Spring Boot's error page",
    500,
    '{"timestamp":"2026","status":500,"error":"Internal Server Error","path":"/webhook"}',
  ],
  [
    'error-page',
    "ASP.NET Core's error page",
    500,
    'An unhandled exception occurred while processing the request.',
  ],
  [
    'error-page',
    "Next.js' error page",
    500,
    page('500', '<script id="__NEXT_DATA__">{"page":"/_error"}</script>'),
  ],
  [
    'error-page',
    "Express's error page",
    500,
    page('Error', '\n<pre>TypeError: Cannot read properties of undefined<br> at x</pre>'),
  ],
  [
    'error-page',
    "PHP's error output",
    500,
    '<br />\n<b>Fatal error</b>:  Uncaught TypeError: x in /app/webhook.php:3',
  ],
  ['proxy', 'an error page of nginx', 403, page('403 Forbidden', '<hr><center>nginx/1.24.0</center>')],
  [
    'proxy',
    'an error page of Apache',
    403,
    page('403 Forbidden', '<address>Apache/2.4.57 (Debian)</address>'),
  ],
  [
    'proxy',
    'nginx',
    502,
    page('502 Bad Gateway', '<center><h1>502 Bad Gateway</h1></center><hr><center>nginx/1.24.0</center>'),
  ],
  [
    'proxy',
    'Apache',
    503,
    page('503 Service Unavailable', '<address>Apache/2.4.57 Server at localhost Port 80</address>'),
  ],
  [
    'proxy',
    'HAProxy',
    503,
    '<html><body><h1>503 Service Unavailable</h1>\nNo server is available to handle this request.\n</body></html>',
  ],
  ['proxy', 'Varnish', 503, page('503 Backend fetch failed', '<h3>Guru Meditation:</h3>')],
  ['proxy', 'Traefik', 502, 'Bad Gateway'],
  ['proxy', 'Caddy', 502, '', { server: 'Caddy' }],
  ['proxy', "Vite's or webpack's proxy", 500, 'Error occurred while trying to proxy: localhost:3000/webhook'],
  ['proxy', 'a proxy', 502, page('Bad gateway')],
];

describe('whoAnswered', () => {
  it.each(examples)('%s: %s (%i)', (kind, name, ...given) => {
    expect(whoAnswered(answer(...given), message, url)).toMatchObject({ kind, name });
  });

  it('each row has an example', () => {
    const found = new Set(
      examples.map(([, , ...given]) => findTelltale(see(answer(...given), message, url))),
    );
    expect(telltales.filter((row) => !found.has(row)).map(({ kind, name }) => `${kind}: ${name}`)).toEqual(
      [],
    );
  });

  it.each<Parameters<typeof answer>>([
    [401, 'bad signature', { server: 'SimpleHTTP/0.6 Python/3.11.7' }],
    [401],
    [401, 'Unauthorized'],
    [401, '{"error":"unauthorized"}'],
    [401, 'Invalid signature'],
    [403, 'Forbidden'],
    [400, 'missing webhook-id header'],
    [400, '{"error":"No matching signature found"}'],
    [401, '{"error":"Webhook authentication failed"}'],
    [422, 'unhandled event type session.expired'],
    [500, 'column "expired_at" does not exist'],
    [500, 'Internal Server Error'],
    [404, ''],
    [503, ''],
    [401, '{"error":"unauthorized"}', { 'x-cache': 'Error from cloudfront' }],
    [503, '{"error":"queue is full"}', { server: 'Caddy' }],
    [400, 'Could not verify the authenticity of the message'],
    [401, 'message authenticity check failed'],
    [403, page('Access Denied', 'See the reference of the API')],
    [400, 'invalid zip code: must not be denied'],
    [302, '', { location: '/somewhere' }],
    [200, 'ok', { 'content-type': 'text/html' }],
    [201, '{"received":"user.authenticated"}'],
    [401, '{"error":"user Sign in to continue is unknown"}'],
  ])('may be the handler: %i %s', (...given) => {
    expect(whoAnswered(answer(...given), message, url)).toBeUndefined();
  });

  it.each([
    ['jwt expired', 401],
    ['host not allowed', 403],
    ['Login required', 401],
  ])('%s is only likely: a handler may say so too', (text, status) => {
    expect(whoAnswered(answer(status, text), message, url)?.isCertain).toBe(false);
  });

  it.each([
    ['/sso/webhook', '/sso/webhook/', 'slash-redirect'],
    ['/sso/webhook', 'https://localhost:3000/sso/webhook', 'https-redirect'],
    ['/oauth/webhook', '/en/oauth/webhook', undefined],
    ['/webhook', '/sso/start', 'login-guard'],
    ['/', '/login', 'login-guard'],
  ])('a redirect from %s to %s', (from, location, kind) => {
    const at = new URL(from, url);
    expect(whoAnswered(answer(307, '', { location }), message, at)?.kind).toBe(kind);
  });

  it('reads the charset of the response', () => {
    const body = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('Invalid CSRF token', 'utf16le')]);
    expect(whoAnswered({ ...answer(403), body }, message, url)?.kind).toBe('csrf-filter');
    const typed = answer(403, 'CSRF token missing: é', { 'content-type': 'text/plain; charset=unknown-8' });
    expect(whoAnswered(typed, message, url)?.kind).toBe('csrf-filter');
  });

  /** A search that is not linear would not end within the time limit of a test. */
  it.each([
    ['one long line', 'a '.repeat(5_000_000)],
    ['escapes', '\x1b[31m&lt;'.repeat(1_000_000)],
    ['unclosed tags', '<input '.repeat(1_500_000)],
    ['nested JSON', '{"message":"'.repeat(800_000)],
    ['words of many rows', 'csrf token host not allowed jwt login must be logged '.repeat(200_000)],
  ])('judges 10 MB of %s', (_title, text) => {
    whoAnswered(answer(401, text), message, url);
  });
});
