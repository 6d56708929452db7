import { binary } from './body-text.ts';
import { changed, type Reading } from './reading.ts';

/** The end of the body is missing. Only brackets, quotation marks and the rest of a type can be restored. */
export function truncated(body: Uint8Array): Reading<Uint8Array>[] {
  const whole = binary(body);
  const open = openIn(whole);
  if (!open || open.brackets === '') return [];
  const completions = open.isInString ? ['"', ...restOfType(whole).map((rest) => `${rest}"`)] : [''];
  return completions.map((completion) => {
    const value = Buffer.from(whole + completion + open.brackets, 'latin1');
    return changed(value, 'body_truncated', { bytes: body.length, signed: value.length });
  });
}

/** The last words of event types. */
const endings = [
  'created',
  'updated',
  'deleted',
  'enabled',
  'disabled',
  'provisioned',
  'deprovisioned',
  'authenticated',
  'authentication_failed',
  'expired',
  'signup',
  'login',
  'logout',
  'succeeded',
  'failed',
];

/** What may follow in a type that is cut off. */
function restOfType(text: string): string[] {
  const [, word] = /"type"\s*:\s*"(?:[\w.]{0,100}[._])?([a-z]{0,40})$/.exec(text.slice(-200)) ?? [];
  if (word === undefined) return [];
  return endings.filter((ending) => ending.startsWith(word)).map((ending) => ending.slice(word.length));
}

/** Whether a JSON text ends inside a string, and the brackets that would close it; undefined for other text. */
export function openIn(
  text: string,
): { readonly isInString: boolean; readonly brackets: string } | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const closing: string[] = [];
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index]!;
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') isInString = true;
    else if (character === '{') closing.push('}');
    else if (character === '[') closing.push(']');
    else if (character === '}' || character === ']') {
      if (closing.pop() !== character) return undefined;
    }
  }
  return { isInString, brackets: closing.reverse().join('') };
}
