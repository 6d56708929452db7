import { askedHeaders } from '../../delivery/answers/asked-headers.ts';
import { answerTextOf } from '../../delivery/answers/text.ts';
import { statusOf } from '../../delivery/outcome.ts';
import { asBuffer } from '../../message.ts';
import type { Secret } from '../../signature/secret.ts';
import { signMessage } from '../../signature/sign.ts';
import { clockDifference, MIN_CLOCK_SECONDS } from '../clock.ts';
import { findFault } from '../faults.ts';
import { baseOf, type Sample } from '../samples.ts';
import type { Exchange } from '../workbench.ts';
import { bodyProbes } from './bodies.ts';
import { combinationProbes } from './combinations.ts';
import { contentProbes, simpleProbes } from './contents.ts';
import { headerProbes } from './headers.ts';
import {
  type Probe,
  type ProbeMaker,
  type ProbeRow,
  probesOf,
  type SearchStage,
  type SearchState,
} from './probe.ts';
import { type OtherSecret, secretProbes } from './secrets.ts';
import { signingProbes } from './signing.ts';
import { ofType, typeProbes } from './types.ts';

/** Finds out why the plain message is rejected, in stages: the common mistakes first, then the content of the event. */
export function searchStages(
  samples: readonly [Sample, ...Sample[]],
  secret: Secret,
  others: readonly OtherSecret[],
): SearchStage[] {
  const base = baseOf(samples);
  return [
    ({ first }) => [...clockOf(first, base), ...commonProbes(base, secret, others, askedIn(first))],
    () => [...simpleProbes(base), ...typeProbes(samples, base)],
    (state) => contentProbes(base, state),
    (state) => {
      const reached = reachedSample(samples, state);
      return reached ? commonProbes(reached, secret, others, askedIn(state.first)) : [];
    },
    (state) => {
      if (isVerifying(state)) return [];
      return probesOf(reachedSample(samples, state) ?? base, combinationProbes(askedIn(state.first)));
    },
  ];
}

/** The headers that a response asks for. */
function askedIn({ outcome, message }: Exchange): string[] {
  return outcome.answered ? askedHeaders(answerTextOf(outcome, message)) : [];
}

/** Whether a correctly signed event was accepted, so that the signature is not what is wrong with the plain one. */
function isVerifying({ results, isAccepted }: SearchState): boolean {
  return results.some(
    ({ probe, exchange }) => ['simple', 'other-event'].includes(probe.code) && isAccepted(exchange),
  );
}

/**
 * A sample of a type whose valid events get another status than the plain message: the handler rejects that one by its
 * type, before it verifies, and gets further with this one.
 */
function reachedSample(samples: readonly Sample[], state: SearchState): Sample | undefined {
  const { first, results } = state;
  if (isVerifying(state)) return undefined;
  const other = results.find(
    ({ probe, exchange }) =>
      probe.code === 'other-event' &&
      exchange.outcome.answered &&
      exchange.outcome.status < 500 &&
      statusOf(exchange.outcome) !== statusOf(first.outcome),
  );
  return samples.find(({ type }) => other?.probe.what === ofType(type));
}

/** Messages that a handler must reject: what they have in common with the plain message shows who rejects it. */
export function controlProbes(base: Sample): Probe[] {
  return probesOf(base, [
    ['forged', 'signed with a different secret', withFault('wrong-secret')],
    ['without-headers', 'without the three signature headers', withFault('no-headers')],
  ]);
}

/**
 * Probes for the common mistakes. The first accepted one counts, so specific mistakes come first. `asked` are the headers
 * that the handler asks for.
 */
