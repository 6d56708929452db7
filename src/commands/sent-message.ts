import { findFixturesFolder } from '../config/target.ts';
import { sampleOf } from '../events/sample-of.ts';
import type { Message } from '../message.ts';
import type { Context } from './context.ts';

/** A received message with the body that `send` would have signed for it; empty for types without a fixture. */
export function asSentFromHere(message: Message, { io }: Context): Message[] {
  const body = sampleOf(message.body, { root: io.root, fixtures: findFixturesFolder(io, undefined) });
  return body ? [{ headers: message.headers, body }] : [];
}
