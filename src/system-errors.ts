/** Whether an error is a system error with this code (`ENOENT`, `EPIPE`, …). */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

const readFailures: [code: string, reason: string][] = [
  ['ENOENT', 'there is no such file or folder'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'it is not a folder'],
  ['EACCES', 'you are not allowed to read it'],
  ['ERR_FS_FILE_TOO_LARGE', 'it is larger than 2 GiB'],
];

/** Why a file could not be read, in words. */
export function whyUnreadable(error: unknown): string {
  return inWords(error, readFailures);
}

const writeFailures: [code: string, reason: string][] = [
  ['EEXIST', 'there is a file of that name'],
  ['ENOENT', 'there is no such folder'],
  ['EISDIR', 'it is a folder'],
  ['ENOTDIR', 'what should be its folder is a file'],
  ['EACCES', 'you are not allowed to write there'],
];

/** Why a file could not be written, in words. */
export function whyUnwritable(error: unknown): string {
  return inWords(error, writeFailures);
}

function inWords(error: unknown, words: readonly [code: string, reason: string][]): string {
  const known = words.find(([code]) => hasCode(error, code));
  return known ? known[1] : String(error instanceof Error ? error.message : error);
}
