import { fromHeaderBytes } from '../../message.ts';
import { cleanLine, cleanText, cut } from '../clean.ts';
import type { Delivered, Forwarded, MessageShown } from '../facts/index.ts';
import { type HumanOptions, indent, type Paint, time } from './layout.ts';

/** Characters of a handler's answer that are shown. */
const ANSWER_LENGTH = 500;

/** A delivery: one line, and the handler's answer where it matters. */
export function delivered(fact: Delivered, options: HumanOptions): string[] {
  const { out } = options;
  const mark = fact.ok ? out.good('✓') : out.bad('✗');
  const now = fact.status ?? fact.failure;
  const change = fact.was !== null && `was ${cleanLine(fact.was)}, now ${now}`;
  return deliveryLines(fact, mark, [faultRemark(fact, out), change], options);
}

/** Whether a message that was spoiled on purpose was refused. */
export function faultRemark({ fault, ok }: Pick<Delivered, 'fault' | 'ok'>, paint: Paint): string | false {
  if (fault === null) return false;
  return ok ? `refused, as it should be (${fault})` : paint.bad(`not refused (${fault})`);
}

/** What the app did with a message that was handed on. */
export function forwarded(fact: Forwarded, options: HumanOptions): string[] {
  const { out } = options;
  const mark = fact.ok ? out.good('→') : out.bad('→');
  return deliveryLines(fact, mark, [out.faint(cleanLine(fact.target))], options);
}

/** What every delivery's line tells. */
type DeliveryLike = Pick<
  Delivered,
  | 'ok'
  | 'status'
  | 'failure'
  | 'duration_ms'
  | 'event_type'
  | 'event_id'
  | 'attempt'
  | 'retry_in_ms'
  | 'response'
>;

/** One line, and the answer where it matters. */
export function deliveryLines(
  fact: DeliveryLike,
  mark: string,
  remarks: (string | false)[],
  { out, isVerbose }: HumanOptions,
): string[] {
  const status = [fact.status, fact.failure].filter((part) => part !== null).join(' ') || 'failed';
  const line = [
    `${mark} ${(fact.ok ? out.good : out.bad)(status)}`,
    time(fact.duration_ms).padStart(7),
    out.name(cleanLine(cut(fact.event_type ?? '(no event type)', 200))),
    fact.event_id !== null && out.faint(cleanLine(cut(fact.event_id, 100))),
    ...remarks,
    (fact.attempt > 1 || fact.retry_in_ms !== null) && out.faint(`attempt ${fact.attempt}`),
    fact.retry_in_ms !== null && out.warn(`again in ${time(fact.retry_in_ms)}`),
  ]
    .filter((part) => part !== false)
    .join('  ');
  const showsAnswer = fact.response !== null && fact.response.trim() !== '' && (!fact.ok || isVerbose);
  return showsAnswer
    ? [line, ...indent(`answer: ${cleanText(cut(fact.response!.trim(), ANSWER_LENGTH))}`, '  ')]
    : [line];
}

/** The same advice is given once: 52 events refused for one reason are explained once. */
export function advice(
  fact: Pick<Delivered, 'detail' | 'fix' | 'causes'>,
  paint: Paint,
  given: Set<string>,
): string[] {
  if (fact.detail === null) return [];
  const lines = [`  ${paint.warn('means')}: ${fact.detail}`, `  ${paint.warn('try')}: ${fact.fix}`];
  if (fact.causes.length > 0) {
    lines.push(
      '  the message verifies with its own secret, so it left here right. Possible causes, likeliest first:',
    );
    for (const [index, { message, fix }] of fact.causes.entries())
      lines.push(`   ${index + 1}. ${message}. ${fix[0]!.toUpperCase()}${fix.slice(1)}.`);
  }
  const text = lines.join('\n');
  if (given.has(text)) return [];
  given.add(text);
  return lines;
}

/** As on the wire, or the line for a shell. The bytes are the user's own to have, so only the terminal is protected. */
export function messageText(fact: MessageShown): string {
  if (fact.curl !== null) return fact.curl;
  const url = new URL(fact.url);
  const head = [`POST ${url.pathname}${url.search} HTTP/1.1`, `host: ${url.host}`];
  const headers = fact.headers.map(([name, value]) => cleanLine(`${name}: ${fromHeaderBytes(value)}`));
  const length = Buffer.byteLength(
    fact.body ?? fact.body_base64 ?? '',
    fact.body === null ? 'base64' : 'utf8',
  );
  const body = fact.body === null ? `(base64) ${fact.body_base64}` : cleanText(fact.body);
  return [...head, ...headers, `content-length: ${length}`, '', body, ''].join('\n');
}
