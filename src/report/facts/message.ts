import { HooksError } from '../../errors.ts';
import { bodyMembers, fromHeaderBytes, type Headers, type Message, maskCredentials } from '../../message.ts';
import { quoteForShell } from '../shell.ts';
import type { MessageShown } from './index.ts';

/** A message that --dry-run or --print shows, with its target. */
export interface MessageToShow {
  readonly event: { readonly type: string | null; readonly id: string | null };
  readonly message: Message;
  readonly url: URL;
  /** What to print: the message, or a form that other programs take. */
  readonly form: 'message' | 'curl' | 'http';
  /** Whether to accept any TLS certificate. */
  readonly isInsecure: boolean;
}

/** The fact of a message that is shown instead of sent. */
export function messageFact({ event, message, url, form, isInsecure }: MessageToShow): MessageShown {
  return {
    kind: 'message',
    event_type: event.type,
    event_id: event.id,
    method: 'POST',
    url: url.href,
    // Only the curl command needs real credentials, because it must work when pasted.
    headers: maskCredentials(message.headers),
    ...bodyMembers(message.body),
    curl: form === 'curl' ? curlLine(message, url, isInsecure) : null,
    http: form === 'http' ? httpFile(message, url) : null,
  };
}

/** In bytes: Linux limits one argument of a program to 128 KiB. */
const MAX_ARGUMENT_BYTES = 100_000;

/**
 * A command for sh, bash or zsh that sends exactly this message. A body that a shell cannot hold as text is passed as
 * base64. `-g` keeps curl from expanding brackets and braces in the URL.
 */
function curlLine({ headers, body }: Message, url: URL, isInsecure: boolean): string {
  const { body: text } = bodyMembers(body);
  const isPlain =
    text !== null &&
    body.length <= MAX_ARGUMENT_BYTES &&
    !/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u.test(text.replaceAll('\n', ''));
  const flags = `-sS -i -g${isInsecure ? ' -k' : ''}`;
  const request = `curl ${flags} ${quoteForShell(url.href)} ${headersForCurl(headers)} --data-binary`;
  if (isPlain && !text.startsWith('@')) return `${request} ${quoteForShell(text)}`;
  return `printf %s ${quoteForShell(Buffer.from(body).toString('base64'))} | base64 -d | ${request} @-`;
}

/**
 * A request as the REST clients of editors read it (the .http files of VS Code and JetBrains). They send the body as it
 * stands, without the newline before the next separator.
 */
function httpFile({ headers, body }: Message, url: URL): string {
  const { body: text } = bodyMembers(body);
  if (text === null || /[\r\n]/.test(text)) throw new HooksError('unprintable_body', undefined);
  const lines = headers.map(([name, value]) => `${name}: ${fromHeaderBytes(value)}`);
  return [
    '### signed now; a handler rejects it after five minutes',
    `POST ${url.href}`,
    ...lines,
    '',
    text,
    '',
  ].join('\n');
}

/** curl omits a header with an empty value unless a semicolon follows its name. */
function headersForCurl(headers: Headers): string {
  return headers
    .map(
      ([name, value]) =>
        `-H ${quoteForShell(value === '' ? `${name};` : `${name}: ${fromHeaderBytes(value)}`)}`,
    )
    .join(' ');
}
