/**
 * Keeps text from outside from being executed as commands of a CI runner: GitHub Actions executes lines that start with
 * `::` after optional whitespace; it and Azure Pipelines `##[` anywhere; Azure Pipelines `##vso[`; TeamCity
 * `##teamcity[`; GitLab and Travis CI fold their logs at `section_start:` and `travis_fold:`.
 */
export function breakCommands(text: string): string {
  return text
    .replace(/^(\s*):(?=:)/gm, '$1: ')
    .replace(/##(?=(?:vso|teamcity)?\[)/gi, '# #')
    .replace(/(section_start|section_end|travis_fold|travis_time)(?=:)/g, '$1 ');
}

/** As breakCommands, for JSON: its lines start with a brace, and the result must parse to the same value. */
export function escapeCommands(text: string): string {
  return text
    .replace(/##(?=(?:vso|teamcity)?\[)/gi, '#\\u0023')
    .replace(/(section_start|section_end|travis_fold|travis_time)(?=:)/g, (word) =>
      word.replace('_', '\\u005f'),
    );
}
