import { observeRules } from '../../cli/flag-sets.ts';
import { defineCommand } from '../define.ts';
import { flags } from './flags.ts';

export const command = defineCommand({
  flags,
  rules: observeRules('scalekit-hooks inspect --to 3000 --observe "cat state.json" --settle 5s'),
  details: `Serves a page on this machine and prints a link to it. The page shows captures
as they arrive, why each rejected one was rejected, the signed body beside the
received one, and every attempt. It also replays captures, composes events and
checks handlers, and sends only to the targets given here. With --observe, its
checks also test how messages change the state of the app. The link contains a
token; without it, the page shows nothing. No listener is needed; listen --ui
runs a listener and serves this page.`,
  examples: [
    'inspect --to localhost:8080/webhook',
    'inspect --captures redis://localhost:6379 --to 3000',
    'inspect --to 3000 --observe "cat state.json"',
    'inspect --open',
  ],
  run: async (given, context) => (await import('./run.ts')).inspect(given, context),
});
