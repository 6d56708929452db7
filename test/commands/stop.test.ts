import { expect, it } from 'vitest';
import { listenForStop } from '../../src/commands/stop.ts';
import { memoryIo } from '../support/memory-io.ts';

it('a signal that comes after the work was stopped by another has an exit code too', () => {
  const { io, signal, exits } = memoryIo([]);
  const stop = listenForStop(io);
  signal('SIGINT');
  stop.forget();
  signal('SIGINT');
  expect(exits).toEqual([130]);
});

it('a signal that comes after the work has ended is left to the system', () => {
  const { io, signal, exits } = memoryIo([]);
  const stop = listenForStop(io);
  stop.forget();
  signal('SIGINT');
  expect({ exits, exitCode: stop.exitCode }).toEqual({ exits: [], exitCode: undefined });
});
