import { resolve } from 'node:path';
import { isLocalHost, parseTarget, type Target } from '../delivery/target.ts';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';

type World = Pick<Io, 'env' | 'cwd'>;

/** The flags that say which targets are allowed. */
export interface AllowFlags {
  readonly allowHost: readonly string[];
  readonly insecure: boolean;
}

/** The flags of a command that delivers. */
export interface TargetFlags extends AllowFlags {
  readonly to?: string | undefined;
}

const usualTarget = 'http://localhost:3000/webhook';

/** Where to deliver to: `--to`, else SCALEKIT_HOOKS_TO, else the usual place. Throws HooksError; see allowedTarget. */
export function findTarget({ env }: World, given: TargetFlags): Target {
  if (given.to !== undefined) return allowedTarget(given.to, '--to', env, given);
  const { SCALEKIT_HOOKS_TO: setting } = env;
  return setting
    ? allowedTarget(setting, 'SCALEKIT_HOOKS_TO', env, given)
    : { ...allowedTarget(usualTarget, 'default', env, given), isUsual: true };
}

/**
 * A target as somebody wrote it. Throws HooksError for what is not a target, and for a host outside this machine and
 * network that is not allowed by name. `source` says where it was written.
 */
export function allowedTarget(text: string, source: string, env: World['env'], given: AllowFlags): Target {
  const target = parseTarget(text);
  const host = target.url.hostname.replace(/\.$/, '');
  if (isLocalHost(host)) return target;
  const allowed = [...given.allowHost, ...(env.SCALEKIT_HOOKS_ALLOW_HOSTS ?? '').split(/[\s,]+/)];
  if (!allowed.some((name) => hostOf(name) === host)) throw new HooksError('foreign_host', { host, source });
  if (given.insecure) throw new HooksError('insecure_foreign_host', { host });
  return target;
}

/** A host as a URL writes it, whether a name or a whole URL was given. */
function hostOf(text: string): string | undefined {
  const url = `http://${text.replace(/^[a-z]+:\/\//i, '')}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '') : undefined;
}

/** The folder with event files of the user's own, if there is one: `--fixtures`, else SCALEKIT_HOOKS_FIXTURES. */
export function findFixturesFolder({ env, cwd }: World, flag: string | undefined): string | undefined {
  const folder = flag ?? (env.SCALEKIT_HOOKS_FIXTURES || undefined);
  return folder === undefined ? undefined : resolve(cwd, folder);
}
