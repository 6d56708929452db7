import { asBuffer, ID_HEADER, type Message, soleHeader, TIMESTAMP_HEADER } from '../message.ts';
import type { Secret } from '../signature/secret.ts';
import { sign } from '../signature/sign.ts';
import type { Exchange } from './workbench.ts';

/** The text of an answer, as far as it was read: header values and body. */
function answerOf({ outcome }: Exchange): string {
  if (!outcome.answered) return '';
  return [...outcome.headers.map(([, value]) => value), asBuffer(outcome.body).toString()].join('\n');
}

/** The beginning of a line, also in HTML and in JSON, and what it is moved in by. */
const begin = String.raw`(?:^|\n|<br>|\\n)(?: |\t|&nbsp;|\\t)*`;
/** As much of a line as is looked at: lines of an answer may be long, and the search is not to be. */
const part = '{1,300}?';

/** Lines of stack traces as the usual platforms print them. */
const stackTraces: readonly RegExp[] = [
  String.raw`${begin}at (?:async )?[^\n<]${part}\.[cm]?[jt]sx?:\d+:\d+`,
  String.raw`${begin}at [^\n<]${part}\((?:node:|&lt;anonymous|<anonymous)`,
  String.raw`Traceback \(most recent call last\)`,
  String.raw`${begin}at [\w.$]${part}\(\w+\.(?:java|kt|scala):\d+\)`,
  String.raw`goroutine \d+ \[running\]`,
  String.raw`${begin}#\d+ [^\n]${part}\.php\(\d+\)`,
  String.raw`${begin}(?:from )?[^\s]${part}\.rb:\d+:in [\u0060']`,
  String.raw`${begin}at [^\n]${part} in [^\n]${part}\.cs:line \d+`,
].map((source) => new RegExp(source));

/** Whether an answer shows the inside of the program. */
export function showsStackTrace(exchange: Exchange): boolean {
  const answer = answerOf(exchange);
  return stackTraces.some((trace) => trace.test(answer));
}

/** Whether an answer has a signing secret in it, whole, as its base64, its bytes or their hex. */
export function showsSecret(exchange: Exchange, secrets: readonly Secret[]): boolean {
  const answer = answerOf(exchange);
  return secrets
    .flatMap(formsOfSecret)
    .some((form) => answer.includes(form) || answer.includes(JSON.stringify(form).slice(1, -1)));
}

/** What a secret may be printed as, the whole first; of a key of a few bytes only that, since the rest is found by chance. */
export function formsOfSecret({ text, key }: Secret): string[] {
  const bytes = Buffer.from(key);
  const encoded = bytes.toString('base64');
  return bytes.length < 8 ? [text] : [text, encoded, encoded.replace(/=+$/, ''), bytes.toString('hex')];
}

/**
 * Whether an answer has the signature in it that would make the message valid. One that the message had itself, in
 * whatever form, is no news to its sender.
 */
export function showsSignature(exchange: Exchange, secrets: readonly Secret[]): boolean {
  const sent = exchange.message.headers.map(([, value]) => value).join('\n');
  const answer = answerOf(exchange);
  return expectedSignatures(exchange.message, secrets)
    .map(formsOf)
    .some(
      (forms) => !forms.some((form) => sent.includes(form)) && forms.some((form) => answer.includes(form)),
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
