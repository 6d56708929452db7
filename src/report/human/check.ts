import { fromHeaderBytes } from '../../message.ts';
import { cleanLine, cut } from '../clean.ts';
import type { CheckExchange, Checked, CheckListed, Diagnosed, Summary } from '../facts/index.ts';
import { type HumanOptions, type Paint, time } from './layout.ts';

/** The longest texts that are shown, in characters. */
const MAX_BODY_LENGTH = 200;
const MAX_RESPONSE_LENGTH = 300;
const MAX_EVIDENCE_LENGTH = 400;

/** A check in `check --list`. */
export function checkRow({ name, part, sends, expects }: CheckListed, paint: Paint): string {
  return `${part.padEnd(20)}${paint.name(cleanLine(name).padEnd(44))}${cleanLine(sends)}${paint.faint(`  → ${cleanLine(expects)}`)}`;
}

/** The facts of a run, collected before they are printed. */
export interface PageFacts {
  readonly checks: readonly Checked[];
  readonly diagnoses: readonly Diagnosed[];
}

/**
 * A run for people: the diagnoses, one line for each part of the battery, each failure with its exchange, the warnings
 * and the counts.
 */
export function pageLines(
  { checks, diagnoses }: PageFacts,
  summary: Summary,
  options: HumanOptions,
): string[] {
  const { out, isQuiet } = options;
  const printed = new Set<string>();
  const failed = checks.filter((check) => check.failed);
  const warned = checks.filter(({ status, failed }) => status === 'warn' && !failed);
  const isGood = isQuiet && summary.ok;
  return [
    ...diagnoses.flatMap((fact) => diagnosisLines(fact, out, printed)),
    ...(isQuiet ? [] : partLines(checks, out)),
    ...(isUnanswered(diagnoses) ? [] : failed.flatMap((fact) => failureLines(fact, options, printed))),
    ...(isGood ? [] : warned.flatMap((fact) => warningLines(fact, options, printed))),
    ...(isGood ? [] : [countLine(summary, out)]),
  ];
}

/** Whether the diagnosis says all there is: the handler did not respond to the first message. */
function isUnanswered(diagnoses: readonly Diagnosed[]): boolean {
  return diagnoses.some(({ code }) => code === 'no-answer');
}

function diagnosisLines(fact: Diagnosed, paint: Paint, printed: Set<string>): string[] {
  const mark = fact.certain ? paint.bad('✗') : paint.warn('?');
  const message = fact.certain ? fact.message : `likely: ${fact.message}`;
  return [
    `${mark} ${paint.strong(cleanLine(message))}`,
    ...fact.evidence.flatMap((line) =>
      once(printed, `  ${paint.faint('evidence')}: ${cleanLine(cut(line, MAX_EVIDENCE_LENGTH))}`),
    ),
    `  ${paint.warn('fix')}: ${cleanLine(fact.fix)}`,
    ...fact.hints.map(({ framework, fix }) => `    ${paint.name(framework.padEnd(8))} ${cleanLine(fix)}`),
    '',
  ];
}

/** One line per part: how many of its checks passed, and the names of the others. */
function partLines(checks: readonly Checked[], paint: Paint): string[] {
  const [plain, ...rest] = checks;
  // When every other check was skipped for the same reason, one line is enough.
  if (rest.length > 0 && rest.every(({ status, got }) => status === 'skip' && got === rest[0]!.got)) {
    return [partLine([plain!], paint), `- ${rest.length} skipped: ${cleanLine(rest[0]!.got)}`, ''];
  }
  const parts = new Map<string, Checked[]>();
  for (const check of checks) parts.set(check.part, [...(parts.get(check.part) ?? []), check]);
  const lines = [...parts.values()].sort(([a], [b]) => groups.indexOf(a!.group) - groups.indexOf(b!.group));
  return [...lines.map((members) => partLine(members, paint)), ''];
}

const groups = ['accepts', 'rejects', 'behaves', 'interceptor'];

function partLine(members: readonly Checked[], paint: Paint): string {
  const { group, part } = members[0]!;
  const failed = members.filter((member) => member.failed);
  const having = (status: Checked['status']) =>
    members.filter((member) => member.status === status && !member.failed);
  const [passed, warned, skipped] = [having('pass'), having('warn'), having('skip')];
  return [
    `${markOf({ failed, warned, passed }, paint)} ${group.padEnd(11)} ${part.padEnd(22)} ${`${passed.length} of ${members.length}`.padStart(8)}`,
    ...named('failed', failed, paint.bad),
    ...named('warned', warned, paint.warn),
    ...(skipped.length === members.length ? ['skipped'] : named('skipped', skipped, paint.faint)),
  ].join('  ');
}

