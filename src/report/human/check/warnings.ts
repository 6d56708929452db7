import { cleanLine, cut } from '../../clean.ts';
import { groupedBy } from '../../facts/check-groups.ts';
import type { Checked } from '../../facts/index.ts';
import type { HumanOptions } from '../layout.ts';
import { moreLines } from './failures.ts';
import { MAX_EVIDENCE_LENGTH, MAX_NAMES } from './limits.ts';

/** The warnings, those for the same reason together. */
export function warningLines(warned: readonly Checked[], { out }: HumanOptions): string[] {
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
