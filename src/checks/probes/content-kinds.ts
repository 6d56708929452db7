import { wireForm } from '../../events/wire-form.ts';
import { isObject } from '../../json.ts';

/** A kind of content that parsing and serializing can change, and what common writers make of it. */
export interface Content {
  /** Completes "an event with …". */
  readonly name: string;
  /** Replaces it with content that no writer changes. */
  simplify(value: unknown): unknown;
  readonly rewritings: readonly Rewriting[];
}

/** Completes "its signature covers …"; the JSON text of an event after a writer changed this kind of content. */
export type Rewriting = readonly [what: string, rewrite: (json: string) => string];

const date = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/;

/** Rewrites every RFC 3339 time of a value. */
const dates = (write: (seconds: string, fraction: string, zone: string) => string) =>
  mapped((value) => {
    const match = typeof value === 'string' ? date.exec(value) : null;
    return match ? write(match[1]!, match[2] ?? '', match[3]!) : value;
  });
const digits = (count: number) =>
  dates((seconds, fraction, zone) => `${seconds}.${fraction.padEnd(count, '0').slice(0, count)}${zone}`);

const isEmptyObject = (value: unknown) => isObject(value) && Object.keys(value).length === 0;
const isEmptyList = (value: unknown) => Array.isArray(value) && value.length === 0;

/** Apart from the others, because every event has times. */
export const times: Content = {
  name: 'fractions of seconds',
  simplify: (value) => (typeof value === 'string' ? value.replace(date, '$1$3') : value),
  rewritings: [
    ['times with 6 digits after the seconds, as Python (Pydantic) writes them', digits(6)],
    ['times with 3 digits after the seconds, as JavaScript dates and Ruby on Rails write them', digits(3)],
    ['times with 7 digits after the seconds, as .NET writes them', digits(7)],
    [
      'times without the zeros at the end of their fractions',
      dates((s, f, z) => `${s}${f && `.${f}`.replace(/\.?0+$/, '')}${z}`),
    ],
    ['times without fractions of seconds', dates((seconds, _fraction, zone) => seconds + zone)],
    ['times with 6 digits and +00:00, as Python isoformat() writes them', (json) => offset(digits(6)(json))],
    ['times with +00:00 instead of Z', (json) => offset(json)],
    ['times in the format of SQL databases', dates((seconds) => seconds.replace('T', ' '))],
    ['times as seconds since 1970', mapped((value) => toEpoch(value, 1000))],
    ['times as milliseconds since 1970', mapped((value) => toEpoch(value, 1))],
  ],
};

/** All kinds; an event is simplified in this order. */
export const contents: readonly Content[] = [
  times,
  {
    name: 'an empty object',
    simplify: (value) => (isEmptyObject(value) ? { key: 'value' } : value),
    rewritings: [
      [
        '[] instead of {}, as PHP writes an empty array',
        mapped((value) => (isEmptyObject(value) ? [] : value)),
      ],
      ['null instead of {}', mapped((value) => (isEmptyObject(value) ? null : value))],
      ['no empty objects', mapped((value) => without(value, isEmptyObject))],
    ],
  },
  {
    name: 'an empty list',
    simplify: (value) => (isEmptyList(value) ? ['value'] : value),
    rewritings: [
      [
        'null instead of [], as Go writes an empty slice',
        mapped((value) => (isEmptyList(value) ? null : value)),
      ],
      ['no empty lists', mapped((value) => without(value, isEmptyList))],
    ],
  },
  {
    name: 'null',
    simplify: (value) => (value === null ? 'value' : value),
    rewritings: [
      ['no null members', mapped((value) => without(value, (member) => member === null))],
      ['"" instead of null', mapped((value) => (value === null ? '' : value))],
    ],
  },
  {
    name: 'spaces around a text',
    simplify: (value) => (typeof value === 'string' ? value.trim() : value),
    rewritings: [['trimmed texts', mapped((value) => (typeof value === 'string' ? value.trim() : value))]],
  },
  {
    name: 'a slash',
    simplify: (value) => (typeof value === 'string' ? value.replaceAll('/', '-') : value),
    rewritings: [['slashes escaped as \\/, as PHP writes them', (json) => json.replaceAll('/', '\\/')]],
  },
  {
    name: '<, >, &, + or an apostrophe',
    simplify: (value) => (typeof value === 'string' ? value.replace(/[<>&+'`]/g, '-') : value),
    rewritings: [
      ['<, > and & escaped, as Go writes them', (json) => json.replace(/[<>&]/g, escapeLower)],
      ["<, >, &, = and ' escaped, as Gson writes them", (json) => json.replace(/[<>&='`]/g, escapeLower)],
      ["<, >, &, + and ' escaped, as .NET writes them", (json) => json.replace(/[<>&+'`]/g, escapeUpper)],
      [
        'HTML entities for <, > and &',
        (json) => json.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
      ],
    ],
  },
  {
    name: 'characters outside ASCII',
    simplify: (value) => (typeof value === 'string' ? value.normalize('NFD').replace(/[^ -~]/g, '') : value),
    rewritings: [
      ['non-ASCII characters escaped', (json) => json.replace(/[^ -~]/g, escapeLower)],
      ['text normalized to NFC', (json) => json.normalize('NFC')],
    ],
  },
];

/** Adds content that the samples lack, so that every kind is tested. */
function enrich(text: string): unknown {
  const event = JSON.parse(text) as { data?: Record<string, unknown> };
  const { data } = event;
  if (!isObject(data)) return event;
  return {
    ...event,
    data: {
      ...data,
      ...(isObject(data.custom_attributes) && {
        custom_attributes: { ...data.custom_attributes, note: 'Zoë & Co' },
      }),
    },
  };
}

/** The event with only content that serializing does not change, except for the kind to keep. */
export function simplified(
  text: string,
  { digits: count, keep }: { readonly digits: number; readonly keep?: Content },
): string {
  const simplify = contents
    .filter((content) => content !== keep)
    .reduce((value, content) => walk(value, content.simplify), enrich(text));
  const json = JSON.stringify(simplify);
  return wireForm(count === 0 || keep ? json : digits(count)(json));
}

/** The event with as few fields as a handler can expect. */
export function small(text: string): string {
  const {
    id,
    type,
    occurred_at: time,
    data,
  } = JSON.parse(text) as Record<string, unknown> & { data: Record<string, unknown> };
  return wireForm(
    JSON.stringify({
      id,
      type,
      occurred_at: String(time).replace(date, '$1$3'),
      data: { id: data?.id ?? 'id' },
    }),
  );
}

function mapped(change: (value: unknown) => unknown): (json: string) => string {
  return (json) => JSON.stringify(walk(JSON.parse(json), change));
}

function walk(value: unknown, change: (value: unknown) => unknown): unknown {
  const made = change(value);
  if (Array.isArray(made)) return made.map((item) => walk(item, change));
  if (!isObject(made)) return made;
  return Object.fromEntries(Object.entries(made).map(([name, member]) => [name, walk(member, change)]));
}

function without(value: unknown, isLeftOut: (member: unknown) => boolean): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => !isLeftOut(member)));
}

function offset(json: string): string {
  return dates((seconds, fraction) => `${seconds}${fraction && `.${fraction}`}+00:00`)(json);
}

function toEpoch(value: unknown, divisor: number): unknown {
  return typeof value === 'string' && date.test(value) ? Math.floor(Date.parse(value) / divisor) : value;
}

function escapeLower(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

function escapeUpper(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
}