function markOf(
  members: Readonly<Record<'failed' | 'warned' | 'passed', readonly Checked[]>>,
  paint: Paint,
): string {
  if (members.failed.length > 0) return paint.bad('✗');
  if (members.warned.length > 0) return paint.warn('!');
  return members.passed.length > 0 ? paint.good('✓') : '-';
}

/** The number of names that a line lists; the others are counted. */
const MAX_NAMES = 4;

function named(word: string, checks: readonly Checked[], style: (text: string) => string): string[] {
  if (checks.length === 0) return [];
  const names = checks.slice(0, MAX_NAMES).map(({ name }) => cleanLine(name));
  const more = checks.length > MAX_NAMES ? [`${checks.length - MAX_NAMES} more`] : [];
  return [style(`${word}: ${[...names, ...more].join(', ')}`)];
}

function failureLines(fact: Checked, options: HumanOptions, printed: Set<string>): string[] {
  const { out } = options;
  return [
    `${out.bad('✗')} ${out.strong(cleanLine(fact.name))}: sends ${cleanLine(fact.sends)}, expects ${cleanLine(fact.expects)}, got ${out.bad(cleanLine(cut(fact.got, MAX_EVIDENCE_LENGTH)))}`,
    ...fact.exchanges
      .slice(0, options.isVerbose ? undefined : 1)
      .flatMap((exchange) => exchangeLines(exchange, options)),
    ...once(printed, `  ${out.warn('why')}: the handler ${cleanLine(fact.meaning)}; ${cleanLine(fact.why)}`),
    ...once(printed, `  ${out.warn('fix')}: ${cleanLine(fact.fix)}`),
    `  ${out.faint('rerun')}: ${cleanLine(fact.rerun ?? '')}`,
    '',
  ];
}

function warningLines(fact: Checked, { out }: HumanOptions, printed: Set<string>): string[] {
  return [
    `${out.warn('!')} ${cleanLine(fact.name)}: sends ${cleanLine(fact.sends)}, got ${cleanLine(cut(fact.got, MAX_EVIDENCE_LENGTH))}`,
    ...once(printed, `  ${out.warn('why')}: the handler ${cleanLine(fact.meaning)}; ${cleanLine(fact.why)}`),
    ...once(printed, `  ${out.warn('fix')}: ${cleanLine(fact.fix)}`),
  ];
}

/** Prints a line that several facts share only once. */
function once(printed: Set<string>, line: string): string[] {
  if (printed.has(line)) return [];
  printed.add(line);
  return [line];
}

function exchangeLines(exchange: CheckExchange, { out, isVerbose }: HumanOptions): string[] {
  const { method, headers, body, body_base64: base64, status, failure, response } = exchange;
  const shown = isVerbose ? headers : headers.filter(([name]) => /^(webhook|interceptor)-/i.test(name));
  const bodyText = base64 === null ? (body ?? '') : `(base64) ${base64}`;
  const result = [status, failure].filter((part) => part !== null).join(', ');
  return [
    `  ${out.faint('sent')}: ${method}${method === 'POST' ? ` ${cleanLine(cut(bodyText, isVerbose ? bodyText.length : MAX_BODY_LENGTH))}` : ''}`,
    ...shown.map(([name, value]) => `    ${out.faint(cleanLine(`${name}: ${fromHeaderBytes(value)}`))}`),
    `  ${out.faint('response')}: ${result} in ${time(exchange.duration_ms)}${response?.trim() ? `  ${cleanLine(cut(response.trim(), MAX_RESPONSE_LENGTH))}` : ''}`,
  ];
}

function countLine({ checks, total, duration_ms: durationMs }: Summary, paint: Paint): string {
  const { passed, failed, warned, skipped } = checks!;
  const counts = [
    paint.good(`${passed} passed`),
    ...(failed > 0 ? [paint.bad(`${failed} failed`)] : []),
    ...(warned > 0 ? [paint.warn(`${warned} ${warned === 1 ? 'warning' : 'warnings'}`)] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
  const all = passed + failed + warned + skipped;
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  return `${counted(all, 'check')}: ${counts}; ${counted(total, 'message')} in ${time(durationMs)}`;
}
