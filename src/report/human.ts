import type { Sentences } from '../errors.ts';
import { readableData } from '../events/readable.ts';
import { cleanLine, cleanText, cut } from './clean.ts';
import type {
  Delivered,
  EventTypeListed,
  Fact,
  Failed,
  MessageShown,
  Ready,
  Received,
  Summary,
} from './facts.ts';
import { duration } from './verdict-words.ts';

type Style = (text: string) => string;

/** Styles by meaning. */
export interface Paint {
  good: Style;
  bad: Style;
  warn: Style;
  strong: Style;
  faint: Style;
  name: Style;
}

const none: Style = (text) => text;
export const plain: Paint = { good: none, bad: none, warn: none, strong: none, faint: none, name: none };

/** Draws on a terminal while work goes on. */
export interface Spinner {
  /** Draws how far the work is. */
  show(done: number, total: number): void;
  aside(print: () => void): void;
  stop(): void;
}

/** What a Fact becomes: results for stdout, and what is said along the way for stderr. Lines without line feeds. */
export interface Lines {
  readonly results: readonly string[];
  readonly talk: readonly string[];
  /** Whether a secret is what was asked for. */
  readonly isSecret?: boolean;
}

export interface HumanOptions {
  readonly out: Paint;
  readonly talk: Paint;
  readonly isVerbose: boolean;
  readonly isQuiet: boolean;
}

/** Characters of a handler's answer that are shown. */
const ANSWER_LENGTH = 500;

/** Words for people: one function from a Fact to its lines. It remembers which advice it has given. */
export function humanReporter(options: HumanOptions): (fact: Fact) => Lines {
  const given = new Set<string>();
  return (fact) => {
    if (options.isQuiet && (isGoodNews(fact) || (fact.fact === 'summary' && fact.ok))) return nothing;
    switch (fact.fact) {
      case 'ready':
        return talk(ready(fact, options.talk));
      case 'delivered':
        return { results: delivered(fact, options), talk: advice(fact, options.talk, given) };
      case 'message':
        return results([messageText(fact)]);
      case 'received':
        return results(received(fact, options));
      case 'event_type':
        return results([eventType(fact, options.out)]);
      case 'secret':
        return { ...results([fact.secret]), isSecret: true };
      case 'summary':
        return talk(summary(fact, options.talk));
      case 'error':
        return talk(failed(fact, options.talk));
    }
  };
}

/** Whether a fact is what --quiet leaves out: a delivery or message that came out as it should. */
export function isGoodNews(fact: Fact): boolean {
  return (fact.fact === 'delivered' && fact.ok) || (fact.fact === 'received' && fact.verified);
}

const nothing: Lines = { results: [], talk: [] };
const results = (lines: string[]): Lines => ({ results: lines, talk: [] });
const talk = (lines: string[]): Lines => ({ results: [], talk: lines });

function ready(fact: Ready, paint: Paint): string[] {
  const where = fact.path === null ? 'any path' : `path ${cleanLine(fact.path)} only`;
  return [
    `${paint.good('ready')} on ${paint.strong(cleanLine(fact.url))} (${where}), Ctrl-C to stop`,
    paint.faint(`point your app or scalekit-hooks send here: send user.created --to ${cleanLine(fact.url)}`),
  ];
}

function delivered(fact: Delivered, { out, isVerbose }: HumanOptions): string[] {
  const mark = fact.ok ? out.good('✓') : out.bad('✗');
  const status = fact.status === null ? (fact.failure ?? 'failed') : String(fact.status);
  const line = [
    `${mark} ${(fact.ok ? out.good : out.bad)(status)}`,
    time(fact.duration_ms).padStart(7),
    out.name(cleanLine(cut(fact.event_type ?? '(no event type)', 200))),
    ...(fact.event_id === null ? [] : [out.faint(cleanLine(cut(fact.event_id, 100)))]),
    ...(fact.fault === null
      ? []
      : [fact.ok ? `refused, as it should be (${fact.fault})` : out.bad(`not refused (${fact.fault})`)]),
    ...(fact.attempt > 1 || fact.retry_in_ms !== null ? [out.faint(`attempt ${fact.attempt}`)] : []),
    ...(fact.retry_in_ms === null ? [] : [out.warn(`again in ${time(fact.retry_in_ms)}`)]),
  ].join('  ');
  const showsAnswer = fact.answer !== null && fact.answer.trim() !== '' && (!fact.ok || isVerbose);
  return showsAnswer
    ? [line, ...indent(`answer: ${cleanText(cut(fact.answer!.trim(), ANSWER_LENGTH))}`, '  ')]
    : [line];
}

/** The same advice is given once: 52 events refused for one reason are explained once. */
function advice(fact: Delivered, paint: Paint, given: Set<string>): string[] {
  if (fact.meaning === null) return [];
  const lines = [`  ${paint.warn('means')}: ${fact.meaning}`, `  ${paint.warn('try')}: ${fact.try}`];
  if (fact.causes.length > 0) {
    lines.push(
      '  the message verifies with its own secret, so it left here right. Possible causes, likeliest first:',
    );
    for (const [index, { why }] of fact.causes.entries()) lines.push(`   ${index + 1}. ${why}`);
  }
  const text = lines.join('\n');
  if (given.has(text)) return [];
  given.add(text);
  return lines;
}

