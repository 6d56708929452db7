import {
  asBuffer,
  headerValues,
  ID_HEADER,
  type Message,
  SIGNATURE_HEADER,
  soleHeader,
  TIMESTAMP_HEADER,
} from '../message.ts';
import type { Secret } from '../signature/secret.ts';
import { sign } from '../signature/sign.ts';
import type { Exchange } from './check.ts';

/** The text of an answer, as far as it was read: header values and body. */
function answerOf({ outcome }: Exchange): string {
  if (!outcome.answered) return '';
  return [...outcome.headers.map(([, value]) => value), asBuffer(outcome.body).toString()].join('\n');
}

/** Lines of stack traces as the usual platforms print them. */
const stackTraces: readonly RegExp[] = [
  // Node.js, Deno, Bun; in HTML, blanks may be written as &nbsp;
  /(?:^|\n|<br>|\\n)(?: |&nbsp;|\\t|\t)*at (?:async )?(?:[\w.$<>[\] ]+ \()?(?:file:\/\/|node:|\/|[A-Za-z]:\\|[\w./@-]+\.[cm]?[jt]sx?:)[^\n]*:\d+:\d+\)?/,
  /Traceback \(most recent call last\)/,
  /(?:^|\n|\\n)(?:\s|\\t)*at [\w.$]+\([\w]+\.(?:java|kt|scala):\d+\)/,
  /goroutine \d+ \[running\]/,
  /(?:^|\n|\\n)#\d+ [^\n]*\.php\(\d+\)/,
  /(?:^|\n|\\n)\s*(?:from )?\S+\.rb:\d+:in [`']/,
  /(?:^|\n|\\n)\s*at \S+ in \S+\.cs:line \d+/,
];

/** Whether an answer shows the inside of the program. */
export function showsStackTrace(exchange: Exchange): boolean {
  const answer = answerOf(exchange);
  return stackTraces.some((trace) => trace.test(answer));
}

/** Whether an answer has a signing secret in it, whole, as its base64, its bytes or their hex. */
export function showsSecret(exchange: Exchange, secrets: readonly Secret[]): boolean {
  const answer = answerOf(exchange);
  return secrets.some(({ text, key }) => {
    const bytes = Buffer.from(key);
    const encoded = bytes.toString('base64');
    // A key of a few bytes would be found by chance.
    const forms =
      bytes.length < 8 ? [text] : [text, encoded, encoded.replace(/=+$/, ''), bytes.toString('hex')];
    return forms.some((form) => answer.includes(form) || answer.includes(JSON.stringify(form).slice(1, -1)));
  });
}

/** Whether an answer has the signature in it that would make the message valid, and that was not in the message. */
export function showsSignature(exchange: Exchange, secrets: readonly Secret[]): boolean {
  const expected = expectedSignatures(exchange.message, secrets);
  const known = headerValues(exchange.message.headers, SIGNATURE_HEADER).join(' ');
  const answer = answerOf(exchange);
  return expected.some(
    (signature) => !known.includes(signature) && formsOf(signature).some((form) => answer.includes(form)),
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
