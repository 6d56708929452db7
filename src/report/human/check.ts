import { fromHeaderBytes } from '../../message.ts';
import { cleanLine, cut } from '../clean.ts';
import { failuresByCause, groupedBy, isPartial, partsOf } from '../facts/check-groups.ts';
import type {
  CheckExchange,
  Checked,
  CheckListed,
  Counterexampled,
  Diagnosed,
  Summary,
} from '../facts/index.ts';
import { type HumanOptions, type Paint, time } from './layout.ts';

/** The longest texts that are shown, in characters. */
const MAX_BODY_LENGTH = 200;
const MAX_RESPONSE_LENGTH = 300;
const MAX_EVIDENCE_LENGTH = 400;
/** Differences of one counterexample. */
const MAX_DIFFERENCES = 5;
/** The names of failures for the same reason. */
const MAX_MORE_LENGTH = 200;
/** Lines of evidence for one diagnosis, without --verbose. */
const MAX_EVIDENCE = 4;

/** A check in `check --list`. */
export function checkRow({ name, part, sends, expects }: CheckListed, paint: Paint): string {
  return `${part.padEnd(21)}${paint.name(cleanLine(name).padEnd(45))} ${cleanLine(sends)}${paint.faint(`  → ${cleanLine(expects)}`)}`;
}

/** The facts of a run, collected before they are printed. */
export interface PageFacts {
  readonly checks: readonly Checked[];
  readonly counterexamples: readonly Counterexampled[];
  readonly diagnoses: readonly Diagnosed[];
}

/** The height of a common terminal, in lines: of a longer page, only the end is visible. */
const SCREEN_LINES = 24;

/**
 * A run for people: the diagnoses, one line for each part of the battery, one failure for each diagnosis with its
 * exchange, the warnings, the skips and the counts. A long page ends with the diagnoses again.
 */
export function pageLines(
  { checks, counterexamples, diagnoses }: PageFacts,
  summary: Summary,
  options: HumanOptions,
): string[] {
  const { out, isQuiet } = options;
  const warned = checks.filter(({ status, failed }) => status === 'warn' && !failed);
  const isGood = isQuiet && summary.ok;
  const top = [
    ...diagnoses.flatMap((fact, index) => diagnosisLines(fact, diagnoses[index - 1], options)),
    ...(isQuiet ? [] : partLines(checks, out)),
    ...(isUnanswered(diagnoses) ? [] : failureBlocks(checks, diagnoses, options)),
    ...counterexamples.flatMap((fact) => counterexampleLines(fact, out)),
    ...(isGood ? [] : warningLines(warned, options)),
    ...(isQuiet ? [] : skipLines(checks, out)),
  ];
  return [
    ...top,
    ...(top.length > SCREEN_LINES ? diagnoses.flatMap((fact) => conclusionLines(fact, out)) : []),
    ...(isGood ? [] : [countLine(summary, out)]),
    ...(isQuiet || !summary.ok || isPartial(checks) ? [] : unseen.map(out.faint)),
  ];
}

/** What the checks of a run without --observe do not show, in lines. */
export const unseen = [
  'Not visible in responses: whether the handler acts twice on a repeated message,',
  'or on a forged one before it rejects it. With --observe, check tests that too.',
];

/** Whether the diagnosis says all there is: the handler did not respond to the first message. */
function isUnanswered(diagnoses: readonly Diagnosed[]): boolean {
  return diagnoses.some(({ code }) => code === 'no-answer');
}

function diagnosisLines(
  fact: Diagnosed,
  before: Diagnosed | undefined,
  { out, isVerbose }: HumanOptions,
): string[] {
  // Likely causes rest on the same responses.
  const isRepeated = before !== undefined && before.evidence.join('\n') === fact.evidence.join('\n');
  const evidence = isRepeated ? ['the same as above'] : fact.evidence;
  const hints = fact.hints.filter(({ framework }) => isVerbose || framework === fact.framework);
  return [
    headline(fact, out),
    ...evidence
      .slice(0, isVerbose ? undefined : MAX_EVIDENCE)
      .map((line) => `  ${out.faint('evidence')}: ${cleanLine(cut(line, MAX_EVIDENCE_LENGTH))}`),
    ...(evidence.length > MAX_EVIDENCE && !isVerbose
      ? [`  ${out.faint(`${evidence.length - MAX_EVIDENCE} more with --verbose`)}`]
      : []),
    `  ${out.warn('fix')}: ${cleanLine(fact.fix)}`,
    ...hints.map(({ framework, fix }) => `    ${out.name(framework.padEnd(9))} ${cleanLine(fix)}`),
    ...(hints.length === 0 && fact.hints.length > 0
      ? [`    ${out.faint(`--verbose shows the fix in ${fact.hints.length} frameworks`)}`]
      : []),
    '',
  ];
}

