/**
 * Keeps text from outside from being executed as workflow commands: GitHub's runner executes lines that start with `::`
 * after optional whitespace, and `##[` anywhere.
 */
export function breakCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1: ').replaceAll('##[', '## [');
}

/** As breakCommands, for JSON: its lines start with a brace, and the result must parse to the same value. */
export function escapeCommands(text: string): string {
  return text.replaceAll('##[', '#\\u0023[');
}
