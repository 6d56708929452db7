/** Quotes a text as one shell argument (sh, bash, zsh). */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Joins arguments into a command line, and quotes those that a shell would interpret. */
export function commandLine(args: readonly string[]): string {
  return args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : quoteForShell(arg))).join(' ');
}