function headline({ certain, message }: Diagnosed, paint: Paint): string {
  const mark = certain ? paint.bad('✗') : paint.warn('?');
  return `${mark} ${paint.strong(cleanLine(certain ? message : `likely: ${message}`))}`;
}

/** A diagnosis at the end of a long page. */
function conclusionLines(fact: Diagnosed, paint: Paint): string[] {
  return [headline(fact, paint), `  ${paint.warn('fix')}: ${cleanLine(fact.fix)}`];
}

/** One failure for each diagnosis, with the number of the others; every failure with --verbose. */
function failureBlocks(
  checks: readonly Checked[],
  diagnoses: readonly Diagnosed[],
  options: HumanOptions,
): string[] {
  return [...failuresByCause(checks, diagnoses)].flatMap(([cause, members]) => {
    const isExplained = typeof cause !== 'string';
    const shown = options.isVerbose ? members : members.slice(0, 1);
    return shown.flatMap((check, index) => [
      ...failureLines(check, isExplained && !options.isVerbose, options),
      ...(index === shown.length - 1 ? moreLines(members.slice(shown.length), options.out) : []),
      '',
    ]);
  });
}

/** The smallest event of one failure: where it differs from one that is accepted, and how to send it again. */
function counterexampleLines(fact: Counterexampled, paint: Paint): string[] {
  const { event_type: type, got, differences, events, smallest, response, path, resend } = fact;
  const count = events === 1 ? '1 event' : `${events} events`;
  return [
    `${paint.bad('✗')} ${paint.name(cleanLine(type))}: ${cleanLine(got)} (${count})`,
    ...differences
      .slice(0, MAX_DIFFERENCES)
      .map((difference) => `  ${paint.faint('where')} ${cleanLine(cut(difference, MAX_EVIDENCE_LENGTH))}`),
    ...(differences.length > MAX_DIFFERENCES ? [`  and ${differences.length - MAX_DIFFERENCES} more`] : []),
    ...(smallest ? [] : [`  ${whyNotSmallest(fact)}`]),
    ...(response?.trim()
      ? [`  ${paint.faint('response')}: ${cleanLine(cut(withoutTags(response), MAX_BODY_LENGTH))}`]
      : []),
    ...(path === null ? [] : [`  ${paint.faint('saved as')} ${cleanLine(path)}`]),
    ...(resend === null ? [] : [`  ${paint.faint('resend')}: ${cleanLine(resend)}`]),
    '',
  ];
}

function whyNotSmallest({ got }: Counterexampled): string {
  return got.startsWith('no response')
    ? 'the app ended with this event, or with another that was on its way. With --start, check finds out which'
    : 'it may not be the smallest event: the limit of messages or time was reached';
}

