import { textOfBody } from '../../message.ts';
import { signMessage } from '../../signature/sign.ts';
import type { Sample } from '../samples.ts';
import { type Content, contents, type Rewriting, simplified, small, times } from './content-kinds.ts';
import { type Probe, type ProbeRow, probesOf, type SearchState, sentAs } from './probe.ts';
import { sizeProbes } from './sizes.ts';

/** Digits after the seconds of the times in the simplified events; none and those of the common writers. */
const timeDigits = [0, 3, 6, 7] as const;

/** The event without content that serializing can change: if it is accepted, the rejected content is the cause. */
export function simpleProbes(base: Sample): Probe[] {
  return probesOf(base, [
    ...timeDigits.map(
      (count): ProbeRow => [
        'simple',
        `with simple content and ${count === 0 ? 'no' : count} digits after the seconds`,
        sentAs((text) => simplified(text, { digits: count })),
      ],
    ),
    ['simple', 'with few fields', sentAs(small)],
    // Times are in every event, so that a simple one cannot do without them.
    ...times.rewritings.map((rewriting) => signedAsRewritten(times, rewriting)),
  ]);
}

/** After a simpler event was accepted: which content, or which size, is rejected. */
export function contentProbes(base: Sample, { results, isAccepted }: SearchState): Probe[] {
  const accepted = results.filter(({ probe, exchange }) => probe.code === 'simple' && isAccepted(exchange));
  const isFull = accepted.some(({ probe }) => probe.what.startsWith('with simple content'));
  if (isFull)
    return probesOf(
      base,
      contents.flatMap((content) => contentRows(content, textOfBody(base.build(0)))),
    );
  return accepted.length > 0 ? sizeProbes(base) : [];
}

function contentRows(content: Content, example: string): ProbeRow[] {
  const withContent = (text: string) => simplified(text, { digits: 0, keep: content });
  const shown = withContent(example);
  // Without such content, or where a writer changes nothing, an accepted message would prove nothing.
  if (shown === simplified(example, { digits: 0 })) return [];
  return [
    ['content', `that is simple except for ${content.name}`, sentAs(withContent)],
    ...content.rewritings
      .filter(([, rewrite]) => rewrite(shown) !== shown)
      .map((rewriting) => signedAsRewritten(content, rewriting)),
  ];
}

/** A simple event with one kind of content, signed as a writer changes it. */
function signedAsRewritten(content: Content, [what, rewrite]: Rewriting): ProbeRow {
  return [
    'reserialized-body',
    `with ${content.name} whose signature covers ${what}`,
    ({ content: parts, secret, headers }) => {
      const body = Buffer.from(simplified(textOfBody(parts), { digits: 0, keep: content }));
      const signed = Buffer.from(rewrite(body.toString()));
      // Where the writer changes nothing, the signature must not match, because accepting it would prove nothing.
      const text = signed.equals(body) ? Buffer.concat([signed, Buffer.from(' ')]) : signed;
      return { ...signMessage({ ...parts, body: text }, [secret], headers), body };
    },
  ];
}
