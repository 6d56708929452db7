import { cleanLine } from '../../clean.ts';
import { groupedBy, partsOf } from '../../facts/check-groups.ts';
import type { Checked } from '../../facts/index.ts';
import type { Paint } from '../layout.ts';
import { MAX_NAMES } from './limits.ts';

/** One line per part: how many of its checks passed, and the names of the others. */
export function partLines(checks: readonly Checked[], paint: Paint): string[] {
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

function named(word: string, checks: readonly Checked[], style: (text: string) => string): string[] {
  if (checks.length === 0) return [];
  const names = checks.slice(0, MAX_NAMES).map(({ name }) => cleanLine(name));
  const more = checks.length > MAX_NAMES ? [`${checks.length - MAX_NAMES} more`] : [];
  return [style(`${word}: ${[...names, ...more].join(', ')}`)];
}

/** Why checks were skipped, one line for each reason. */
export function skipLines(checks: readonly Checked[], paint: Paint): string[] {
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
