import type { Secret } from '../../signature/secret.ts';
import type { CheckResult } from '../check.ts';
import type { PlannedProbes } from '../plan.ts';
import { baseOf, type Sample } from '../samples.ts';
import { rewritingProbes } from './bodies.ts';
import { probesOf } from './probe.ts';
import { commonProbes, controlProbes, dayProbes, forgedProbes, searchStages } from './search.ts';
import type { OtherSecret } from './secrets.ts';

/** The probes of a webhook handler. */
export function webhookProbes(
  samples: readonly [Sample, ...Sample[]],
  secret: Secret,
  others: readonly OtherSecret[],
): PlannedProbes {
  const base = baseOf(samples);
  return {
    controls: controlProbes(base),
    searches: searchStages(samples, secret, others),
    confirm(results) {
      const hasFailed = (name: string) =>
        results.some(({ check, status }) => check.name === name && status === 'fail');
      return [
        ...(hasFailed('pretty-printed') ? probesOf(base, rewritingProbes()) : []),
        ...(hasFailed('wrong-secret') ? forgedProbes(samples) : []),
        ...(hasFailed('stale') && hasFailed('future') ? dayProbes(base) : []),
      ];
    },
  };
}

/** The probes of an interceptor. */
export function interceptorProbes(
  base: Sample,
  secret: Secret,
  others: readonly OtherSecret[],
): PlannedProbes {
  const probes = commonProbes(base, secret, others);
  return {
    controls: controlProbes(base),
    searches: [() => probes],
    confirm: (results) => (results.some(isUnproven) ? probes : []),
  };
}

/** A forged request got the same response as a valid one. */
function isUnproven({ check, code }: CheckResult): boolean {
  return check.group === 'interceptor' && code === 'inconclusive';
}
