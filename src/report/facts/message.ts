import { bodyMembers, fromHeaderBytes, type Headers, type Message, maskCredentials } from '../../message.ts';
import { quoteForShell } from '../shell.ts';
import type { MessageShown } from './index.ts';

/** A message that would be sent, where to, and what its body says of itself. */
export interface MessageToShow {
  readonly event: { readonly type: string | null; readonly id: string | null };
  readonly message: Message;
  readonly url: URL;
  readonly wantsCurl: boolean;
  /** Whether any certificate is to be taken. */
  readonly isInsecure: boolean;
}

/** Puts a message that would be sent into a Fact. */
export function messageFact({ event, message, url, wantsCurl, isInsecure }: MessageToShow): MessageShown {
  return {
    kind: 'message',
    event_type: event.type,
    event_id: event.id,
    method: 'POST',
    url: url.href,
    // What is pasted must work; what is only looked at needs no credentials.
    headers: maskCredentials(message.headers),
    ...bodyMembers(message.body),
    curl: wantsCurl ? curlLine(message, url, isInsecure) : null,
  };
}

/** The longest body that is written out: one argument of a program may have 128 KiB on Linux. */
const LONGEST_ARGUMENT = 100_000;

/**
 * A line that, pasted into a shell (sh, bash, zsh), sends exactly this message. A body that a shell could not hold
 * as text goes through base64. `-g` keeps curl from reading brackets and braces of the URL as lists.
 */
function curlLine({ headers, body }: Message, url: URL, isInsecure: boolean): string {
  const { body: text } = bodyMembers(body);
  const isPlain =
    text !== null &&
    text.length <= LONGEST_ARGUMENT &&
    !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text.replaceAll('\n', ''));
  const flags = `-sS -i -g${isInsecure ? ' -k' : ''}`;
  const request = `curl ${flags} ${quoteForShell(url.href)} ${headersForCurl(headers)} --data-binary`;
  if (isPlain && !text.startsWith('@')) return `${request} ${quoteForShell(text)}`;
  return `printf %s ${quoteForShell(Buffer.from(body).toString('base64'))} | base64 -d | ${request} @-`;
}

/** curl would leave out a header with an empty value, unless it ends in a semicolon. */
function headersForCurl(headers: Headers): string {
  return headers
    .map(
      ([name, value]) =>
        `-H ${quoteForShell(value === '' ? `${name};` : `${name}: ${fromHeaderBytes(value)}`)}`,
    )
    .join(' ');
}
