import { contentOf } from '../delivery/answers/text.ts';
import { ID_HEADER, type Message, soleHeader, TIMESTAMP_HEADER } from '../message.ts';
import { formsOfSecret } from '../secret-forms.ts';
import type { Secret } from '../signature/secret.ts';
import { sign } from '../signature/sign.ts';
import type { Exchange } from './workbench.ts';

/** The header values and body of a response, as far as it was read. */
function responseText({ outcome }: Exchange): string {
  if (!outcome.answered) return '';
  return [...outcome.headers.map(([, value]) => value), contentOf(outcome).toString()].join('\n');
}

/** The start of a line, also in HTML and JSON, with its indentation. */
const lineStart = String.raw`(?:^|\n|<br>|\\n)(?: |\t|&nbsp;|\\t)*`;
/** Limits the search in long lines. */
const linePart = '{1,300}?';

/** Stack trace lines of common platforms. */
const stackTraces: readonly RegExp[] = [
  String.raw`${lineStart}at (?:async )?[^\n<]${linePart}\.[cm]?[jt]sx?:\d+:\d+`,
  String.raw`${lineStart}at [^\n<]${linePart}\((?:node:|&lt;anonymous|<anonymous)`,
  String.raw`Traceback \(most recent call last\)`,
  String.raw`${lineStart}at [\w.$]${linePart}\(\w+\.(?:java|kt|scala):\d+\)`,
  String.raw`goroutine \d+ \[running\]`,
  String.raw`${lineStart}#\d+ [^\n]${linePart}\.php\(\d+\)`,
  String.raw`${lineStart}(?:from )?[^\s]${linePart}\.rb:\d+:in [\u0060']`,
  String.raw`${lineStart}at [^\n]${linePart} in [^\n]${linePart}\.cs:line \d+`,
].map((source) => new RegExp(source));

/** Whether a response contains a stack trace. */
export function showsStackTrace(exchange: Exchange): boolean {
  const response = responseText(exchange);
  return stackTraces.some((trace) => trace.test(response));
}

/** Whether a response contains a signing secret: the full text, its base64 or its bytes as hex. */
export function showsSecret(exchange: Exchange, secrets: readonly Secret[]): boolean {
  const response = responseText(exchange);
  return secrets
    .flatMap(({ text }) => formsOfSecret(text))
    .some((form) => response.includes(form) || response.includes(JSON.stringify(form).slice(1, -1)));
}

/**
 * Whether a response contains the signature that would make the message valid. A signature that the message itself
 * contains, in any form, is not a leak.
 */
export function showsSignature(exchange: Exchange, secrets: readonly Secret[]): boolean {
  const sent = exchange.message.headers.map(([, value]) => value).join('\n');
  const response = responseText(exchange);
  return expectedSignatures(exchange.message, secrets)
    .map(formsOf)
    .some(
      (forms) => !forms.some((form) => sent.includes(form)) && forms.some((form) => response.includes(form)),
    );
}

function expectedSignatures(message: Message, secrets: readonly Secret[]): string[] {
  const id = soleHeader(message.headers, ID_HEADER);
  const timestamp = Number.parseInt(soleHeader(message.headers, TIMESTAMP_HEADER) ?? '', 10);
  if (id === undefined || Number.isNaN(timestamp)) return [];
  return secrets.map((secret) => sign({ id, timestamp, body: message.body }, secret).slice('v1,'.length));
}

function formsOf(signature: string): string[] {
  const bytes = Buffer.from(signature, 'base64');
  return [signature, signature.replaceAll('/', '\\/'), bytes.toString('hex'), bytes.toString('base64url')];
}
