import { cleanLine, cut } from '../clean.ts';
import type { Cause, Explained, Fact, VerdictShown } from '../facts/index.ts';
import { duration } from '../words/verdicts.ts';
import type { Paint } from './layout.ts';
import { differenceLine } from './reception.ts';

/** A verdict with its causes and notes. */
export function verdict(fact: VerdictShown, paint: Paint): string[] {
  const names = [fact.event_type, fact.event_id, fact.webhook_id].flatMap((name) =>
    name === null ? [] : [cleanLine(cut(name, 200))],
  );
  const mark = fact.verified ? paint.good('✓ verified') : paint.bad(`✗ rejected: ${fact.reason}`);
  return [
    [mark, ...names].join('  '),
    ...(fact.verified
      ? [`  signed with ${fact.secret} from ${cleanLine(fact.secret_source)}, ${age(fact)}`]
      : []),
    ...(fact.verified ? [] : explained(fact, paint)),
    ...(fact.unexplained_fix === null ? [] : [`  ${paint.warn('fix')}: ${fact.unexplained_fix}`]),
    ...fact.notes.map(({ message }) => `  ${paint.warn('note')}: ${cleanLine(message)}`),
    ...fact.schema_differences.map((found) => differenceLine(found, paint)),
    ...signedText(fact, paint),
  ];
}

/** Explains a message that the listener rejected; names it unless the line of the rejection is directly above. */
export function explainedLater(fact: Explained, before: Fact | undefined, paint: Paint): string[] {
  const followsRejection =
    before?.kind === 'received' && before.webhook_id === fact.webhook_id && before.capture === fact.capture;
  const name = fact.webhook_id ?? fact.capture ?? 'the message without webhook-id';
  return [
    ...(followsRejection ? [] : [`  ${paint.faint('for')} ${cleanLine(cut(name, 200))}:`]),
    ...explained(fact, paint),
  ];
}

/** The causes of a rejection. */
function explained(fact: Pick<Explained, 'causes' | 'unexplained'>, paint: Paint): string[] {
  return [
    ...fact.causes.flatMap((cause) => causeLines(cause, paint)),
    ...(fact.unexplained === null ? [] : [`  ${paint.bad('cause')}: ${cleanLine(fact.unexplained)}`]),
  ];
}

function causeLines({ certain, message, evidence, fix }: Cause, paint: Paint): string[] {
  return [
    `  ${certain ? paint.bad('cause') : paint.warn('likely')}: ${cleanLine(message)}`,
    ...(evidence === null ? [] : [`  ${paint.faint('evidence')}: ${cleanLine(evidence)}`]),
    `  ${paint.warn('fix')}: ${cleanLine(fix)}`,
  ];
}

function age({ age_seconds: age, at }: VerdictShown): string {
  const seconds = age ?? 0;
  const distance = seconds < 0 ? `${duration(-seconds)} ahead` : `${duration(seconds)} old`;
  return `${distance} as of ${at}`;
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
