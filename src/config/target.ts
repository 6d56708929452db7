import { resolve } from 'node:path';
import { isLocalHost, parseTarget, type Target } from '../delivery/target.ts';
import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';

type EnvAndCwd = Pick<Io, 'env' | 'cwd'>;

/** What a user allows besides targets on this machine and network. */
export interface AllowFlags {
  readonly allowHost: readonly string[];
  readonly insecure: boolean;
}

export interface TargetFlags extends AllowFlags {
  readonly to?: string | undefined;
}

const defaultTarget = 'http://localhost:3000/webhook';

/** `--to`, or else SCALEKIT_HOOKS_TO, or else the default. Throws HooksError, as allowedTarget does. */
export function findTarget({ env }: EnvAndCwd, given: TargetFlags): Target {
  if (given.to !== undefined) return allowedTarget(given.to, '--to', env, given);
  const { SCALEKIT_HOOKS_TO: setting } = env;
  return setting
    ? allowedTarget(setting, 'SCALEKIT_HOOKS_TO', env, given)
    : { ...allowedTarget(defaultTarget, 'default', env, given), isUsual: true };
}

/**
 * Parses a target. Throws HooksError if it is malformed, or if its host is outside this machine and network and not
 * explicitly allowed. `source` is the flag or variable it comes from, for errors.
 */
export function allowedTarget(
  text: string,
  source: string,
  env: EnvAndCwd['env'],
  given: AllowFlags,
): Target {
  const target = parseTarget(text, source === '--to' ? undefined : source);
  const host = target.url.hostname.replace(/\.$/, '');
  if (isLocalHost(host)) return target;
  const allowed = [...given.allowHost, ...(env.SCALEKIT_HOOKS_ALLOW_HOSTS ?? '').split(/[\s,]+/)];
  if (!allowed.some((name) => hostOf(name) === host)) throw new HooksError('foreign_host', { host, source });
  if (given.insecure) throw new HooksError('insecure_foreign_host', { host });
  return target;
}

/** Accepts a host name or a whole URL; the result is normalized as in a URL. */
function hostOf(text: string): string | undefined {
  const url = `http://${text.replace(/^[a-z]+:\/\//i, '')}`;
  return URL.canParse(url) ? new URL(url).hostname.replace(/\.$/, '') : undefined;
}

/** The folder with the user's own event files: `--fixtures`, or else SCALEKIT_HOOKS_FIXTURES. */
export function findFixturesFolder({ env, cwd }: EnvAndCwd, flag: string | undefined): string | undefined {
  const folder = flag ?? (env.SCALEKIT_HOOKS_FIXTURES || undefined);
  return folder === undefined ? undefined : resolve(cwd, folder);
}
