import type { Responder, ResponderKind } from '../../delivery/answers/telltales.ts';
import { cleanLine, cut } from '../clean.ts';
import type { OutcomeWords } from './outcome-words.ts';

/** Describes who answered in place of the handler, and how to reach the handler. */
export function explainResponder({ kind, name, detail, isCertain }: Responder): OutcomeWords {
  const words = responders[kind](name, detail === undefined ? '' : cleanLine(cut(detail, 200)));
  return isCertain ? words : { ...words, detail: `most likely, ${words.detail}` };
}

const direct = 'send directly to the app, or check that the app behind it is running';

const redirected = (location: string) =>
  `the server redirected to ${location}, and Scalekit does not follow redirects`;

/** How a route of a framework that validates requests gets the raw body. */
const rawParameters: Readonly<Record<string, string>> = {
  FastAPI: ': declare the parameter as request: Request',
  "Fastify's schema": ': remove the schema of the body',
  "NestJS' ValidationPipe": ': use a RawBodyRequest, and no DTO',
};

const responders: Record<ResponderKind, (name: string, detail: string) => OutcomeWords> = {
  'login-guard': (name, detail) => ({
    detail: detail
      ? `a login guard redirected the request to ${detail}, so it did not reach the handler`
      : `a login guard answered the request, so it did not reach the handler: ${name}`,
    fix: 'exempt the webhook route from authentication: the signature protects the route',
  }),
  'csrf-filter': (name) => ({
    detail: `a CSRF filter rejected the request before it reached the handler: ${name}`,
    fix: 'exempt the webhook route from CSRF protection: the signature protects the route',
  }),
  'host-check': (name) => ({
    detail: `a host check rejected the request before it reached the handler: ${name}`,
    fix: 'add the host name of the URL to the allowed hosts of the server, or use a host name that it allows, such as localhost',
  }),
  validation: (name) => ({
    detail: `the framework validated the request, and rejected it before it called the handler: ${name}`,
    fix: `let the route accept any JSON object as its body, and verify the raw body${rawParameters[name] ?? ''}`,
  }),
  'header-required': (name, detail) => ({
    detail: `the framework requires the header ${detail}, which Scalekit does not send, and did not call the handler: ${name}`,
    fix: 'read webhook-id, webhook-timestamp and webhook-signature instead',
  }),
  'other-webhook': (name) => ({
    detail: `the code that answered expects the webhooks of another service: it asks for ${name}`,
    fix: 'use the URL of the route for Scalekit, and verify webhook-id, webhook-timestamp and webhook-signature there',
  }),
  'slash-redirect': (name, detail) => ({
    detail: detail
      ? `${redirected(detail)}; only the trailing slash differs`
      : `the route requires a trailing slash: ${name}`,
    fix: `use ${detail || 'the URL with the trailing slash'}, and register that URL in the dashboard`,
  }),
  'https-redirect': (_name, detail) => ({
    detail: `${redirected(detail)}; it requires HTTPS`,
    fix: `use ${detail}. For an app behind a proxy that terminates TLS, add -H "x-forwarded-proto: https"`,
  }),
  'tls-port': () => ({
    detail: 'the port uses TLS, and the request was plain HTTP',
    fix: 'use https:// in the URL, with --insecure for a certificate that this machine does not trust',
  }),
  firewall: (name) => ({
    detail: `a firewall blocked the request before it reached the handler: ${name}`,
    fix: 'add a rule to the firewall that allows POST requests to the webhook route',
  }),
  gateway: (name) => ({
    detail: `an API gateway answered instead of the handler: ${name}`,
    fix: 'check the route, its authorizer and its integration in the gateway, or send directly to the app',
  }),
  serverless: (name) => ({
    detail: `the hosting platform answered instead of the handler: ${name}`,
    fix: 'check the logs of the platform: the function is not deployed, failed to start, crashed or timed out',
  }),
  proxy: (name) => ({
    detail: `a proxy or web server answered instead of the handler: ${name}`,
    fix: direct,
  }),
  tunnel: (name) => ({
    detail: `the tunnel answered instead of the handler: ${name}`,
    fix: 'check that the tunnel is running and forwards to the port of the app, or send directly to localhost',
  }),
  'no-route': (name) => ({
    detail: `no handler is registered for POST at this URL: ${name} answered that it has no such route`,
    fix: 'use the path that your app registers',
  }),
  'dev-server': (name) => ({
    detail: `a front-end development server answered instead of the handler: ${name}`,
    fix: 'use the port of the API, or add a proxy rule for the webhook route to the development server',
  }),
  'other-server': (name) => ({
    detail: `another program is listening on this port: ${name}`,
    fix: name.includes('AirPlay')
      ? 'use another port for your app, or turn AirPlay Receiver off: it uses port 5000'
      : 'use the port of your app',
  }),
  'own-listener': (name) => ({
    detail: `${name} answered, not a handler`,
    fix: 'see the output of the listener for the reason, and use the same signing secret for both commands',
  }),
  'own-forwarder': (name) => ({
    detail: `${name} received the message, but got no complete response from the app that it forwards to`,
    fix: 'see the output of the listener for the reason. If the app is not running, start it',
  }),
  'error-page': (name, detail) => ({
    detail: `the handler, or code before it, threw an exception: ${name}${detail && ` shows "${detail}"`}`,
    fix: 'fix the exception; the log of the app shows where it was thrown',
  }),
};
