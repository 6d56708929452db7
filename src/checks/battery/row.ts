import { wireForm } from '../../events/wire-form.ts';
import { type Message, textOfBody } from '../../message.ts';
import type { Sample } from '../samples.ts';
import type { Workbench } from '../workbench.ts';

/** For checks of a message that the handler must accept. */
export const accepts = { group: 'accepts', expects: '2xx' } as const;

/** A new message with a sample's event. */
export function messageOf(sample: Sample, bench: Workbench): Message {
  return bench.message(sample.build(bench.materials.now()));
}

/** The JSON text of a new event. */
export function textOf(sample: Sample, bench: Workbench): string {
  return textOfBody(sample.build(bench.materials.now()));
}

/** A new message with this body. */
export function messageOfText(text: string, bench: Workbench): Message {
  return bench.sign(bench.content(Buffer.from(text)));
}

/** As messageOfText, in the wire form that Scalekit uses, so that only the content differs. */
export function messageOfJson(text: string, bench: Workbench): Message {
  return messageOfText(wireForm(text), bench);
}
