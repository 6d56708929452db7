/** Whether an error is a system error with this code (`ENOENT`, `EPIPE`, …). */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as NodeJS.ErrnoException).code === code;
}

/** EDQUOT, which Node.js does not name on every platform. */
const QUOTA_ERRNOS = [-122, -69];

/** Whether a write failed because there is no room: on the disk, in the user's quota, or in the largest file. */
export function isDiskFull(error: unknown): boolean {
  return (
    ['ENOSPC', 'EDQUOT', 'EFBIG'].some((code) => hasCode(error, code)) ||
    QUOTA_ERRNOS.includes((error as Error & { readonly errno: number }).errno)
  );
}

/** What a code means, whatever was read or written. */
const anyFailure: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
};

/** The reason why a file could not be read. */
export function whyUnreadable(error: unknown): string {
  return inWords(error, {
    ENOENT: 'no such file or folder',
    EISDIR: 'it is a folder',
    ENOTDIR: 'it is not a folder',
    ERR_FS_FILE_TOO_LARGE: 'it is larger than 2 GiB',
  });
}

/** The reason why a file could not be written. */
export function whyUnwritable(error: unknown): string {
  return inWords(error, {
    EEXIST: 'a file or folder with that name already exists',
    ENOENT: 'no such folder',
    EISDIR: 'it is a folder',
    ENOTDIR: 'its parent folder is a file',
  });
}

/** The reason why a folder could not be used. */
export function whyUnusable(error: unknown): string {
  return inWords(error, {
    EEXIST: 'a file with that name already exists',
    ENOENT: 'no such folder, and it cannot be created',
    ENOTDIR: 'it, or a folder above it, is a file',
    EPERM: anyFailure.EACCES!,
  });
}

function inWords(error: unknown, words: Readonly<Record<string, string>>): string {
  if (!(error instanceof Error)) return String(error);
  const { code, message } = error as Error & { readonly code: string };
  return words[code] ?? anyFailure[code] ?? message;
}
