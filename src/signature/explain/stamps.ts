import { type Headers, headerValues } from '../../message.ts';
import { type Change, changed, type Reading, unchanged } from './reading.ts';
import { readSignatures, type SignatureReadings } from './signatures.ts';

/** One way to read the signed headers; undefined for a value that no header has. */
export interface Stamp {
  readonly id: string | undefined;
  readonly time: SignedTime | undefined;
  readonly signatures: SignatureReadings;
}

type Slot = 'id' | 'timestamp' | 'signature';
type SlotReadings = Readonly<Record<Slot, readonly Reading<string>[]>>;

/** Most values of one header to try; only a handmade message has more. */
const MAX_VALUES_PER_HEADER = 4;
const MAX_STAMPS = 80;

/** All readings of the headers. `eventId` is the `id` in the body, which some senders sign instead of webhook-id. */
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
  return stamps.sort((a, b) => a.changes.length - b.changes.length).slice(0, MAX_STAMPS);
}

function timesOf({ value, changes }: Reading<string>): Reading<SignedTime>[] {
  return timestampReadings(value).map((reading) => ({
    value: reading.value,
    changes: [...changes, ...reading.changes],
  }));
}

/** `t=1795360000` in the signature header, as in Stripe's scheme. */
function timeInside(signature: string): Reading<SignedTime>[] {
  const text = /(?:^|[,;\s])t=(\d{9,13})\b/.exec(signature)?.[1];
  return text === undefined ? [] : timestampReadings(text);
}

function inPlaceOfId(eventId: string | null): Reading<string>[] {
  return eventId === null ? [] : [{ value: eventId, changes: [{ code: 'event_id_for_webhook_id' }] }];
}

/** The text that JavaScript or Python produces for a missing value. */
function notSet(part: string): Reading<string>[] {
  return ['undefined', 'null', 'None'].map((text) => changed(text, 'part_not_set', { part, text }));
}

/** Without a header, the signed text may still be one that omits this part. */
function withUndefined<T>(readings: readonly Reading<T>[]): Reading<T | undefined>[] {
  return readings.length > 0 ? [...readings] : [{ value: undefined, changes: [] }];
}

/** Combines the same change to several headers into one that names them all. */
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

/** Candidates for id, timestamp and signature: from webhook-* and from headers with the same ending. */
function findSlots(headers: Headers): SlotReadings {
  const slots: Record<Slot, Reading<string>[]> = { id: [], timestamp: [], signature: [] };
  for (const slot of ['id', 'timestamp', 'signature'] as const) {
    const own = headerValues(headers, `webhook-${slot}`);
    const different = [...new Set(own)].filter((value) => value !== '');
    slots[slot].push(
      ...different
        .slice(0, MAX_VALUES_PER_HEADER)
        .flatMap((value) => ownReadings(value, slot, own.length > 1)),
    );
    for (const [name, value] of headers) {
      const prefix = otherPrefix(name, slot);
      if (prefix === undefined || value === '' || slots[slot].length >= 2 * MAX_VALUES_PER_HEADER) continue;
      slots[slot].push({
        value,
        changes: [{ code: 'other_header_names', details: { prefix, header: name } }],
      });
    }
  }
  return slots;
}

