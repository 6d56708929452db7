import type { Target } from '../../delivery/target.ts';
import { ApiFailure } from './failure.ts';

/** The targets that the inspector was started with: the page chooses one of them, and never another. */
export interface KnownTargets {
  /** By name: host and path. */
  readonly targets: ReadonlyMap<string, Target>;
}

/** The target with a name. Throws ApiFailure for one that is not known. */
export function targetNamed(name: string, { targets }: KnownTargets): Target {
  const target = targets.get(name);
  if (!target) throw unknownTarget();
  return target;
}

/** The failure of a request whose target is not known. */
export function unknownTarget(): ApiFailure {
  return new ApiFailure(
    400,
    'unknown_target',
    'choose one of the targets that the inspector was started with',
  );
}
