import { fromHeaderBytes } from '../../message.ts';
import { cleanLine, cleanText, cut } from '../clean.ts';
import type { Delivered, Forwarded, MessageShown } from '../facts/index.ts';
import { commandLine } from '../shell.ts';
import { type HumanOptions, indent, type Paint, time } from './layout.ts';

/** The longest response that is shown, in characters. */
const MAX_RESPONSE_LENGTH = 500;

/** A delivery on one line, followed by the response if it failed or with --verbose. */
export function delivered(fact: Delivered, options: HumanOptions): string[] {
  const { out } = options;
  const mark = fact.ok ? out.good('✓') : out.bad('✗');
  const now = fact.status ?? fact.failure;
  const change = fact.was !== null && `was ${cleanLine(fact.was)}, now ${now}`;
  return deliveryLines(fact, mark, [faultRemark(fact, out), expectedRemark(fact, out), change], options);
}

/** Reports whether the handler rejected a message with a deliberate fault; false for a message without one. */
export function faultRemark({ fault, ok }: Pick<Delivered, 'fault' | 'ok'>, paint: Paint): string | false {
  if (fault === null) return false;
  return ok ? `rejected as expected (${fault})` : paint.bad(`not rejected (${fault})`);
}

/** Names what the step of a scenario expects, unless it is the usual 2xx. */
function expectedRemark({ expects, ok }: Delivered, paint: Paint): string | false {
  if (expects === null || expects.join() === '2xx') return false;
  const text = `expected ${expects.join(' or ')}`;
  return ok ? paint.faint(text) : paint.bad(text);
}

/** A message that `listen` forwarded to the app. */
export function forwarded(fact: Forwarded, options: HumanOptions): string[] {
  const { out } = options;
  const mark = fact.ok ? out.good('→') : out.bad('→');
  return deliveryLines(fact, mark, [out.faint(cleanLine(fact.target))], options);
}

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

/** The line of a delivery, followed by the response if it failed or with --verbose. */
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
    fact.retry_in_ms !== null && out.warn(`retry in ${time(fact.retry_in_ms)}`),
  ]
    .filter((part) => part !== false)
    .join('  ');
  const showsResponse = fact.response !== null && fact.response.trim() !== '' && (!fact.ok || isVerbose);
  return showsResponse
    ? [line, ...indent(`response: ${cleanText(cut(fact.response!.trim(), MAX_RESPONSE_LENGTH))}`, '  ')]
    : [line];
}

/** The detail, fix and possible causes of a delivery, printed once: 52 events often fail for the same reason. */
export function advice(
  fact: Pick<Delivered, 'detail' | 'fix' | 'causes' | 'target'>,
  paint: Paint,
  printed: Set<string>,
): string[] {
  if (fact.detail === null) return [];
  const lines = [`  ${fact.detail}`, `  ${paint.warn('fix')}: ${fact.fix}`];
  if (fact.causes.length > 0) {
    lines.push('  The message was correctly signed. Possible causes, most likely first:');
    for (const [index, { message, fix }] of fact.causes.entries())
      lines.push(`   ${index + 1}. ${capitalize(message)}. ${capitalize(fix)}.`);
    lines.push(`  To find the cause, run ${commandLine(['scalekit-hooks', 'check', fact.target])}`);
  }
  const text = lines.join('\n');
  if (printed.has(text)) return [];
  printed.add(text);
  return lines;
}

function capitalize(text: string): string {
  return text[0]!.toUpperCase() + text.slice(1);
}

/** The HTTP request, or its curl command. Not masked: the user asked for the exact message. */
export function messageText(fact: MessageShown): string {
  if (fact.curl !== null) return fact.curl;
  if (fact.http !== null) return fact.http;
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
