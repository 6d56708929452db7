import { wireForm } from '../../events/wire-form.ts';
import type { Sample } from '../samples.ts';
import { type Probe, type ProbeRow, probesOf, sentAs } from './probe.ts';

/** The same event under other types: if one is accepted, the type is the cause. */
export function typeProbes(samples: readonly Sample[], base: Sample): Probe[] {
  const others = samples.filter(({ type }) => type !== base.type);
  const byCategory = new Map(others.map((sample) => [sample.type.replace(/[._][^._]*$/, ''), sample]));
  const whole = [...byCategory.values()].slice(0, MAX_OTHER_EVENTS);
  return [
    ...probesOf(
      base,
      others.map(
        ({ type }): ProbeRow => [
          'some-types',
          `with the same content but of type ${type}`,
          sentAs((text) => wireForm(JSON.stringify({ ...JSON.parse(text), type }))),
        ],
      ),
    ),
    ...whole.flatMap((sample) =>
      probesOf(sample, [['other-event', ofType(sample.type), ({ right }) => right]]),
    ),
  ];
}

const MAX_OTHER_EVENTS = 12;

/** Describes a message by its type; completes "a message …". */
export function ofType(type: string): string {
  return `of type ${type}`;
}
