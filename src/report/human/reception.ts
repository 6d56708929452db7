import { cleanLine, cut } from '../clean.ts';
import type { Inspecting, MessageReceived, Ready, SchemaDifference } from '../facts/index.ts';
import { readableBody } from './body.ts';
import { type HumanOptions, indent, type Paint, time } from './layout.ts';

/** The first lines of `listen`. */
export function ready(fact: Ready, { talk: paint, isQuiet }: HumanOptions): string[] {
  const where = fact.path === null ? 'any path' : `path ${cleanLine(fact.path)} only`;
  const target = cleanLine(fact.url.replace('http://', ''));
  return [
    `${paint.good('ready')} on ${paint.strong(cleanLine(fact.url))} (${where}), press Ctrl-C to stop`,
    ...(isQuiet
      ? []
      : [paint.faint(`in another terminal, run: scalekit-hooks send user.created --to ${target}`)]),
  ];
}

/** The link to the inspector. */
export function inspecting(fact: Inspecting, paint: Paint): string[] {
  return [`inspector at ${paint.strong(fact.url)}`];
}

/** A received message on one line, followed by its data with --verbose. */
export function received(fact: MessageReceived, options: HumanOptions): string[] {
  const { out, isVerbose } = options;
  const isAccepted = fact.status < 300;
  const mark = isAccepted ? out.good('✓') : out.bad('✗');
  const parts = [
    `${mark} ${(isAccepted ? out.good : out.bad)(String(fact.status))}`,
    time(fact.duration_ms).padStart(7),
    out.name(cleanLine(cut(fact.event_type ?? '(no event type)', 200))),
    ...[fact.event_id, fact.webhook_id].flatMap((id) =>
      id === null ? [] : [out.faint(cleanLine(cut(id, 100)))],
    ),
    ...(fact.delivery_number > 1 ? [out.warn(`delivery ${fact.delivery_number}`)] : []),
    ...(fact.verified ? [] : [`${out.bad(fact.reason ?? 'rejected')}: ${fact.detail}`]),
  ];
  if (!isVerbose) return [parts.join('  ')];
  return [
    parts.join('  '),
    ...indent(readableBody(fact, 'data', options), '  '),
    ...(fact.schema_differences ?? []).map((difference) => differenceLine(difference, out)),
  ];
}

/** A field that differs from the API reference. */
export function differenceLine({ field, message: reason }: SchemaDifference, paint: Paint): string {
  return `  ${paint.warn('note')}: ${cleanLine(cut(`differs from the API reference: ${field} ${reason}`, 500))}`;
}
