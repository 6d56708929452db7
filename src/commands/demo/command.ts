import { defineCommand } from '../define.ts';

export const command = defineCommand({
  flags: {},
  details: `Starts a listener on a free port, sends it every event type over HTTP, and then
a forged message, which it must reject. Needs no setup and leaves nothing
behind. Exit code 0 only if everything worked.`,
  run: async (_given, context) => (await import('./run.ts')).demo(context),
});
