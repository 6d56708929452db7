import type { Command } from 'commander';
import type { RunWith } from './context.ts';
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
    .action((given: SecretFlags) =>
      run(async (context) => (await import('./telling-secret.ts')).tellSecret(context, given.secret)),
    );
}
