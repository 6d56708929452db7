import type { Failure, NotAnswered } from '../delivery/outcome.ts';
import { type Delivered, type Explanation, seconds, show } from './explanation.ts';

/** The sentences for a message that no status line answered. */
export function explainFailure(outcome: NotAnswered, delivered: Delivered): Explanation {
  return failures[outcome.failure](delivered, outcome);
}

const failures: Record<Failure, (delivered: Delivered, outcome: NotAnswered) => Explanation> = {
  refused: ({ url }) => ({
    meaning: `nothing listens on ${show(url.host)}`,
    try: `start your app, or scalekit-hooks listen --port ${url.port || (url.protocol === 'https:' ? 443 : 80)} in another terminal`,
  }),
  dns: ({ url }, { detail }) => ({
    meaning: detail.startsWith('EAI_AGAIN')
      ? `${show(url.hostname)} could not be looked up: no network, or no name server that answers`
      : `there is no host called ${show(url.hostname)}`,
    try: 'check the spelling; a local app is at localhost',
  }),
  tls: ({ url }, { detail }) => explainTls(url, detail),
  not_tls: ({ url }) => ({
    meaning: `${show(url.host)} does not speak TLS on this port`,
    try: `http:// in place of https://: --to ${show(url.href.replace('https:', 'http:'))}`,
  }),
  reset: ({ url }, { wasSent }) => ({
    meaning: wasSent
      ? 'the connection was closed before an answer came; your handler may have run'
      : 'the connection was closed before the message was sent',
    try:
      url.protocol === 'http:'
        ? "the handler's log for a crash; if the port speaks TLS, https://"
        : "the handler's log for a crash",
  }),
  timeout: ({ timeoutMs }, { wasSent }) => ({
    meaning: wasSent
      ? `no answer within ${seconds(timeoutMs)}; your handler may have run. Scalekit gives a handler 10 s, then tries again`
      : `no connection within ${seconds(timeoutMs)}`,
    try: wasSent
      ? 'answer first (202) and do the work afterwards; --timeout for a longer look'
      : 'check host, port and firewall',
  }),
  unreachable: ({ url }, { detail }) => ({
    meaning: `${show(url.host)} cannot be reached from here (${show(detail)})`,
    try: 'check the address, the network and the firewall',
  }),
  not_http: ({ url }, { detail }) => ({
    meaning: `what answered on ${show(url.host)} does not speak HTTP as it should (${show(detail)})`,
    try:
      url.protocol === 'http:' ? 'https://, if the port speaks TLS; else check the port' : 'check the port',
  }),
  stopped: (_delivered, { wasSent }) => ({
    meaning: wasSent
      ? 'you stopped it before an answer came; your handler may have run'
      : 'you stopped it before it was sent',
    try: 'send it again',
  }),
};

const certificateFaults: [code: RegExp, words: string][] = [
  [/SELF_SIGNED/, 'it is self-signed'],
  [/EXPIRED/, 'it has expired'],
  [/NOT_YET_VALID/, 'it is not valid yet'],
  [/ALTNAME|HOSTNAME/, 'it is for another name'],
  [/UNABLE_TO/, 'who issued it is not known here'],
];

function explainTls(url: URL, detail: string): Explanation {
  const fault = certificateFaults.find(([code]) => code.test(detail));
  if (!fault) {
    return {
      meaning: `no TLS connection with ${show(url.host)} came about: ${show(detail)}`,
      try: 'the version of TLS, or a client certificate, that the server asks for',
    };
  }
  return {
    meaning: `the certificate of ${show(url.host)} was not accepted: ${fault[1]}`,
    try: '--insecure for a local target, or NODE_EXTRA_CA_CERTS=/path/to/ca.pem',
  };
}
