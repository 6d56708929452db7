import { secretFlags } from '../../cli/flag-sets.ts';
import { defineCommand } from '../define.ts';

export const command = defineCommand({
  flags: secretFlags,
  details: `Prints the secret that send and listen use in this folder, unmasked. Stdout has
nothing else, so you can pass it to your app:

  $ SCALEKIT_WEBHOOK_SECRET="$(scalekit-hooks secret)" node app.js`,
  run: async (given, context) => (await import('./run.ts')).printSecret(given.secret, context),
});
