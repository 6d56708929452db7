import { HooksError as InternalHooksError } from '../errors.ts';

/**
 * The error that the library throws for invalid input or configuration, such as an unknown event type, a malformed
 * secret or a port in use. An argument of the wrong type throws TypeError instead.
 */
export interface HooksError extends Error {
  /** A stable identifier, such as `unknown_event_type`. */
  readonly code: string;
  /** Explains the error, for people. */
  readonly detail: string;
  /** How to fix it, for people. */
  readonly fix: string;
}

/** Only for `instanceof`. */
export const HooksError = InternalHooksError as unknown as abstract new (...none: never[]) => HooksError;

/** How the words of an error name a flag of the program, and how the library names its option. */
const optionsOfFlags: readonly (readonly [flag: RegExp, option: string])[] = [
  [/--allow-host (\S+)/g, "allowHosts: ['$1']"],
  [/--(only|skip) (?=")/g, '$1: '],
  [/--(host|port|only|skip)\b/g, '$1'],
];

/** Throws an error again; a HooksError names options instead of flags. */
export function throwWithOptions(error: unknown): never {
  if (!(error instanceof InternalHooksError)) throw error;
  const renamed = (text: string) =>
    optionsOfFlags.reduce((words, [flag, option]) => words.replace(flag, option), text);
  throw Object.assign(error, {
    message: renamed(error.message),
    detail: renamed(error.detail),
    fix: renamed(error.fix),
  });
}