/** Readings of a webhook-* header: unchanged, without quotation marks, or each of several joined values. */
function ownReadings(value: string, slot: Slot, isRepeated: boolean): Reading<string>[] {
  const header = `webhook-${slot}`;
  const changes: Change[] = isRepeated ? [{ code: 'header_repeated', details: { header } }] : [];
  const readings: Reading<string>[] = [{ value, changes }];
  const quoted = /^(["'])(.*)\1$/.exec(value)?.[2];
  if (quoted)
    readings.push({ value: quoted, changes: [...changes, { code: 'header_quoted', details: { header } }] });
  const listed = /^\[(["']?)(.*)\1\]$/.exec(value)?.[2];
  if (listed)
    readings.push({ value: listed, changes: [...changes, { code: 'header_listed', details: { header } }] });
  // Joined signatures are read as entries of one header.
  const parts =
    slot === 'signature'
      ? []
      : [...new Set(value.split(/[,;]/).map((part) => part.trim()))].filter((part) => part !== '');
  if (parts.length > 1 || (parts.length === 1 && parts[0] !== value.trim())) {
    const joined: Change = { code: 'header_joined', details: { header } };
    readings.push(
      ...parts
        .slice(0, MAX_VALUES_PER_HEADER)
        .map((part) => ({ value: part, changes: [...changes, joined] })),
    );
  }
  return readings;
}

/**
 * The prefix of a header with the same ending as a webhook-* header, such as `svix-`, `x-scalekit-`, `HTTP_WEBHOOK_`,
 * or `webhook` in webhookId; undefined for other headers.
 */
export function otherPrefix(name: string, slot: Slot): string | undefined {
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

/** Whether the header holds an unrelated id, such as a request id. */
function isUnrelated(lower: string): boolean {
  return /^(x-)?(request|correlation|trace|amzn?-|cf-|forwarded|real|b3|datadog|client|session|device|tenant|vercel|fly|ngrok)/.test(
    lower,
  );
}

/** A timestamp as it may appear in the signed text. */
export interface SignedTime {
  readonly text: string;
  /** The same time in whole seconds since 1970. */
  readonly seconds: number;
}

/** All readings of a timestamp header, whole seconds first. */
function timestampReadings(header: string): Reading<SignedTime>[] {
  const text = header.trim();
  const found = forms.find(([form]) => form.test(text));
  if (!found) return [];
  const [, code, toSeconds] = found;
  const seconds = toSeconds(text);
  if (!Number.isSafeInteger(seconds)) return [];
  if (code === undefined && text === header)
    return [unchanged({ text, seconds }), ...inOtherFormats(seconds)];
  // Signed as written, or as the seconds that a verifier converts it to.
  return [text, String(seconds)].map((signed) =>
    changed({ text: signed, seconds }, code ?? 'timestamp_padded', { text: text.slice(0, 60) }),
  );
}

/** The header has seconds; the signed text has the same time in another format. */
function inOtherFormats(seconds: number): Reading<SignedTime>[] {
  // A truncated timestamp would look like a date long ago.
  if (String(seconds).length !== 10) return [];
  const iso = Math.abs(seconds) < 8e12 ? [new Date(seconds * 1000).toISOString()] : [];
  const milliseconds = changed({ text: `${seconds}000`, seconds }, 'timestamp_milliseconds', {
    text: `${seconds}000`,
  });
  return [milliseconds, ...iso.map((text) => changed({ text, seconds }, 'timestamp_date', { text }))];
}

/**
 * The other 999 milliseconds of the same second: a sender that signs Date.now() but sends whole seconds loses the
 * milliseconds. timestampReadings covers the one that ends in 000.
 */
export function millisecondGuesses({ text: header, seconds }: SignedTime): Reading<SignedTime>[] {
  // As in inOtherFormats.
  if (header.length !== 10) return [];
  return Array.from({ length: 999 }, (_, index) => {
    const text = `${seconds}${String(index + 1).padStart(3, '0')}`;
    return changed({ text, seconds }, 'timestamp_milliseconds', { text });
  });
}

/** The longest difference that is searched, in seconds. */
const MAX_SECONDS_OFF = 300;

/** The signed timestamp was another second: the clock was read twice, for the signature and for the header. */
export function secondGuesses({ text: header, seconds }: SignedTime): Reading<SignedTime>[] {
  if (header.length !== 10) return [];
  return Array.from({ length: 2 * MAX_SECONDS_OFF }, (_, index) => {
    const off = (index % 2 === 0 ? 1 : -1) * (Math.floor(index / 2) + 1);
    const text = String(seconds + off);
    return changed({ text, seconds: seconds + off }, 'timestamp_off', { seconds: off });
  });
}

/** Reads a date without a time zone as UTC, whatever the local time zone. */
function dateToSeconds(text: string): number {
  const local = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?)$/.exec(text);
  return Math.floor(Date.parse(local ? `${local[1]}T${local[2]}Z` : text) / 1000);
}

type Form = [form: RegExp, code: Change['code'] | undefined, toSeconds: (text: string) => number];

/** Known timestamp formats; the first match wins. */
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
