import { cleanJsonText, cleanLine, cleanText, cut } from '../clean.ts';
import type { MessageReceived, Ready, SchemaDifference } from '../facts/index.ts';
import { type HumanOptions, indent, type Paint, time } from './layout.ts';

/** The listener's first lines. */
export function ready(fact: Ready, paint: Paint): string[] {
  const where = fact.path === null ? 'any path' : `path ${cleanLine(fact.path)} only`;
  return [
    `${paint.good('ready')} on ${paint.strong(cleanLine(fact.url))} (${where}), Ctrl-C to stop`,
    paint.faint(`in another terminal: scalekit-hooks send user.created --to ${cleanLine(fact.url)}`),
  ];
}

/** A message that was judged: one line, and with --verbose its data. */
export function received(fact: MessageReceived, options: HumanOptions): string[] {
  const { out, isVerbose } = options;
  const isTaken = fact.status < 300;
  const mark = isTaken ? out.good('✓') : out.bad('✗');
  const parts = [
    `${mark} ${(isTaken ? out.good : out.bad)(String(fact.status))}`,
    time(fact.duration_ms).padStart(7),
    out.name(cleanLine(cut(fact.event_type ?? '(no event type)', 200))),
    ...[fact.event_id, fact.webhook_id].flatMap((id) =>
      id === null ? [] : [out.faint(cleanLine(cut(id, 100)))],
    ),
    ...(fact.delivery_number > 1 ? [out.warn(`delivery ${fact.delivery_number}`)] : []),
    ...(fact.verified ? [] : [`${out.bad(fact.reason ?? 'refused')}: ${fact.detail}`]),
  ];
  if (!isVerbose) return [parts.join('  ')];
  return [
    parts.join('  '),
    ...indent(readableBody(fact, 'data', options), '  '),
    ...(fact.schema_differences ?? []).map((found) => driftLine(found, out)),
  ];
}

/** A field that is not as the API reference has it. */
export function driftLine({ field, message: reason }: SchemaDifference, paint: Paint): string {
  return `  ${paint.warn('note')}: ${cleanLine(cut(`not as in the API reference: ${field} ${reason}`, 500))}`;
}

/** Characters of a body that are shown when it cannot be laid out. */
const BODY_LENGTH = 4000;

/** A body for reading: laid out where it is JSON, else as text. */
export function readableBody(
  fact: Pick<MessageReceived, 'body' | 'body_base64'>,
  part: 'data' | 'all',
  { out: paint, indent: layOut }: HumanOptions,
): string {
  if (fact.body === null)
    return paint.faint(`(not UTF-8 text; in base64: ${cut(fact.body_base64 ?? '', 200)})`);
  const readable = layOut?.(fact.body, part);
  if (readable === undefined) return cleanText(cut(fact.body, BODY_LENGTH));
  // Scalekit's reference calls this one sensitive.
  return colorJson(readable.replace(/("txt_record_secret": )"[^"]*"/g, '$1"…"'), paint);
}

/** Colours JSON that is printed for reading: names apart from values. */
export function colorJson(json: string, paint: Paint): string {
  return cleanJsonText(json).replace(
    /^(\s*)("(?:[^"\\]|\\.)*")(:)/gm,
    (_all, space, name, colon) => space + paint.name(name) + colon,
  );
}
