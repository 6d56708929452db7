import { cleanLine, cut } from '../clean.ts';
import type { Cause, Explained, Fact, VerdictShown } from '../facts/index.ts';
import { duration } from '../words/verdicts.ts';
import type { Paint } from './layout.ts';
import { driftLine } from './reception.ts';

/** A verdict, and why it is as it is. */
export function verdict(fact: VerdictShown, paint: Paint): string[] {
  const names = [fact.event_type, fact.event_id, fact.webhook_id].flatMap((name) =>
    name === null ? [] : [cleanLine(cut(name, 200))],
  );
  const mark = fact.verified ? paint.good('✓ verified') : paint.bad(`✗ refused: ${fact.reason}`);
  return [
    [mark, ...names].join('  '),
    ...(fact.verified
      ? [`  signed with ${fact.secret} from ${cleanLine(fact.secret_source)}, ${age(fact)}`]
      : []),
    ...(fact.verified ? [] : explained(fact, paint)),
    ...fact.notes.map(({ message }) => `  ${paint.warn('note')}: ${cleanLine(message)}`),
    ...fact.schema_differences.map((found) => driftLine(found, paint)),
    ...signedText(fact, paint),
  ];
}

/** The explanation of a message that the listener refused: named, unless it stands right under the line that says so. */
export function explainedLater(fact: Explained, before: Fact | undefined, paint: Paint): string[] {
  const isBelow =
    before?.kind === 'received' && before.webhook_id === fact.webhook_id && before.capture === fact.capture;
  const name = fact.webhook_id ?? fact.capture ?? 'the message without webhook-id';
  return [
    ...(isBelow ? [] : [`  ${paint.faint('of')} ${cleanLine(cut(name, 200))}:`]),
    ...explained(fact, paint),
  ];
}

/** Why a message was refused, under the line that says so. */
function explained(fact: Pick<Explained, 'causes' | 'unexplained'>, paint: Paint): string[] {
  return [
    ...fact.causes.flatMap((cause) => causeLines(cause, paint)),
    ...(fact.unexplained === null ? [] : [`  ${paint.bad('why')}: ${cleanLine(fact.unexplained)}`]),
  ];
}

function causeLines({ message: what, evidence, fix }: Cause, paint: Paint): string[] {
  return [
    `  ${paint.bad('why')}: ${cleanLine(what)}`,
    ...(evidence === null ? [] : [`  ${paint.faint('shown by')}: ${cleanLine(evidence)}`]),
    `  ${paint.warn('fix')}: ${cleanLine(fix)}`,
  ];
}

function age({ age_seconds: age, at }: VerdictShown): string {
  const seconds = age ?? 0;
  const away = seconds < 0 ? `${duration(-seconds)} ahead` : `${duration(seconds)} old`;
  return `${away} as of ${at}`;
}

function signedText({ signed_text: parts }: VerdictShown, paint: Paint): string[] {
  if (parts === null) return [];
  return [
    '  signed text: id.timestamp.body',
    ...parts.map(
      ({ part, text, bytes, sha256 }) =>
        `    ${paint.name(part.padEnd(10))}${String(bytes).padStart(9)} bytes  sha256 ${sha256}${text === null ? '' : `  ${cleanLine(cut(text, 200))}`}`,
    ),
  ];
}
