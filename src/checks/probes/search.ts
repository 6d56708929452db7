import type { Secret } from '../../signature/secret.ts';
import { signMessage } from '../../signature/sign.ts';
import { findFault } from '../faults.ts';
import { baseOf, type Sample } from '../samples.ts';
import { bodyProbes } from './bodies.ts';
import { headerProbes } from './headers.ts';
import { type Probe, type ProbeMaker, type ProbeRow, probesOf } from './probe.ts';
import { type OtherSecret, secretProbes } from './secrets.ts';
import { signingProbes } from './signing.ts';

/** Probes for why the plain message is rejected. The first accepted one counts, so specific mistakes come first. */
export function searchProbes(
  samples: readonly [Sample, ...Sample[]],
  secret: Secret,
  others: readonly OtherSecret[],
): Probe[] {
  const base = baseOf(samples);
  return [
    ...probesOf(base, [
      ['inconsistent', 'that is plain and correctly signed, sent a second time', ({ right }) => right],
    ]),
    ...typeProbes(samples, base),
    ...probesOf(base, [
      ['inverted', 'signed with a different secret', withFault('wrong-secret')],
      ...secretProbes(secret, others),
      ...bodyProbes(),
      ...signingProbes(),
      ...headerProbes(),
      ['milliseconds', 'whose timestamp is in milliseconds', inMilliseconds],
      ...clockHours.map(
        (hours): ProbeRow => [
          'clock',
          `whose timestamp is ${Math.abs(hours)} h ${hours < 0 ? 'behind' : 'ahead'}`,
          ahead(hours * 3600),
        ],
      ),
      ['without-headers', 'without the three signature headers', withFault('no-headers')],
      ['stale', 'that is ten minutes old', withFault('stale')],
    ]),
  ];
}

const DAY_SECONDS = 86_400;

/** Probes whether a handler without a 5-minute limit has a wider one. */
export function dayProbes(base: Sample): Probe[] {
  return probesOf(base, [
    ['day', 'that is one day old', ahead(-DAY_SECONDS)],
    ['day', 'dated one day in the future', ahead(DAY_SECONDS)],
  ]);
}

/** Limits the probes of other types, one per category. */
const MAX_TYPE_PROBES = 12;

/** Other types, for a handler that rejects only the base type. */
function typeProbes(samples: readonly Sample[], base: Sample): Probe[] {
  const others = samples.filter(({ type }) => type !== base.type);
  const byCategory = new Map(others.map((sample) => [sample.type.replace(/[._][^._]*$/, ''), sample]));
  return [...byCategory.values()]
    .slice(0, MAX_TYPE_PROBES)
    .flatMap((sample) => probesOf(sample, [['some-types', `of type ${sample.type}`, ({ right }) => right]]));
}

/** Clock differences in hours if local time is read as UTC. */
const clockHours = [
  -12, -11, -10, -9, -8, -7, -6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 5.5, 6, 7, 8, 9, 10, 11, 12, 13,
];

function ahead(seconds: number): ProbeMaker {
  return ({ content, headers, secret }) =>
    signMessage({ ...content, timestamp: content.timestamp + seconds }, [secret], headers);
}

function inMilliseconds({ content, headers, secret }: Parameters<ProbeMaker>[0]) {
  return signMessage({ ...content, timestamp: content.timestamp * 1000 }, [secret], headers);
}

function withFault(fault: string): ProbeMaker {
  return ({ content, headers, secret }) =>
    findFault(fault).makeMessage({ content, headers, secrets: [secret] });
}
