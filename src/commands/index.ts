import type { CommandEntry } from './define.ts';

/** Every command, in help order. A command is loaded only when it is called. */
export const commands: readonly CommandEntry[] = [
  {
    name: 'send',
    summary: 'build, sign and deliver events',
    load: async () => (await import('./send/command.ts')).command,
  },
  {
    name: 'listen',
    summary: 'receive, verify, store, print and forward events',
    load: async () => (await import('./listen/command.ts')).command,
  },
  {
    name: 'replay',
    summary: 'deliver captured events again',
    load: async () => (await import('./replay/command.ts')).command,
  },
  {
    name: 'check',
    summary: 'test a webhook handler: signature verification and behavior',
    load: async () => (await import('./check/command.ts')).command,
  },
  {
    name: 'pull',
    summary: "deliver real events from Scalekit's event log",
    load: async () => (await import('./pull/command.ts')).command,
  },
  {
    name: 'inspect',
    summary: 'browse and replay captures, compose events, check handlers',
    load: async () => (await import('./inspect/command.ts')).command,
  },
  {
    name: 'verify',
    summary: 'explain why a message does or does not verify',
    load: async () => (await import('./verify/command.ts')).command,
  },
  {
    name: 'captures',
    summary: 'list, show, save and clear captured messages',
    load: async () => (await import('./captures/command.ts')).command,
  },
  {
    name: 'events',
    summary: 'list the event types; show one',
    load: async () => (await import('./events/command.ts')).command,
  },
  {
    name: 'secret',
    summary: 'print the signing secret in use',
    load: async () => (await import('./secret/command.ts')).command,
  },
  {
    name: 'demo',
    summary: 'send every event type to a temporary listener',
    load: async () => (await import('./demo/command.ts')).command,
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    load: async () => (await import('./completion/command.ts')).completionOf(commands),
  },
];

/** The arguments that print help: `--help`, and one line per command and subcommand. */
export async function helpLines(): Promise<string[]> {
  const perCommand = commands.map(async ({ name, load }) => {
    const { subcommands } = await load();
    return [name, ...Object.keys(subcommands).map((subcommand) => `${name} ${subcommand}`)];
  });
  const names = (await Promise.all(perCommand)).flat();
  return ['--help', ...names.map((name) => `${name} --help`)];
}
