import type { Event } from '../../events/build.ts';
import { wireForm } from '../../events/wire-form.ts';
import type { Message } from '../../message.ts';
import type { Sample } from '../samples.ts';
import type { Workbench } from '../workbench.ts';

/** What must be taken. */
export const accepts = { group: 'accepts', expects: '2xx' } as const;

/** A new message of a sample. */
export function messageOf(sample: Sample, bench: Workbench): Message {
  return bench.message(sample.build(bench.materials.now()));
}

/** The text of a new event of a sample. */
export function textOf(sample: Sample, bench: Workbench): string {
  return asText(sample.build(bench.materials.now()));
}

/** A new message of a body in text. */
export function messageOfText(text: string, bench: Workbench): Message {
  return bench.sign(bench.content(Buffer.from(text)));
}

/** As messageOfText, written as Scalekit writes: what differs is what was changed, not how it is written. */
export function messageOfJson(text: string, bench: Workbench): Message {
  return messageOfText(wireForm(text), bench);
}

export function asText({ body }: Pick<Event, 'body'>): string {
  return Buffer.from(body).toString();
}
