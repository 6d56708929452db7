import type { Check } from '../check.ts';
import { accepting, acceptingForm, judgeAccepted, judgeAll, worstOf } from '../findings.ts';
import { type Sample, withNulls, withoutOptional } from '../samples.ts';
import { accepts, asText, messageOf, messageOfJson, textOf } from './row.ts';

/** Each event type, rightly signed. */
export function typeCheck(sample: Sample): Check {
  const part = 'types';
  return {
    ...accepts,
    part,
    name: sample.type,
    sends: `${sample.type}, rightly signed`,
    meaning: `does not take ${sample.type}`,
    why: 'Scalekit tries again for hours what is not answered 2xx, and then gives the event up',
    fix: 'answer 2xx to a verified event of any type, also one that the handler has no use for',
    async run(bench) {
      const finding = judgeAccepted(await bench.send(messageOf(sample, bench), { part }));
      const isRefused = finding.code === 'not-accepted' && sample.isOptional;
      return isRefused ? { ...finding, status: 'warn', code: 'not-subscribed' } : finding;
    },
  };
}

/** What events may hold, or lack, and what new ones will. */
export function envelopeChecks(base: Sample, samples: readonly Sample[]): Check[] {
  const part = 'envelope';
  const changing = (change: (text: string) => string) =>
    accepting(part, (bench) => messageOfJson(change(textOf(base, bench)), bench));
  return [
    {
      ...accepts,
      part,
      name: 'optional-fields-absent',
      sends: 'an event without organization_id and display_name',
      meaning: 'counts on fields that an event need not have',
      why: 'the API reference has both as optional, and some types come without them',
      fix: 'treat organization_id and display_name as what may be absent',
      run: changing(withoutOptional),
    },
    {
      ...accepts,
      part,
      name: 'null-fields',
      sendsSeveral: true,
      sends: 'events with null where the API reference has it, or real events had it',
      meaning: 'stumbles over null',
      why: 'metadata, external_id, groups and the like are null for whoever has none',
      fix: 'treat every field of data but the ids as what may be null',
      async run(bench) {
        const findings = onePerShape(samples).map((sample) =>
          acceptingForm(
            part,
            {
              made: () => messageOfJson(withNulls(sample.type, textOf(sample, bench))!, bench),
              usual: () => messageOf(sample, bench),
            },
            'without the nulls',
          )(bench),
        );
        return worstOf(await Promise.all(findings));
      },
    },
    {
      ...accepts,
      part,
      name: 'unknown-type',
      sendsSeveral: true,
      sends: 'an event of a type that nobody knows yet',
      meaning: 'refuses event types that it does not know',
      why: 'Scalekit adds event types, and tries again for hours what is not answered 2xx',
      fix: 'answer 2xx to a verified event of any type: a default branch that does nothing',
      async run(bench) {
        const texts = unknownTypes.map((type) =>
          JSON.stringify({ ...JSON.parse(textOf(base, bench)), type }),
        );
        return judgeAll(
          await Promise.all(texts.map((text) => bench.send(messageOfJson(text, bench), { part }))),
        );
      },
    },
    {
      ...accepts,
      part,
      name: 'unknown-fields',
      sends: 'an event with fields that nobody knows yet, in the envelope and in data',
      meaning: 'refuses fields that it does not know',
      why: 'Scalekit adds fields without notice: a strict schema breaks on that day',
      fix: 'let unknown fields pass: no .strict(), no additionalProperties: false, no FAIL_ON_UNKNOWN_PROPERTIES',
      run: changing((text) => {
        const event = JSON.parse(text);
        return JSON.stringify({ ...event, check: { is_new: true }, data: { ...event.data, check: ['new'] } });
      }),
    },
  ];
}

/** Types that are not there: of a thing that is known, and of one that is not. */
const unknownTypes = ['organization.check_unknown', 'check.unknown'];

/** Of types that have their nullable fields in common, one is enough. */
function onePerShape(samples: readonly Sample[]): Sample[] {
  const nullable = samples.filter((sample) => withNulls(sample.type, asText(sample.build(0))) !== undefined);
  return [...new Map(nullable.map((sample) => [sample.type.replace(/[._][^._]*$/, ''), sample])).values()];
}
