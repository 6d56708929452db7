import { type Check, type Finding, skip, warn } from '../check.ts';
import type { Workbench } from '../workbench.ts';
import { attempted, EFFECTS_PART, type Laboratory, Unjudged, type Visible } from './laboratory.ts';
import { ObserverProblem } from './observer.ts';

/** What a check does: it gets an event whose effect is visible. */
export type Experiment = (lab: Laboratory, bench: Workbench, visible: Visible) => Promise<Finding>;

/** The words of a check of effects. */
export type EffectWords = Pick<Check, 'name' | 'sends' | 'expects' | 'meaning' | 'why' | 'fix'>;

/** Makes a check of an experiment. */
export type MakeRow = (words: EffectWords, experiment: Experiment) => Check;

/** Checks of effects run one after the other, because they share the state. */
export function rowsIn(lab: Laboratory): MakeRow {
  return (words, experiment) => ({
    ...words,
    group: 'effects',
    part: EFFECTS_PART,
    isAlone: true,
    async run(bench) {
      const isOpen = words.name === VISIBLE_CHECK;
      const visible = await lab.visible(bench).catch(problemOf);
      // Without an effect to compare with, one check leaves the question open, and the others follow from it.
      if (typeof visible === 'string') return skip(isOpen ? 'inconclusive' : 'not-applicable', visible);
      const judged = async () => {
        const finding = await attempted(() => experiment(lab, bench, visible));
        if (finding.status !== 'fail' || (await lab.isQuiet(bench))) return finding;
        return skip('inconclusive', 'the state changes although no message is sent', finding.exchanges);
      };
      const finding = await judged().catch(problemOf);
      return typeof finding === 'string' ? skip('inconclusive', finding) : finding;
    },
  });
}

/** The check that an effect can be seen at all. */
export const VISIBLE_CHECK = 'visible-effect';

function problemOf(error: unknown): string {
  if (error instanceof Unjudged) return error.message;
  if (error instanceof ObserverProblem) return `the observer ${error.message}`;
  throw error;
}

/** Repeats an experiment that failed: a change that somebody else caused does not happen twice. */
export function confirmed(experiment: Experiment): Experiment {
  return async (lab, bench, visible) => {
    const finding = await experiment(lab, bench, visible);
    if (finding.status !== 'fail') return finding;
    const again = await experiment(lab, bench, visible);
    if (again.status === 'fail') return again;
    return warn(finding.code!, `${finding.found}; not seen again when repeated`, finding.exchanges);
  };
}
