import { writerOf } from './bodies.ts';
import { otherHeaderRows } from './headers.ts';
import type { Mistake, ProbeRow } from './probe.ts';
import { messageFor, type WrongStep } from './recipes.ts';
import { forms } from './signing.ts';

type StepName = 'key' | 'body' | 'ending' | 'parts' | 'form' | 'prefix' | 'unit';

/** The common mistakes by step: a handler can make one in each. The commonest of a step come first. */
const steps: Readonly<Record<StepName, readonly WrongStep[]>> = {
  key: [
    {
      code: 'secret-as-text',
      what: 'signed with the whole secret, including whsec_, as the key',
      key: ({ text }) => text,
    },
    {
      code: 'secret-as-text',
      what: 'signed with the text after whsec_ as the key',
      key: ({ text }) => text.slice(text.indexOf('_') + 1),
    },
  ],
  body: [
    rewritten("Python's json.dumps"),
    {
      code: 'parsed-body',
      what: 'whose signature covers "[object Object]" instead of the body',
      body: () => '[object Object]',
    },
    rewritten('JSON.stringify with 2-space indentation'),
    {
      code: 'signed-text',
      what: "whose signature covers the body as Python prints bytes (b'…')",
      body: (text) => `b'${text.replaceAll("'", "\\'")}'`,
    },
    { code: 'no-body', what: 'whose signature covers an empty body', body: () => '' },
    {
      code: 'no-body',
      what: 'whose signature covers "undefined" instead of the body',
      body: () => 'undefined',
    },
    rewritten("PHP's json_encode"),
  ],
  ending: [
    {
      code: 'newline-added',
      what: 'whose signature covers it with a newline at its end',
      ending: '\n',
    },
  ],
  parts: [
    { code: 'signed-text', what: 'whose signature covers only the body', parts: ['body'] },
    { code: 'signed-text', what: 'whose signature covers timestamp.body', parts: ['timestamp', 'body'] },
    { code: 'signed-text', what: 'whose signature covers id.body', parts: ['id', 'body'] },
  ],
  form: forms.map(([form, write]) => ({
    code: 'signature-form',
    what: `whose signature is written as ${form}`,
    form: write,
  })),
  prefix: [
    { code: 'svix-headers', what: 'with svix-id, svix-timestamp and svix-signature', prefix: 'svix-' },
  ],
  unit: [{ code: 'milliseconds', what: 'whose timestamp is in milliseconds', perSecond: 1000 }],
};

/** How many mistakes of each step are combined with those of two or more other steps: the commonest. */
const MAX_OF_STEP = 4;

/**
 * Messages for handlers with several mistakes at once: one in each of two steps, and in more steps where code is written
 * for the webhooks of any service. `asked` are the names of headers that a response asks for.
 */
export function combinationProbes(asked: readonly string[]): ProbeRow[] {
  const names = Object.keys(steps) as StepName[];
  const pairs = names.flatMap((one, index) => names.slice(index + 1).map((other) => [one, other]));
  return [
    ...pairs.flatMap((pair) => combine(pair, Number.POSITIVE_INFINITY)),
    ...steps.body.slice(0, MAX_OF_STEP).flatMap((mistake) => inOtherHeaders(asked, mistake)),
    ...more.flatMap((group) => combine(group, MAX_OF_STEP)),
  ];
}

const more: readonly (readonly StepName[])[] = [
  ['key', 'parts', 'form'],
  ['key', 'body', 'form'],
  ['key', 'body', 'parts'],
  ['body', 'parts', 'form'],
  ['key', 'parts', 'unit'],
  ['key', 'form', 'unit'],
  ['key', 'body', 'unit'],
  ['key', 'body', 'parts', 'form'],
];

/** One row for each choice of one mistake from each step. */
function combine(group: readonly StepName[], most: number): ProbeRow[] {
  const choices = group.reduce<readonly (readonly WrongStep[])[]>(
    (rows, step) => rows.flatMap((row) => steps[step].slice(0, most).map((mistake) => [...row, mistake])),
    [[]],
  );
  return choices.map((mistakes) => [mistakes[0]!.code, join(mistakes), messageFor(mistakes), mistakes]);
}

/** The same with the signature in a header of another name. */
function inOtherHeaders(asked: readonly string[], mistake: WrongStep): ProbeRow[] {
  return otherHeaderRows(asked, mistake.body).map(([code, what, change]) => {
    const mistakes: readonly Mistake[] = [{ code, what }, mistake];
    return [code, join(mistakes), change, mistakes];
  });
}

function join(mistakes: readonly Mistake[]): string {
  const texts = mistakes.map(({ what }) => what);
  return `${texts.slice(0, -1).join(', ')}, and ${texts.at(-1)}`;
}

function rewritten(writer: string): WrongStep {
  return {
    code: 'reserialized-body',
    what: `whose signature covers the body as serialized by ${writer}`,
    body: writerOf(writer),
  };
}
