import { type Headers, headerValues } from '../../message.ts';
import { type Change, changed, type Reading, unchanged } from './reading.ts';
import { readSignatures, type SignatureReadings } from './signatures.ts';

/** What the headers may say; undefined for what they do not. */
export interface Stamp {
  readonly id: string | undefined;
  readonly time: SignedTime | undefined;
  readonly signatures: SignatureReadings;
}

type Slot = 'id' | 'timestamp' | 'signature';
type SlotReadings = Readonly<Record<Slot, readonly Reading<string>[]>>;

/** Values of one header that are looked at: a message with more has been made by hand. */
const MOST_VALUES = 4;
const MOST_STAMPS = 80;

/**
 * The ways in which the headers can be read. `eventId` is the body's own id, which has been signed in place of the
 * webhook-id.
 */
export function stampReadings(headers: Headers, eventId: string | null): Reading<Stamp>[] {
  const found = findSlots(headers);
  const ids = [...withUndefined(found.id), ...inPlaceOfId(eventId), ...notSet('id')];
  const stamps: Reading<Stamp>[] = [];
  for (const signature of found.signature) {
    const signatures = readSignatures(signature.value);
    const inside = timeInside(signature.value);
    const times = [...withUndefined(found.timestamp.flatMap(timesOf)), ...inside];
    const seconds = times[0]?.value?.seconds ?? 0;
    const unset = notSet('timestamp').map(({ value: text, changes }) => ({
      value: { text, seconds },
      changes,
    }));
    for (const time of [...times, ...unset]) {
      for (const id of ids) {
        stamps.push({
          value: { id: id.value, time: time.value, signatures },
          changes: merge([...id.changes, ...time.changes, ...signature.changes]),
        });
      }
    }
  }
  return stamps.sort((a, b) => a.changes.length - b.changes.length).slice(0, MOST_STAMPS);
}

function timesOf({ value, changes }: Reading<string>): Reading<SignedTime>[] {
  return timestampReadings(value).map((reading) => ({
    value: reading.value,
    changes: [...changes, ...reading.changes],
  }));
}

/** `t=1795360000` in the signature header itself, as some other schemes have it. */
function timeInside(signature: string): Reading<SignedTime>[] {
  const text = /(?:^|[,;\s])t=(\d{9,13})\b/.exec(signature)?.[1];
  return text === undefined ? [] : timestampReadings(text);
}

function inPlaceOfId(eventId: string | null): Reading<string>[] {
  return eventId === null ? [] : [{ value: eventId, changes: [{ code: 'event_id_for_webhook_id' }] }];
}

/** What JavaScript or Python write for a value that is not there. */
function notSet(part: string): Reading<string>[] {
  return ['undefined', 'null', 'None'].map((text) => changed(text, 'part_not_set', { part, text }));
}

/** A part that no header has may still be left out of the signed text. */
function withUndefined<T>(readings: readonly Reading<T>[]): Reading<T | undefined>[] {
  return readings.length > 0 ? [...readings] : [{ value: undefined, changes: [] }];
}

/** What happened to several headers alike is one change, which names them all. */
function merge(changes: readonly Change[]): readonly Change[] {
  const known = new Map<string, Change>();
  for (const change of changes) {
    const name = `${change.code} ${change.details?.prefix ?? ''}`;
    const before = known.get(name);
    const headers = [before?.details?.header, change.details?.header].filter(
      (header) => header !== undefined,
    );
    const header = [...new Set(headers)].join(', ');
    known.set(name, header === '' ? change : { ...change, details: { ...change.details, header } });
  }
  return [...known.values()];
}

/** The values that can be an id, a timestamp or a signature: those of webhook-*, and those of headers that end alike. */
function findSlots(headers: Headers): SlotReadings {
  const slots: Record<Slot, Reading<string>[]> = { id: [], timestamp: [], signature: [] };
  for (const slot of ['id', 'timestamp', 'signature'] as const) {
    const own = headerValues(headers, `webhook-${slot}`);
    const different = [...new Set(own)].filter((value) => value !== '');
    slots[slot].push(
      ...different.slice(0, MOST_VALUES).flatMap((value) => ownReadings(value, slot, own.length > 1)),
    );
    for (const [name, value] of headers) {
      const prefix = foreignPrefix(name, slot);
      if (prefix === undefined || value === '' || slots[slot].length >= 2 * MOST_VALUES) continue;
      slots[slot].push({
        value,
        changes: [{ code: 'other_header_names', details: { prefix, header: name } }],
      });
    }
  }
  return slots;
}