/** The text of an error page, of which the start is markup; other text as it is. */
function withoutTags(response: string): string {
  const text = response.trim();
  if (!/^<(?:!doctype|html)/i.test(text)) return text;
  return text
    .replaceAll(/<[^<>]*>|&nbsp;/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}

function moreLines(others: readonly Checked[], paint: Paint): string[] {
  if (others.length === 0) return [];
  const line = `+${others.length} more for the same reason: ${others.map(({ name }) => name).join(', ')}`;
  return [`  ${paint.faint(cleanLine(cut(line, MAX_MORE_LENGTH)))}`];
}

/** Why checks were skipped, one line for each reason. */
function skipLines(checks: readonly Checked[], paint: Paint): string[] {
  const skipped = checks.filter(({ status, failed }) => status === 'skip' && !failed);
  const byReason = groupedBy(skipped, ({ got }) => got);
  // The line of all skips is above.
  if (skipped.length === checks.length - 1 && byReason.size === 1) return [];
  const lines = [...byReason].map(([reason, members]) => {
    const names = members.slice(0, MAX_NAMES).map(({ name }) => name);
    const more = members.length > MAX_NAMES ? ` and ${members.length - MAX_NAMES} more` : '';
    return paint.faint(`- skipped ${cleanLine(`${names.join(', ')}${more}: ${reason}`)}`);
  });
  return lines.length > 0 ? [...lines, ''] : [];
}

/** One line per part: how many of its checks passed, and the names of the others. */
function partLines(checks: readonly Checked[], paint: Paint): string[] {
  const [plain, ...rest] = checks;
  // When every other check was skipped for the same reason, one line is enough.
  if (rest.length > 0 && rest.every(({ status, got }) => status === 'skip' && got === rest[0]!.got)) {
    return [partLine([plain!], paint), `- ${rest.length} skipped: ${cleanLine(rest[0]!.got)}`, ''];
  }
  return [...partsOf(checks).map((members) => partLine(members, paint)), ''];
}

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

function failureLines(fact: Checked, isExplained: boolean, options: HumanOptions): string[] {
  const { out } = options;
  // The smallest events follow, each with its response.
  const exchanges = fact.group === 'fuzz' ? [] : fact.exchanges;
  return [
    `${out.bad('✗')} ${out.strong(cleanLine(fact.name))}: sends ${cleanLine(fact.sends)}, expects ${cleanLine(fact.expects)}, got ${out.bad(cleanLine(cut(fact.got, MAX_EVIDENCE_LENGTH)))}`,
    ...exchanges
      .slice(0, options.isVerbose ? undefined : 1)
      .flatMap((exchange) => exchangeLines(exchange, options)),
    // The diagnosis gives the reason and the fix.
    ...(isExplained
      ? []
      : [
          `  ${out.warn('why')}: the handler ${cleanLine(fact.meaning)}; ${cleanLine(fact.why)}`,
          `  ${out.warn('fix')}: ${cleanLine(fact.fix)}`,
        ]),
    `  ${out.faint('rerun')}: ${cleanLine(fact.rerun ?? '')}`,
  ];
}

/** The warnings, those for the same reason together. */
function warningLines(warned: readonly Checked[], { out }: HumanOptions): string[] {
  const byReason = groupedBy(warned, ({ meaning, why }) => `${meaning}; ${why}`);
  const lines = [...byReason].flatMap(([reason, members]) => [
    ...members
      .slice(0, MAX_NAMES)
      .map(
        (fact) =>
          `${out.warn('!')} ${cleanLine(fact.name)}: sends ${cleanLine(fact.sends)}, got ${cleanLine(cut(fact.got, MAX_EVIDENCE_LENGTH))}`,
      ),
    ...moreLines(members.slice(MAX_NAMES), out),
    `  ${out.warn('why')}: the handler ${cleanLine(reason)}`,
    `  ${out.warn('fix')}: ${cleanLine(members[0]!.fix)}`,
  ]);
  return lines.length > 0 ? [...lines, ''] : [];
}

function exchangeLines(exchange: CheckExchange, { out, isVerbose }: HumanOptions): string[] {
  const { role, method, headers, body, body_base64: base64, status, failure, response } = exchange;
  const shown = isVerbose ? headers : headers.filter(([name]) => /^(webhook|interceptor)-/i.test(name));
  const bodyText = base64 === null ? (body ?? '') : `(base64) ${base64}`;
  const result = [status, failure].filter((part) => part !== null).join(', ');
  return [
    `  ${out.faint('sent')}: ${role === null ? '' : `${cleanLine(role)}: `}${method}${method === 'POST' ? ` ${cleanLine(cut(bodyText, isVerbose ? bodyText.length : MAX_BODY_LENGTH))}` : ''}`,
    ...shown.map(([name, value]) => `    ${out.faint(cleanLine(`${name}: ${fromHeaderBytes(value)}`))}`),
    `  ${out.faint('response')}: ${result} in ${time(exchange.duration_ms)}${response?.trim() ? `  ${cleanLine(cut(response.trim(), MAX_RESPONSE_LENGTH))}` : ''}`,
  ];
}

/** The counts of a run, such as `2 checks: 1 passed, 1 failed; 3 messages in 12 ms`. */
export function countLine({ checks, total, duration_ms: durationMs }: Summary, paint: Paint): string {
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
