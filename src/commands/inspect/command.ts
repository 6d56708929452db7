import { defineCommand } from '../define.ts';
import { flags } from './flags.ts';

export const command = defineCommand({
  flags,
  details: `Prints a link to a page on this machine: the captures as they arrive, why one
was rejected, what was signed beside what was received, and every attempt. An
event can be edited and replayed, to the targets given here only. The link holds
a token; without it, nothing is shown. No listener is needed: to have one too,
use listen --ui.`,
  examples: [
    'inspect --to localhost:8080/webhook',
    'inspect --captures redis://localhost:6379 --to 3000',
    'inspect --open',
  ],
  run: async (given, context) => (await import('./run.ts')).inspect(given, context),
});
