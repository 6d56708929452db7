import { fromHeaderBytes } from '../../message.ts';
import { cleanLine, cut } from '../clean.ts';
import type {
  CaptureListed,
  CapturesCleared,
  CaptureWhole,
  Exported,
  FixtureSaved,
  KeptOutcome,
  NotListening,
} from '../facts/index.ts';
import { commandLine } from '../shell.ts';
import { readableBody } from './body.ts';
import { type HumanOptions, indent, type Paint, time } from './layout.ts';

/** A Capture in a list, on one line. */
export function captureRow(fact: CaptureListed, paint: Paint): string {
  const latest = fact.outcomes.at(-1);
  return [
    paint.strong(cleanLine(fact.capture)),
    localTime(fact.captured_at),
    verdict(fact, paint),
    paint.name(cleanLine(cut(fact.event_type ?? '(no event type)', 200))),
    ...[fact.event_id, fact.webhook_id].flatMap((id) =>
      id === null ? [] : [paint.faint(cleanLine(cut(id, 100)))],
    ),
    ...(latest ? [outcome(latest, paint)] : []),
    ...(!latest && fact.forward_to !== null ? [paint.warn('forwarded, no response recorded')] : []),
  ].join('  ');
}

const vias: Record<KeptOutcome['via'], string> = { forward: 'forwarded', replay: 'replayed' };

/** A Capture with its outcomes, headers and body. */
export function wholeCapture(fact: CaptureWhole, options: HumanOptions): string[] {
  const { out } = options;
  const reason = fact.detail === null ? '' : `: ${cleanLine(fact.detail)}`;
  const names = [fact.event_type ?? '(no event type)', fact.event_id, fact.webhook_id];
  return [
    `${out.strong(cleanLine(fact.capture))}  ${localTime(fact.captured_at)}  ${verdict(fact, out)}${reason}`,
    names.flatMap((name) => (name === null ? [] : [cleanLine(cut(name, 200))])).join('  '),
    ...(fact.status === null ? [] : [`answered ${fact.status}`]),
    ...fact.outcomes.map(
      (kept) => `${localTime(kept.time)}  ${outcome(kept, out)}  ${vias[kept.via]} to ${cleanLine(kept.url)}`,
    ),
    '',
    cleanLine(`${fact.method} ${fact.path}`),
    ...fact.headers.map(
      ([name, value]) => `${out.name(cleanLine(name))}: ${cleanLine(fromHeaderBytes(value))}`,
    ),
    '',
    ...indent(readableBody(fact, 'all', options), ''),
    ...(fact.truncated ? ['', `only the beginning of ${fact.body_bytes} bytes was stored`] : []),
  ];
}

/** Where a list of captures has a gap. */
export function notListening({ from, until }: NotListening, paint: Paint): string {
  return paint.faint(`no listener was running from ${localTime(from)} to ${localTime(until)}`);
}

/** An event file made of a capture. */
export function saved({ capture, path, scrubbed }: FixtureSaved): string[] {
  return [`${cleanLine(capture)} saved as ${cleanLine(path)}${replacedValues(scrubbed)}`];
}

/** A scenario made of captures, and how to send it. */
export function exported({ path, steps, scrubbed }: Exported): string[] {
  const name = cleanLine(path);
  const command = commandLine([
    'scalekit-hooks',
    'send',
    '--scenario',
    name.includes('/') ? name : `./${name}`,
  ]);
  return [
    `${steps} ${steps === 1 ? 'event' : 'events'} saved as ${name}${replacedValues(scrubbed)}. Send the flow with ${command}`,
  ];
}

function replacedValues(count: number): string {
  return count > 0 ? `, ${count} ${count === 1 ? 'value' : 'values'} replaced` : '';
}

/** What was removed, or would be. */
export function cleared({ folder, captures, bytes, done }: CapturesCleared): string[] {
  if (captures === 0 && bytes === 0) return [`nothing to clear in ${cleanLine(folder)}`];
  const contents = `${captures} ${captures === 1 ? 'capture' : 'captures'} (${size(bytes)}) in ${cleanLine(folder)}`;
  return [done ? `cleared ${contents}` : `would clear ${contents}; use --yes to clear`];
}

function verdict({ verified, reason }: CaptureListed | CaptureWhole, paint: Paint): string {
  return verified ? paint.good('✓ verified') : paint.bad(`✗ ${cleanLine(reason ?? 'rejected')}`);
}

function outcome({ status, failure, duration_ms }: KeptOutcome, paint: Paint): string {
  const isAccepted = status !== null && status >= 200 && status < 300 && failure === null;
  const text = `→ ${status ?? cleanLine(failure ?? 'failed')}`;
  return `${isAccepted ? paint.good(text) : paint.bad(text)} in ${time(duration_ms)}`;
}

/** A time in local time, such as `2026-11-22 16:00:00`. Without Intl, which takes 25 ms to load. */
function localTime(iso: string): string {
  const date = new Date(iso);
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

function size(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
