import type { Sentences } from '../errors.ts';
import { cleanLine, cleanText, cut } from './clean.ts';
import type { Delivered, EventTypeListed, Fact, Failed, Ready, Received, Summary } from './facts.ts';
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
  show(text: string): void;
  aside(print: () => void): void;
  stop(): void;
}

/** What a Fact becomes: results for stdout, and what is said along the way for stderr. Lines without line feeds. */
export interface Lines {
  readonly results: readonly string[];
  readonly talk: readonly string[];
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
    switch (fact.fact) {
      case 'ready':
        return talk(ready(fact, options.talk));
      case 'delivered':
        if (options.isQuiet && fact.ok) return nothing;
        return { results: delivered(fact, options), talk: advice(fact, options.talk, given) };
      case 'received':
        if (options.isQuiet && fact.verified) return nothing;
        return results(received(fact, options));
      case 'event_type':
        return results([eventType(fact, options.out)]);
      case 'secret':
        return results([fact.secret]);
      case 'summary':
        return options.isQuiet && fact.ok ? nothing : talk([summary(fact, options.talk)]);
      case 'error':
        return talk(failed(fact, options.talk));
    }
  };
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
    out.name(cleanLine(fact.event_type)),
    out.faint(cleanLine(fact.event_id)),
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

/** The event's data if the body is one, else the body as text. */
function data(fact: Received, paint: Paint): string {
  if (fact.body === null)
    return paint.faint(`(${fact.body_base64?.length ?? 0} characters of base64: not UTF-8 text)`);
  try {
    return colourJson(JSON.stringify(JSON.parse(fact.body).data, null, 2) ?? cleanText(fact.body), paint);
  } catch {
    return cleanText(fact.body);
  }
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

function summary(fact: Summary, paint: Paint): string {
  const [total, accepted, refused] = countNames[fact.command];
  const bad = fact.ok ? paint.good : paint.bad;
  const counts = [
    paint.good(`${fact.accepted} ${accepted}`),
    ...(fact.refused > 0 ? [bad(`${fact.refused} ${refused}`)] : []),
    ...(fact.unreached > 0 ? [bad(`${fact.unreached} without an answer`)] : []),
  ].join(', ');
  const statuses = Object.entries(fact.statuses).map(([status, count]) => `${status}: ${count}`);
  const detail = statuses.length > 1 ? ` (${statuses.join(', ')})` : '';
  return `${fact.total} ${total}: ${counts}${detail} in ${time(fact.duration_ms)}`;
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
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  return milliseconds < 60_000
    ? `${(milliseconds / 1000).toFixed(1)} s`
    : duration(Math.round(milliseconds / 1000));
}

function indent(text: string, by: string): string[] {
  return text.split('\n').map((line) => by + line);
}
