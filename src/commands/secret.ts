import type { Command } from 'commander';
import { findSecrets } from '../settings/secrets.ts';
import type { Context, RunWith } from './context.ts';
import { flags } from './flags.ts';

interface SecretFlags {
  secret?: string[];
}

export function register(command: Command, run: RunWith): void {
  command
    .addOption(flags.secret())
    .addHelpText(
      'after',
      `
Prints the secret that send and listen use here, whole, and nothing else on stdout: give it to your app.
  $ SCALEKIT_WEBHOOK_SECRET="$(scalekit-hooks secret)" node app.js`,
    )
    .action((given: SecretFlags) => run((context) => showSecret(given, context)));
}

function showSecret(given: SecretFlags, { io, report }: Context): number {
  const { secrets, source, notes } = findSecrets(io, given.secret ?? []);
  for (const note of notes) report.note(note);
  report.note(`from ${source}`);
  for (const { text } of secrets) report.tell({ fact: 'secret', secret: text, source });
  return 0;
}
