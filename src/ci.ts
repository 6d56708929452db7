import type { Io } from './io.ts';

/** Variables that CI services set, some of which do not set CI. */
const ciVariables = [
  'CI',
  'GITHUB_ACTIONS',
  'TF_BUILD',
  'TEAMCITY_VERSION',
  'GITLAB_CI',
  'TRAVIS',
  'BUILDKITE',
  'JENKINS_URL',
];

/** Services set a variable to `true` or to their name; users may set it to `false`. */
function isOn(value: string | undefined): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value);
}

/** Whether the program runs in GitHub Actions. */
export function isOnGithub({ env }: Pick<Io, 'env'>): boolean {
  return isOn(env.GITHUB_ACTIONS);
}

/** Whether the program runs in a CI service, also in one that does not set CI. */
export function isInCi({ env }: Pick<Io, 'env'>): boolean {
  return ciVariables.some((name) => isOn(env[name]));
}

/** Whether CI is set, by a service or by a user who wants no color and no spinner. */
export function isCiSet({ CI }: Io['env']): boolean {
  return isOn(CI);
}
