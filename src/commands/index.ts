import type { CommandEntry } from './context.ts';

/** Every command, in the order of the help. A command is loaded only when it is called. */
export const commands: readonly CommandEntry[] = [
  { name: 'send', summary: 'build, sign and deliver events', load: () => import('./send/command.ts') },
  {
    name: 'listen',
    summary: 'receive, verify, print, capture and forward events',
    load: () => import('./listen/command.ts'),
  },
  { name: 'replay', summary: 'deliver captured events again', load: () => import('./replay/command.ts') },
  {
    name: 'captures',
    summary: 'list what was captured; show, save or clear it',
    load: () => import('./captures/command.ts'),
  },
  {
    name: 'verify',
    summary: 'say whether a message verifies, and if not why',
    load: () => import('./verify/command.ts'),
  },
  {
    name: 'check',
    summary: 'prove a webhook handler right: what it takes, refuses, and how it behaves',
    load: () => import('./check/command.ts'),
  },
  { name: 'events', summary: 'list the event types; show one', load: () => import('./events/command.ts') },
  { name: 'secret', summary: 'print the signing secret in use', load: () => import('./secret/command.ts') },
  {
    name: 'demo',
    summary: 'the main job against a built-in listener, in seconds',
    load: () => import('./demo/command.ts'),
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    load: async () => (await import('./completion/command.ts')).completionOf(commands),
  },
];
