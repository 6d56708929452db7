import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import type { Counterexample } from '../../checks/fuzz/counterexample.ts';
import type { Target } from '../../delivery/target.ts';
import { HooksError } from '../../errors.ts';
import { writeEventText } from '../../events/catalog/event-text.ts';
import { makeFolder } from '../../private-folder.ts';
import type { SavedEvent } from '../../report/facts/check.ts';
import { commandLine } from '../../report/shell.ts';
import type { Context } from '../context.ts';

/** The folder of saved events, in the working directory. */
const FOLDER = 'scalekit-hooks-fuzz';

/** Saves each event as a file that `send` takes. An event that cannot be saved is reported without a file. */
export function saveCounterexamples(
  found: readonly Counterexample[],
  { url }: Target,
  { io, report }: Context,
): SavedEvent[] {
  const folder = join(io.cwd, FOLDER);
  try {
    makeFolder(folder);
    return found.map(({ type, event, differences }) => {
      const text = `${JSON.stringify(event, null, 2)}\n`;
      // The same failure has the same name: ids and times differ in every run.
      const name = `${fileName(type)}-${digest(JSON.stringify(differences))}.json`;
      const path = join(folder, name);
      writeEventText(path, text, { isReplaced: true });
      const shown = `./${relative(io.cwd, path)}`;
      const resend = ['npx', 'scalekit-hooks', 'send', shown, '--fresh-ids', '--to', url.href];
      return { path: shown, resend: commandLine(resend) };
    });
  } catch (error) {
    // What was found must be reported even if the folder cannot be written.
    report.warn(error instanceof HooksError ? error.message : `cannot write ${folder}`);
    return [];
  }
}

function fileName(type: string): string {
  return type.replaceAll(/[^\w.-]/g, '_').slice(0, 80);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}
