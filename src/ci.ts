import type { Io } from './io.ts';

/** Whether the program runs in GitHub Actions. */
export function isOnGithub({ env: { GITHUB_ACTIONS: value } }: Pick<Io, 'env'>): boolean {
  return value !== undefined && !['', '0', 'false'].includes(value);
}

/** Whether the program runs in a CI service, some of which do not set CI. */
export function isInCi({ env }: Pick<Io, 'env'>): boolean {
  const own = [
    'GITHUB_ACTIONS',
    'TF_BUILD',
    'TEAMCITY_VERSION',
    'GITLAB_CI',
    'TRAVIS',
    'BUILDKITE',
    'JENKINS_URL',
  ];
  return [env.CI, ...own.map((name) => env[name])].some(
    (value) => value !== undefined && !['', '0', 'false'].includes(value),
  );
}

/** CI services set CI to `true` or to their name; users may set it to `false`. */
export function isCi({ CI }: Io['env']): boolean {
  return CI !== undefined && !['', '0', 'false'].includes(CI);
}
