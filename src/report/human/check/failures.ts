import { fromHeaderBytes } from '../../../message.ts';
import { cleanLine, cut } from '../../clean.ts';
import { failuresByCause } from '../../facts/check-groups.ts';
import type { CheckExchange, Checked, Diagnosed } from '../../facts/index.ts';
import { type HumanOptions, type Paint, time } from '../layout.ts';
import { MAX_BODY_LENGTH, MAX_EVIDENCE_LENGTH } from './limits.ts';

/** The longest response that is shown, in characters. */
const MAX_RESPONSE_LENGTH = 300;
/** The longest line that names checks with the same reason, in characters. */
const MAX_MORE_LENGTH = 200;

/** One failure for each diagnosis, with the number of the others; every failure with --verbose. */
export function failureBlocks(
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

/** The names of checks that are not shown, because one with the same reason is. */
export function moreLines(others: readonly Checked[], paint: Paint): string[] {
  if (others.length === 0) return [];
  const line = `+${others.length} more for the same reason: ${others.map(({ name }) => name).join(', ')}`;
  return [`  ${paint.faint(cleanLine(cut(line, MAX_MORE_LENGTH)))}`];
}
