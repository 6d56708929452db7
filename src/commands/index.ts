import type { CommandFile } from './context.ts';

/** A command as the program knows it before it is needed. */
export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<CommandFile>;
}

/** Every command, in the order of the help. A command is loaded only when it is called. */
export const commands: readonly CommandEntry[] = [
  { name: 'send', summary: 'build, sign and deliver events', load: () => import('./send.ts') },
  {
    name: 'listen',
    summary: 'receive, verify, print, capture and forward events',
    load: () => import('./listen.ts'),
  },
  { name: 'replay', summary: 'deliver captured events again', load: () => import('./replay.ts') },
  {
    name: 'captures',
    summary: 'list what was captured; show, save or clear it',
    load: () => import('./captures.ts'),
  },
  {
    name: 'verify',
    summary: 'say whether a message verifies, and if not why',
    load: () => import('./verify.ts'),
  },
  {
    name: 'check',
    summary: 'prove a webhook handler right: what it takes, refuses, and how it behaves',
    load: () => import('./check.ts'),
  },
  { name: 'events', summary: 'list the event types; show one', load: () => import('./events.ts') },
  { name: 'secret', summary: 'print the signing secret in use', load: () => import('./secret.ts') },
  {
    name: 'demo',
    summary: 'the main job against a built-in listener, in seconds',
    load: () => import('./demo.ts'),
  },
  {
    name: 'completion',
    summary: 'print a completion script for a shell',
    load: () => import('./completion.ts'),
  },
];
