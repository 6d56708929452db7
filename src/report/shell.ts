/** A text as one argument of a shell (sh, bash, zsh). */
export function quoteForShell(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A command line of these arguments, each quoted where a shell would read something into it. */
export function commandLine(args: readonly string[]): string {
  return args.map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : quoteForShell(arg))).join(' ');
}
