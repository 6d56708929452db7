/**
 * GitHub's runner obeys lines that begin with `::`, after blanks, and `##[` wherever it stands: no text from outside may
 * look like that.
 */
export function breakCommands(text: string): string {
  return text.replace(/^(\s*):(?=:)/gm, '$1: ').replaceAll('##[', '## [');
}

/** The same for JSON, whose lines begin with a brace, and which must parse to the same. */
export function escapeCommands(text: string): string {
  return text.replaceAll('##[', '#\\u0023[');
}
