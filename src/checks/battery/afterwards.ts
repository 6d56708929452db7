import type { Check } from '../check.ts';
import { accepting } from '../findings.ts';
import type { Sample } from '../samples.ts';
import type { Workbench } from '../workbench.ts';
import { messageOf } from './row.ts';

/** What a handler may do to valid messages once it has had others, why that matters, and what of it is to be mended. */
interface Before {
  /** The part of the others. */
  readonly part: string;
  readonly why: string;
  readonly fix: string;
  /** Sends them, where that has not been done yet. */
  send(bench: Workbench): Promise<void>;
}

/** A handler that locks somebody out, or falls over, does so for the events that come next. */
export function afterwards(base: Sample, { part, why, fix, send }: Before): Check {
  const take = accepting(part, (bench) => messageOf(base, bench));
  return {
    group: 'behaves',
    part: 'afterwards',
    name: `after-${part}`,
    sends: `a valid message after those of ${part}`,
    expects: '2xx',
    meaning: 'no longer takes valid messages once it has refused some',
    why,
    fix: fix,
    isAlone: true,
    async run(bench) {
      if (!bench.exchanges.some((exchange) => exchange.part === part)) await send(bench);
      return take(bench);
    },
  };
}
