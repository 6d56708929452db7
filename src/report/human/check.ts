import { fromHeaderBytes } from '../../message.ts';
import { cleanLine, cut } from '../clean.ts';
import type { CheckExchange, Checked, CheckListed, Diagnosed, Summary } from '../facts/index.ts';
import { type HumanOptions, type Paint, time } from './layout.ts';

/** Characters of a body and of an answer that are shown. */
const BODY_LENGTH = 200;
const ANSWER_LENGTH = 300;
const EVIDENCE_LENGTH = 400;

/** A check in a list. */
export function checkRow({ name, part, sends, expects }: CheckListed, paint: Paint): string {
  return `${part.padEnd(20)}${paint.name(cleanLine(name).padEnd(44))}${cleanLine(sends)}${paint.faint(`  → ${cleanLine(expects)}`)}`;
}

/** What a page is laid out from. */
export interface PageFacts {
  readonly checks: readonly Checked[];
  readonly diagnoses: readonly Diagnosed[];
}

/**
 * A run for people: what is wrong on top, then one line for each part of the battery, then what failed, each with what
 * was sent and answered, and the count.
 */
export function pageLines(
  { checks, diagnoses }: PageFacts,
  summary: Summary,
  options: HumanOptions,
): string[] {
  const { out, isQuiet } = options;
  const told = new Set<string>();
  const failed = checks.filter((check) => check.failed);
  const warned = checks.filter(({ status, failed }) => status === 'warn' && !failed);
  const isGood = isQuiet && summary.ok;
  return [
    ...diagnoses.flatMap((fact) => diagnosisLines(fact, out, told)),
    ...(isQuiet ? [] : partLines(checks, out)),
    ...failed.flatMap((fact) => failureLines(fact, options, told)),
    ...(isGood ? [] : warned.flatMap((fact) => warningLines(fact, options, told))),
    ...(isGood ? [] : [countLine(summary, out)]),
  ];
}

function diagnosisLines(fact: Diagnosed, paint: Paint, told: Set<string>): string[] {
  const mark = fact.certain ? paint.bad('✗') : paint.warn('?');
  const says = fact.certain ? fact.message : `likely: ${fact.message}`;
  return [
    `${mark} ${paint.strong(cleanLine(says))}`,
    ...fact.evidence.flatMap((line) =>
      once(told, `  ${paint.faint('shown by')}: ${cleanLine(cut(line, EVIDENCE_LENGTH))}`),
    ),
    `  ${paint.warn('fix')}: ${cleanLine(fact.fix)}`,
    ...fact.hints.map(({ framework, fix }) => `    ${paint.name(framework.padEnd(8))} ${cleanLine(fix)}`),
    '',
  ];
}

/** One line for each part: how many of its checks passed, and the names of those that did not. */
function partLines(checks: readonly Checked[], paint: Paint): string[] {
  const [plain, ...rest] = checks;
  // Where nothing could be proven, one line says so.
  if (
    rest.length > 0 &&
    rest.every(({ status, got: found }) => status === 'skip' && found === rest[0]!.got)
  ) {
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

/** Names that are listed in a line; the others are counted. */
const LISTED = 4;

function named(word: string, checks: readonly Checked[], style: (text: string) => string): string[] {
  if (checks.length === 0) return [];
  const names = checks.slice(0, LISTED).map(({ name }) => cleanLine(name));
  const more = checks.length > LISTED ? [`${checks.length - LISTED} more`] : [];
  return [style(`${word}: ${[...names, ...more].join(', ')}`)];
}

function failureLines(fact: Checked, options: HumanOptions, told: Set<string>): string[] {
  const { out } = options;
  return [
    `${out.bad('✗')} ${out.strong(cleanLine(fact.name))}: sends ${cleanLine(fact.sends)}, expects ${cleanLine(fact.expects)}, got ${out.bad(cleanLine(cut(fact.got, EVIDENCE_LENGTH)))}`,
    ...fact.exchanges
      .slice(0, options.isVerbose ? undefined : 1)
      .flatMap((delivery) => exchangeLines(delivery, options)),
    ...once(told, `  ${out.warn('why')}: it ${cleanLine(fact.meaning)}; ${cleanLine(fact.why)}`),
    ...once(told, `  ${out.warn('mend')}: ${cleanLine(fact.fix)}`),
    `  ${out.faint('again')}: ${cleanLine(fact.rerun ?? '')}`,
    '',
  ];
}

function warningLines(fact: Checked, { out }: HumanOptions, told: Set<string>): string[] {
  return [
    `${out.warn('!')} ${cleanLine(fact.name)}: sends ${cleanLine(fact.sends)}, got ${cleanLine(cut(fact.got, EVIDENCE_LENGTH))}`,
    ...once(told, `  ${out.warn('why')}: ${cleanLine(fact.why)}`),
    ...once(told, `  ${out.warn('mend')}: ${cleanLine(fact.fix)}`),
  ];
}

/** What is alike for many is said once. */
function once(told: Set<string>, line: string): string[] {
  if (told.has(line)) return [];
  told.add(line);
  return [line];
}

function exchangeLines(delivery: CheckExchange, { out, isVerbose }: HumanOptions): string[] {
  const {
    method,
    headers,
    body,
    body_base64: base64,
    status,
    failure,
    duration_ms: duration,
    response: answer,
  } = delivery;
  const shown = isVerbose ? headers : headers.filter(([name]) => /^(webhook|interceptor)-/i.test(name));
  const written = base64 === null ? (body ?? '') : `(base64) ${base64}`;
  const came = [status, failure].filter((part) => part !== null).join(', ');
  return [
    `  ${out.faint('sent')}: ${method}${method === 'POST' ? ` ${cleanLine(cut(written, isVerbose ? written.length : BODY_LENGTH))}` : ''}`,
    ...shown.map(([name, value]) => `    ${out.faint(cleanLine(`${name}: ${fromHeaderBytes(value)}`))}`),
    `  ${out.faint('answered')}: ${came} in ${time(duration)}${answer?.trim() ? `  ${cleanLine(cut(answer.trim(), ANSWER_LENGTH))}` : ''}`,
  ];
}

function countLine({ checks, total, duration_ms: duration }: Summary, paint: Paint): string {
  const { passed, failed, warned, skipped } = checks!;
  const counts = [
    paint.good(`${passed} passed`),
    ...(failed > 0 ? [paint.bad(`${failed} failed`)] : []),
    ...(warned > 0 ? [paint.warn(`${warned} ${warned === 1 ? 'warning' : 'warnings'}`)] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ].join(', ');
  const all = passed + failed + warned + skipped;
  const many = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;
  return `${many(all, 'check')}: ${counts}; ${many(total, 'message')} in ${time(duration)}`;
}
