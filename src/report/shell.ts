/** Quotes a text as one shell argument (sh, bash, zsh). Characters that are not safe to print become octal escapes. */
export function quoteForShell(text: string): string {
  return text
    .split(/((?:(?!\n)[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029])+)/u)
    .map((part, index) => (index % 2 === 1 ? `"$(printf '${octal(part)}')"` : inQuotes(part)))
    .join('');
}

function inQuotes(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function octal(text: string): string {
  return [...Buffer.from(text)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}

/** Joins arguments into a command line, and quotes those that a shell would interpret. */
export function commandLine(args: readonly string[]): string {
  return args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : quoteForShell(arg))).join(' ');
}