export function commonProbes(
  base: Sample,
  secret: Secret,
  others: readonly OtherSecret[],
  asked: readonly string[] = [],
): Probe[] {
  return probesOf(base, [
    ['inconsistent', 'that is plain and correctly signed, sent a second time', ({ right }) => right],
    ['inverted', 'signed with a different secret', withFault('wrong-secret')],
    ...secretProbes(secret, others),
    ...bodyProbes(),
    ...signingProbes(),
    ...headerProbes(asked),
    ['milliseconds', 'whose timestamp is in milliseconds', inMilliseconds],
    ...zoneHours.map(
      (hours): ProbeRow => ['time-zone', `whose timestamp is ${distance(hours * 60)}`, ahead(hours * 3600)],
    ),
    ...clockMinutes.map(
      (minutes): ProbeRow => ['clock', `whose timestamp is ${distance(minutes)}`, ahead(minutes * 60)],
    ),
    ...nearSeconds.map(
      (seconds): ProbeRow => ['rejects-now', `whose timestamp is ${distance(seconds / 60)}`, ahead(seconds)],
    ),
    ['day', 'dated one day in the future', ahead(DAY_SECONDS)],
    // Twice: only what both responses have in common is compared.
    ...[1, 2].flatMap((): ProbeRow[] => [
      ['not-json', 'whose body is not JSON', notJson],
      ['stale', 'that is ten minutes old', withFault('stale')],
    ]),
  ]);
}

/** Forged events of other types: a handler may answer 2xx to some types before it verifies. */
export function forgedProbes(samples: readonly Sample[]): Probe[] {
  return samples.flatMap((sample) =>
    probesOf(sample, [
      ['forged', `of type ${sample.type}, signed with a different secret`, withFault('wrong-secret')],
    ]),
  );
}

const DAY_SECONDS = 86_400;

/** Probes whether a handler without a 5-minute limit has a wider one. */
export function dayProbes(base: Sample): Probe[] {
  return probesOf(base, [
    ['day', 'that is one day old', ahead(-DAY_SECONDS)],
    ['day', 'dated one day in the future', ahead(DAY_SECONDS)],
  ]);
}

/** A message at the time that the server shows in its Date header, if that is not the time of this machine. */
function clockOf(first: Exchange, base: Sample): Probe[] {
  const seconds = clockDifference(first) ?? 0;
  if (Math.abs(seconds) < MIN_CLOCK_SECONDS) return [];
  const what = `whose timestamp is ${distance(Math.round(seconds / 60))}, which is the time in the Date header of the response`;
  return probesOf(base, [['clock', what, ahead(seconds)]]);
}

/** Differences between local time and UTC, in hours. */
const zoneHours = [
  -12, -11, -10, -9.5, -9, -8, -7, -6, -5, -4, -3.5, -3, -2.5, -2, -1, 1, 2, 3, 3.5, 4, 4.5, 5, 5.5, 5.75, 6,
  6.5, 7, 8, 8.75, 9, 9.5, 10, 10.5, 11, 12, 12.75, 13, 14,
];

/** Differences of wrong clocks in minutes. With 5 minutes of tolerance, these steps leave no gap up to 2 hours. */
const clockMinutes = Array.from({ length: 13 }, (_, index) => 7 + index * 9).flatMap((minutes) => [
  minutes,
  -minutes,
]);

/** Smaller differences: a handler that rejects the current time tolerates less than these. */
const nearSeconds = [20, 45, 90, 150, 240].flatMap((seconds) => [seconds, -seconds]);

function distance(minutes: number): string {
  const length = Math.abs(minutes);
  const shown =
    length < 5
      ? `${Math.round(length * 60)} s`
      : length < 120 && length % 60 !== 0
        ? `${length} min`
        : `${length / 60} h`;
  return `${shown} ${minutes < 0 ? 'behind' : 'ahead'}`;
}

function ahead(seconds: number): ProbeMaker {
  return ({ content, headers, secret }) =>
    signMessage({ ...content, timestamp: content.timestamp + seconds }, [secret], headers);
}

function inMilliseconds({ content, headers, secret }: Parameters<ProbeMaker>[0]) {
  return signMessage({ ...content, timestamp: content.timestamp * 1000 }, [secret], headers);
}

function notJson({ content, headers, secret }: Parameters<ProbeMaker>[0]) {
  const body = Buffer.concat([asBuffer(content.body), Buffer.from('}')]);
  return signMessage({ ...content, body }, [secret], headers);
}

function withFault(fault: string): ProbeMaker {
  return ({ content, headers, secret }) =>
    findFault(fault).makeMessage({ content, headers, secrets: [secret] });
}