/** As on the wire, or the line for a shell. The bytes are the user's own to have, so only the terminal is protected. */
function messageText(fact: MessageShown): string {
  if (fact.curl !== null) return fact.curl;
  const url = new URL(fact.url);
  const head = [`POST ${url.pathname}${url.search} HTTP/1.1`, `host: ${url.host}`];
  const headers = fact.headers.map(([name, value]) => `${name}: ${value}`);
  const body = fact.body === null ? `(base64) ${fact.body_base64}` : cleanText(fact.body);
  return [...head, ...headers, '', body, ''].join('\n');
}

function received(fact: Received, { out, isVerbose }: HumanOptions): string[] {
  const mark = fact.verified ? out.good('✓') : out.bad('✗');
  const parts = [
    `${mark} ${(fact.verified ? out.good : out.bad)(String(fact.status))}`,
    out.name(cleanLine(cut(fact.event_type ?? '(no event type)', 200))),
    ...[fact.event_id, fact.webhook_id].flatMap((id) =>
      id === null ? [] : [out.faint(cleanLine(cut(id, 100)))],
    ),
    ...(fact.verified ? [] : [`${out.bad(fact.reason ?? 'refused')}: ${fact.why}`]),
  ];
  return isVerbose ? [parts.join('  '), ...indent(data(fact, out), '  ')] : [parts.join('  ')];
}

/** Characters of a body that are shown when it cannot be laid out. */
const BODY_LENGTH = 4000;

/** The event's data if the body has it, else the body as text. */
function data(fact: Received, paint: Paint): string {
  if (fact.body === null)
    return paint.faint(`(not UTF-8 text; in base64: ${cut(fact.body_base64 ?? '', 200)})`);
  const readable = readableData(fact.body);
  if (readable === undefined) return cleanText(cut(fact.body, BODY_LENGTH));
  // Scalekit's reference calls this one sensitive.
  return colourJson(readable.replace(/("txt_record_secret": )"[^"]*"/g, '$1"…"'), paint);
}

/** Colours JSON that is printed for reading: names apart from values. */
export function colourJson(json: string, paint: Paint): string {
  return cleanText(json).replace(
    /^(\s*)("(?:[^"\\]|\\.)*")(:)/gm,
    (_all, space, name, colon) => space + paint.name(name) + colon,
  );
}

function eventType(fact: EventTypeListed, paint: Paint): string {
  return `${paint.name(cleanLine(fact.event_type).padEnd(46))}${cleanLine(fact.category).padEnd(25)}${paint.faint(cleanLine(fact.source))}`;
}

/** What the counts of a summary are called. */
const countNames: Record<Summary['command'], [total: string, accepted: string, refused: string]> = {
  send: ['sent', 'accepted', 'not accepted'],
  listen: ['received', 'verified', 'refused'],
  demo: ['received', 'verified', 'refused, as it should be'],
};

function summary(fact: Summary, paint: Paint): string[] {
  const [total, accepted, refused] = countNames[fact.command];
  const bad = fact.ok ? paint.good : paint.bad;
  const counts = [
    paint.good(`${fact.accepted} ${accepted}`),
    ...(fact.refused > 0 ? [bad(`${fact.refused} ${refused}`)] : []),
    ...(fact.unreached > 0 ? [bad(`${fact.unreached} without an answer`)] : []),
    ...(fact.unsent > 0 ? [bad(`${fact.unsent} not sent: stopped`)] : []),
  ].join(', ');
  const statuses = Object.entries(fact.statuses).map(([status, count]) => `${status}: ${count}`);
  const detail = statuses.length > 1 ? ` (${statuses.join(', ')})` : '';
  const half = fact.p50_ms === null || fact.total < 10 ? '' : `, p50 ${time(fact.p50_ms)}`;
  const tail = half && `, p95 ${time(fact.p95_ms ?? 0)}, p99 ${time(fact.p99_ms ?? 0)}`;
  const line = `${fact.total} ${total}: ${counts}${detail} in ${time(fact.duration_ms)}${half}${tail}`;
  return [...fact.expected.map((expected) => expectation(expected, paint)), line];
}

function expectation({ pattern, wanted, came, ok }: Summary['expected'][number], paint: Paint): string {
  const mark = ok ? paint.good('✓') : paint.bad('✗');
  return `${mark} expected ${cleanLine(pattern)}${wanted}: ${came} came`;
}

function failed(fact: Failed, paint: Paint): string[] {
  return sentences(fact, paint, fact.code);
}

function sentences(said: Sentences, paint: Paint, code: string): string[] {
  return [
    `${paint.bad('error')}: ${cleanLine(said.what)} ${paint.faint(`[${code}]`)}`,
    `  ${paint.warn('why')}: ${cleanLine(said.why)}`,
    `  ${paint.warn('try')}: ${cleanLine(said.try)}`,
  ];
}

function time(milliseconds: number): string {
  if (milliseconds < 10 && !Number.isInteger(milliseconds)) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return milliseconds < 60_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : duration(Math.round(milliseconds / 1000));
}

function indent(text: string, by: string): string[] {
  return text.split('\n').map((line) => by + line);
}
