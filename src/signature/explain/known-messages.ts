import { parseJson } from '../../json.ts';
import {
  asBuffer,
  headerValues,
  ID_HEADER,
  type Message,
  replaceHeaders,
  SIGNATURE_HEADER,
  TIMESTAMP_HEADER,
} from '../../message.ts';
import type { Secret } from '../secret.ts';
import { verify } from '../verify.ts';
import type { Change } from './reading.ts';
import { subsetsOf } from './subsets.ts';
import type { SignatureMatch } from './trial.ts';

/** A part of a message, its change, and the header that holds it; the body has none. */
interface Part {
  readonly code: 'body_changed' | 'id_changed' | 'timestamp_changed' | 'signature_changed';
  readonly header: string | undefined;
}

const parts: readonly Part[] = [
  { code: 'body_changed', header: undefined },
  { code: 'id_changed', header: ID_HEADER },
  { code: 'timestamp_changed', header: TIMESTAMP_HEADER },
  { code: 'signature_changed', header: SIGNATURE_HEADER },
];

/**
 * Whether a match says something about the received message. Its signature does if it matches. Without it, at least two
 * other parts must be the received ones: two messages of the same second have one in common anyway.
 */
function isTelling(changed: readonly Part[]): boolean {
  const isReplaced = changed.some(({ code }) => code === 'signature_changed');
  return changed.length < (isReplaced ? parts.length - 1 : parts.length);
}

/** Known messages that are compared; more have the same id only if it is repeated on purpose. */
const MAX_KNOWN = 20;

/**
 * Compares a rejected message with verified ones about the same event: where one of their parts in place of the
 * received one makes the signature match, that part was changed. Returns the smallest change.
 */
export function compareWithKnown(
  message: Message,
  known: readonly Message[],
  secrets: readonly Secret[],
): SignatureMatch | undefined {
  const sets = subsetsOf(parts).filter(isTelling);
  sets.sort((a, b) => a.length - b.length);
  for (const set of sets) {
    for (const other of known.slice(0, MAX_KNOWN)) {
      const match = matchWith(message, other, set, secrets);
      if (match) return match;
    }
  }
  return undefined;
}

function matchWith(
  message: Message,
  known: Message,
  changed: readonly Part[],
  secrets: readonly Secret[],
): SignatureMatch | undefined {
  if (!changed.every((part) => isDifferent(part, message, known))) return undefined;
  const made = changed.reduce((rest, part) => replaced(part, rest, known), message);
  const verdict = verify(made, secrets, 0, Number.POSITIVE_INFINITY);
  if (!verdict.verified) return undefined;
  return {
    changes: changed.map(
      ({ code, header }): Change => ({ code, details: detailsOf(header, message, known) }),
    ),
    secretIndex: verdict.secretIndex,
    entry: 1,
    seconds: undefined,
    signedBytes: made.body.length,
    signedBody: made.body,
  };
}

function isDifferent({ header }: Part, message: Message, known: Message): boolean {
  if (header === undefined) return !asBuffer(message.body).equals(known.body);
  const [received, own] = [headerValues(message.headers, header), headerValues(known.headers, header)];
  return own.length > 0 && received.join('\n') !== own.join('\n');
}

function replaced({ header }: Part, message: Message, known: Message): Message {
  if (header === undefined) return { ...message, body: known.body };
  const values = headerValues(known.headers, header).map((value) => [header, value] as const);
  return { ...message, headers: replaceHeaders(message.headers, values) };
}

/** Names that a sentence about a changed body lists; the others are counted. */
const MAX_NAMES = 4;

function detailsOf(
  header: string | undefined,
  message: Message,
  known: Message,
): Record<string, string | number> {
  if (header !== undefined) return { header };
  const names = changedMembers(parseJson(known.body), parseJson(message.body));
  return { members: names.slice(0, MAX_NAMES).join(', '), count: names.length };
}

/** The paths of members whose values differ, such as `data.email`; the empty path stands for the whole. */
export function changedMembers(before: unknown, after: unknown, path = ''): string[] {
  if (!isContainer(before) || !isContainer(after) || Array.isArray(before) !== Array.isArray(after))
    return Object.is(before, after) ? [] : [path];
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) => {
    const inner = Array.isArray(before) ? `${path}[${name}]` : path === '' ? name : `${path}.${name}`;
    return changedMembers(
      (before as Record<string, unknown>)[name],
      (after as Record<string, unknown>)[name],
      inner,
    );
  });
}

function isContainer(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
