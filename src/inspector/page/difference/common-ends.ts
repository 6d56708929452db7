const isLowHalf = (code: number) => code >= 0xdc00 && code < 0xe000;

/** The lengths of the common beginning and end; never within a surrogate pair. */
export function commonEnds(one: string, other: string): readonly [number, number] {
  const shorter = Math.min(one.length, other.length);
  let start = 0;
  while (start < shorter && one[start] === other[start]) start++;
  if (isLowHalf(one.charCodeAt(start)) || isLowHalf(other.charCodeAt(start))) start = Math.max(0, start - 1);
  let end = 0;
  while (end < shorter - start && one.at(-1 - end) === other.at(-1 - end)) end++;
  if (end > 0 && isLowHalf(one.charCodeAt(one.length - end))) end--;
  return [start, end];
}
