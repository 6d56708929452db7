import type { Check } from '../check.ts';
import { accepting } from '../findings.ts';
import type { Sample } from '../samples.ts';
import type { Workbench } from '../workbench.ts';
import { messageOf } from './row.ts';

/** The messages of a part, and the words for a handler that stops accepting valid ones after them. */
interface Preceding {
  readonly part: string;
  readonly why: string;
  readonly fix: string;
  /** Sends the messages, if the run has not done so yet. */
  send(bench: Workbench): Promise<void>;
}

/** A handler that locks out senders or crashes loses the events that follow. */
export function afterwards(base: Sample, { part, why, fix, send }: Preceding): Check {
  const sendValid = accepting(part, (bench) => messageOf(base, bench));
  return {
    group: 'behaves',
    part: 'afterwards',
    name: `after-${part}`,
    sends: `a valid message after the ${part} checks`,
    expects: '2xx',
    meaning: 'stops accepting valid messages after it rejects others',
    why,
    fix,
    isAlone: true,
    async run(bench) {
      if (!bench.exchanges.some((exchange) => exchange.part === part)) await send(bench);
      return sendValid(bench);
    },
  };
}
