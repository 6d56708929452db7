import { setFlagsFromString } from 'node:v8';

/**
 * Stops V8 from optimizing undici's WebAssembly parser in the background, which would delay the exit of a short command.
 * Call it before the first delivery; never in the library, whose process belongs to the user.
 */
export function prepareQuickExit(): void {
  setFlagsFromString('--liftoff-only');
}
