/** Values as short texts. Numbers that change while they are looked at keep their width. */

const two = (value: number) => String(value).padStart(2, '0');

/** Such as `03:44:07`, in the time zone of the browser. */
export function clock(time: number): string {
  const date = new Date(time);
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** Such as `.125`. */
export const milliseconds = (time: number) => `.${String(new Date(time).getMilliseconds()).padStart(3, '0')}`;

/** A whole number, such as `12,418`. The first call of toLocaleString would take as long as drawing the list. */
export const count = (value: number) => String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');

/** `12.4k` from 10,000. */
export const shortCount = (value: number) =>
  value < 10_000 ? count(value) : `${(value / 1000).toFixed(value < 100_000 ? 1 : 0)}k`;

/** An error message as a sentence: those of the program begin with a small letter and have no period. */
export const sentence = (text: string) =>
  text && `${text[0]!.toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

export const plural = (value: number, noun: string) => `${count(value)} ${noun}${value === 1 ? '' : 's'}`;

export function duration(ms: number): string {
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return `${ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms)} ms`;
}

const ages: readonly (readonly [ms: number, unit: string])[] = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
];

/** Such as `12 s ago`. A time in the future, by a clock that differs, is `0 s ago`. */
export function ago(ms: number): string {
  const [size, unit] = ages.find(([length]) => ms >= length) ?? [1000, 's'];
  return `${Math.max(0, Math.floor(ms / size))} ${unit} ago`;
}

/** A failure such as `connection_reset` in one or two words. */
const failureWords = (failure: string) => failure.replace(/^connection_/, '').replaceAll('_', ' ');

/** Such as `201` or `timeout`. */
export const responseText = ({ status, failure }: { status: number | null; failure: string | null }) =>
  status === null ? failureWords(failure ?? 'no response') : String(status);

export function shortOrganization(organization: string): string {
  const name = organization.replace(/^org_/, '');
  return name.length > 14 ? `${name.slice(0, 4)}…${name.slice(-6)}` : name;
}

/** The gray beginning of a type and its last segment. */
export function typeParts(type: string): readonly [beginning: string, end: string] {
  const at = type.lastIndexOf('.') + 1;
  return [type.slice(0, at), type.slice(at)];
}
