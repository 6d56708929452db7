import { defineCommand } from '../define.ts';
import { flags } from './flags.ts';

export const command = defineCommand({
  flags,
  details: `Serves a page on this machine and prints a link to it. The page shows captures
as they arrive, why each rejected one was rejected, the signed body beside the
received one, and every attempt. Events can be edited and replayed, only to the
targets given here. The link contains a token; without it, the page shows
nothing. No listener is needed; listen --ui runs one with the page.`,
  examples: [
    'inspect --to localhost:8080/webhook',
    'inspect --captures redis://localhost:6379 --to 3000',
    'inspect --open',
  ],
  run: async (given, context) => (await import('./run.ts')).inspect(given, context),
});
