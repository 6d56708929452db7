import type { Command } from 'commander';
import { flags } from '../../cli/flags.ts';
import type { RunWith } from '../context.ts';

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
    .action((given: SecretFlags) =>
      run(async (context) => (await import('./run.ts')).tellSecret(context, given.secret)),
    );
}
