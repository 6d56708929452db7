import type { Failure, NotAnswered, Protocol } from '../../delivery/outcome.ts';
import { type DeliveryContext, type OutcomeWords, seconds, show } from './outcome-words.ts';

/** Explains why a message got no response. */
export function explainFailure(outcome: NotAnswered, delivered: DeliveryContext): OutcomeWords {
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
