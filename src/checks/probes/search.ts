import type { Secret } from '../../signature/secret.ts';
import { signMessage } from '../../signature/sign.ts';
import { findFault } from '../faults.ts';
import { baseOf, type Sample } from '../samples.ts';
import { bodyProbes } from './bodies.ts';
import { headerProbes } from './headers.ts';
import { type Probe, type ProbeMaker, type ProbeRow, probesOf } from './probe.ts';
import { type OtherSecret, secretProbes } from './secrets.ts';
import { signingProbes } from './signing.ts';

/** Searches for why a plain message is refused. What stands first is told: a later one may be taken for the same reason. */
export function searchProbes(
  samples: readonly [Sample, ...Sample[]],
  secret: Secret,
  others: readonly OtherSecret[],
): Probe[] {
  const base = baseOf(samples);
  return [
    ...probesOf(base, [
      ['inconsistent', 'that is plain and rightly signed, once more', ({ right }) => right],
    ]),
    ...typeProbes(samples, base),
    ...probesOf(base, [
      ['inverted', 'signed with another secret', spoiledBy('wrong-secret')],
      ...secretProbes(secret, others),
      ...bodyProbes(),
      ...signingProbes(),
      ...headerProbes(),
      ['milliseconds', 'whose timestamp is in milliseconds', inMilliseconds],
      ...clockHours.map(
        (hours): ProbeRow => ['clock', `whose timestamp is ${hours} h ahead`, ahead(hours * 3600)],
      ),
      ['without-headers', 'without the three signature headers', spoiledBy('no-headers')],
      ['stale', 'that is ten minutes old', spoiledBy('stale')],
    ]),
  ];
}

const DAY = 86_400;

/** Asks how far from now a timestamp may be that is not refused. */
export function dayProbes(base: Sample): Probe[] {
  return probesOf(base, [
    ['day', 'that is a day old', ahead(-DAY)],
    ['day', 'that is a day ahead', ahead(DAY)],
  ]);
}

/** One type of each category at most, lest there be no end of them. */
const MOST_TYPES = 12;

/** Other types that a handler may take which refuses the usual one. */
function typeProbes(samples: readonly Sample[], base: Sample): Probe[] {
  const others = samples.filter(({ type }) => type !== base.type);
  const byCategory = new Map(others.map((sample) => [sample.type.replace(/[._][^._]*$/, ''), sample]));
  return [...byCategory.values()]
    .slice(0, MOST_TYPES)
    .flatMap((sample) =>
      probesOf(sample, [['some-types', `of the type ${sample.type}`, ({ right }) => right]]),
    );
}

/** By how much clocks differ that take local time for UTC. */
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

function spoiledBy(fault: string): ProbeMaker {
  return ({ content, headers, secret }) =>
    findFault(fault).makeMessage({ content, headers, secrets: [secret] });
}
