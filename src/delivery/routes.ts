import { matchesPattern } from '../events/catalogue.ts';
import type { Target } from './target.ts';

/** Where events of a type or pattern go. */
export interface Route {
  readonly pattern: string;
  readonly target: Target;
}

/** Where an event goes: the first route that its type fits; undefined for nowhere. */
export function routeOf(eventType: string | null, routes: readonly Route[]): Target | undefined {
  return routes.find(({ pattern }) => matchesPattern(eventType ?? '', pattern))?.target;
}