/** What stands in a webhook-* header: as it is, without quotation marks, or the parts that were joined. */
function ownReadings(value: string, slot: Slot, isRepeated: boolean): Reading<string>[] {
  const header = `webhook-${slot}`;
  const changes: Change[] = isRepeated ? [{ code: 'header_repeated', details: { header } }] : [];
  const readings: Reading<string>[] = [{ value, changes }];
  const quoted = /^(["'])(.*)\1$/.exec(value)?.[2];
  if (quoted)
    readings.push({ value: quoted, changes: [...changes, { code: 'header_quoted', details: { header } }] });
  // Signatures that were joined are read as entries of one header.
  const parts =
    slot === 'signature'
      ? []
      : [...new Set(value.split(/[,;]/).map((part) => part.trim()))].filter((part) => part !== '');
  if (parts.length > 1 || (parts.length === 1 && parts[0] !== value.trim())) {
    const joined: Change = { code: 'header_joined', details: { header } };
    readings.push(
      ...parts.slice(0, MOST_VALUES).map((part) => ({ value: part, changes: [...changes, joined] })),
    );
  }
  return readings;
}

/**
 * The prefix of a header that ends as a webhook-* header does: `svix-`, `x-scalekit-`, `HTTP_WEBHOOK_`, `webhook` of
 * webhookId; undefined for others.
 */
export function foreignPrefix(name: string, slot: Slot): string | undefined {
  const lower = name.toLowerCase();
  if (lower === `webhook-${slot}` || name.length > 100 || isUnrelated(lower)) return undefined;
  const parted = name.replace(/([a-z])(?=[A-Z])/g, '$1-').toLowerCase();
  const match = endings[slot].exec(parted);
  return match ? parted.slice(0, match.index + 1) : undefined;
}

const endings: Record<Slot, RegExp> = {
  id: /[-_.]id$/,
  timestamp: /[-_.](timestamp|time)$/,
  signature: /(^|[-_.])(signature|hmac|sig)(-?(sha-?)?256)?$/,
};

/** Headers that have an id of something else. */
function isUnrelated(lower: string): boolean {
  return /^(x-)?(request|correlation|trace|amzn?-|cf-|forwarded|real|b3|datadog|client|session|device|tenant|vercel|fly|ngrok)/.test(
    lower,
  );
}

/** What a timestamp may have been in the signed text. */
export interface SignedTime {
  /** As it stands in the signed text. */
  readonly text: string;
  /** When that is, in whole seconds since 1970. */
  readonly seconds: number;
}

/** The ways in which a timestamp header has been written and signed, whole seconds first. */
export function timestampReadings(header: string): Reading<SignedTime>[] {
  const text = header.trim();
  const found = forms.find(([form]) => form.test(text));
  if (!found) return [];
  const [, code, toSeconds] = found;
  const seconds = toSeconds(text);
  if (!Number.isSafeInteger(seconds)) return [];
  if (code === undefined && text === header)
    return [unchanged({ text, seconds }), ...signedOtherwise(seconds)];
  // Signed as it is written, or as the seconds that verifiers make of it.
  return [text, String(seconds)].map((signed) =>
    changed({ text: signed, seconds }, code ?? 'timestamp_padded', { text: text.slice(0, 60) }),
  );
}

/** The header has seconds, and the signed text the same moment in another form. */
function signedOtherwise(seconds: number): Reading<SignedTime>[] {
  // A time that was cut would look like one of long ago.
  if (String(seconds).length !== 10) return [];
  const iso = Math.abs(seconds) < 8e12 ? [new Date(seconds * 1000).toISOString()] : [];
  const milliseconds = changed({ text: `${seconds}000`, seconds }, 'timestamp_milliseconds', {
    text: `${seconds}000`,
  });
  return [milliseconds, ...iso.map((text) => changed({ text, seconds }, 'timestamp_date', { text }))];
}

/**
 * The same second in milliseconds, each that it can be: whoever signs Date.now() and sends whole seconds loses which.
 * The one that ends in 000 is among the readings.
 */
export function millisecondGuesses({ text: header, seconds }: SignedTime): Reading<SignedTime>[] {
  // As above.
  if (header.length !== 10) return [];
  return Array.from({ length: 999 }, (_, index) => {
    const text = `${seconds}${String(index + 1).padStart(3, '0')}`;
    return changed({ text, seconds }, 'timestamp_milliseconds', { text });
  });
}

/** A date that names no zone is taken for UTC, wherever this runs. */
function dateToSeconds(text: string): number {
  const local = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/.exec(text);
  return Math.floor(Date.parse(local ? `${local[1]}T${local[2]}Z` : text) / 1000);
}

type Form = [form: RegExp, code: Change['code'] | undefined, toSeconds: (text: string) => number];

/** How times have been written, the first that fits counts. */
const forms: readonly Form[] = [
  [/^(0|[1-9]\d{0,11})$/, undefined, Number],
  [/^[1-9]\d{12}$/, 'timestamp_milliseconds', (text) => Math.floor(Number(text) / 1000)],
  [/^[1-9]\d{15}$/, 'timestamp_finer', (text) => Math.floor(Number(text) / 1e6)],
  [/^[1-9]\d{18}$/, 'timestamp_finer', (text) => Number(text.slice(0, -9))],
  [/^\d{1,12}\.\d*$/, 'timestamp_fraction', (text) => Math.floor(Number(text))],
  [/^\d(\.\d+)?e\+?\d{1,2}$/i, 'timestamp_fraction', (text) => Math.floor(Number(text))],
  [/^\+?0*\d{1,12}$/, 'timestamp_padded', Number],
  [/^\d{4}-\d\d-\d\d|^[A-Za-z]{3,9},? /, 'timestamp_date', dateToSeconds],
];
