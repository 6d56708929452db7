import type { Damage } from '../captures/store.ts';
import type { Report } from '../report/index.ts';

/** Says how many records could not be read. */
export function sayDamage({ count, first }: Damage, report: Report): void {
  if (count === 0) return;
  const records = count === 1 ? '1 damaged record was' : `${count} damaged records were`;
  report.warn(`${records} left out, ${count === 1 ? '' : 'one of them '}at ${first}`);
}
