import { defineCommand } from '../define.ts';

export const command = defineCommand({
  flags: {},
  details: `Starts a listener on a free port and sends it every event type over HTTP, then a
forged message, which the listener must reject. Needs no setup and leaves no
files behind. Exit code 0 only if everything worked.`,
  run: async (_given, context) => (await import('./run.ts')).demo(context),
});
