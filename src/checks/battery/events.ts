import { textOfBody } from '../../message.ts';
import type { Check } from '../check.ts';
import { accepting, acceptingForm, judgeAccepted, judgeAll, worstOf } from '../findings.ts';
import { type Sample, withNulls, withoutOptional } from '../samples.ts';
import { accepts, messageOf, messageOfJson, textOf } from './row.ts';

/** A correctly signed event of one type. */
export function typeCheck(sample: Sample): Check {
  const part = 'types';
  return {
    ...accepts,
    part,
    name: sample.type,
    sends: `${sample.type}, correctly signed`,
    meaning: `does not accept ${sample.type}`,
    why: 'Scalekit retries an event without a 2xx response several times, then drops it',
    fix: 'answer 2xx to every verified event, including types that the handler does not use',
    async run(bench) {
      const finding = judgeAccepted(await bench.send(messageOf(sample, bench), { part }));
      const isRejected = finding.code === 'not-accepted' && sample.isOptional;
      return isRejected ? { ...finding, status: 'warn', code: 'not-subscribed' } : finding;
    },
  };
}

/** Optional, null and unknown parts of an event. */
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
      meaning: 'requires optional fields',
      why: 'both fields are optional in the API reference, and some types omit them',
      fix: 'treat organization_id and display_name as optional',
      run: changing(withoutOptional),
    },
    {
      ...accepts,
      part,
      name: 'null-fields',
      sendsSeveral: true,
      sends: 'events with null in each field that is nullable in the API reference or null in real events',
      meaning: 'fails on null fields',
      why: 'fields such as metadata, external_id and groups are null when they have no value',
      fix: 'allow null in every field of data except the ids',
      async run(bench) {
        const findings = onePerShape(samples).map((sample) =>
          acceptingForm(
            part,
            {
              made: () => messageOfJson(withNulls(sample.type, textOf(sample, bench))!, bench),
              usual: () => messageOf(sample, bench),
            },
            'without null',
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
      sends: 'events of types that do not exist yet',
      meaning: 'rejects unknown event types',
      why: 'Scalekit adds event types, and retries each event that gets no 2xx response',
      fix: 'answer 2xx to every verified event: add a default branch that does nothing',
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
      sends: 'an event with unknown fields in the envelope and in data',
      meaning: 'rejects unknown fields',
      why: 'Scalekit adds fields without notice, and a strict schema then rejects the event',
      fix: 'allow new fields: no .strict(), no additionalProperties: false, no FAIL_ON_UNKNOWN_PROPERTIES',
      run: changing((text) => {
        const event = JSON.parse(text);
        return JSON.stringify({ ...event, check: { is_new: true }, data: { ...event.data, check: ['new'] } });
      }),
    },
  ];
}

/** A new type of a known object, and one of an unknown object. */
const unknownTypes = ['organization.check_unknown', 'check.unknown'];

/** One sample for each group of types with the same nullable fields. */
function onePerShape(samples: readonly Sample[]): Sample[] {
  const nullable = samples.filter(
    (sample) => withNulls(sample.type, textOfBody(sample.build(0))) !== undefined,
  );
  return [...new Map(nullable.map((sample) => [sample.type.replace(/[._][^._]*$/, ''), sample])).values()];
}
