/**
 * What systems, drivers and databases write when a database or another service does not respond, or rejects a query. No
 * verifier does.
 */
const failures =
  /\bE(?:CONNREFUSED|HOSTUNREACH|TIMEDOUT|AI_AGAIN)\b|\bgetaddrinfo ENOTFOUND\b|\bdial tcp\b[^\n]{0,80}(?:no such host|timeout)|\bconnection refused\b|\bno such table\b|\b(?:relation|column|table) "[^"\n]{1,80}" does not exist|\bdatabase [\w ]{0,20}(?:unavailable|locked|unreachable|not available)|Can't reach database server|\bPrismaClient\w*Error\b|\bSQLSTATE\[|\bOperationalError\b|\bMongo(?:ServerSelection|Network)Error\b|\bSequelizeConnection\w*Error\b|\bpassword authentication failed for user\b|\btoo many (?:clients|connections)\b|\bSQLITE_[A-Z]+\b|\bORA-\d{5}\b|\bdeadlock detected\b/i;

/** The line of a response that names the failure of a database or another service; undefined without one. */
export function failedDependency(text: string): string | undefined {
  return text.split('\n').find((line) => failures.test(line));
}

/** Exceptions of code that got an unexpected value, or that does not find what it calls. */
export const codeErrors =
  /\bof undefined|\bof null|is not (?:a function|iterable)|NoneType|nil pointer|undefined method|NullPointer|(?:Key|Type|Attribute|Import)Error|has no attribute|Cannot find module|No module named|must be encoded before hashing|\boperand types?\b|unique constraint|Duplicate entry/i;
