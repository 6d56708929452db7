import { expect, it } from 'vitest';
import { listenForStop } from '../../src/commands/stop.ts';
import { run } from '../../src/main.ts';
import { openReport } from '../../src/report/index.ts';
import { memoryIo, testSecret } from '../support/memory-io.ts';
import { httpTarget } from '../support/targets.ts';

async function stopOf(world: ReturnType<typeof memoryIo>) {
  return listenForStop({ io: world.io, report: await openReport(world.io, {}) });
}

it('a signal that comes after the work was stopped by another has an exit code too', async () => {
  const world = memoryIo([]);
  const { signal, exits } = world;
  const stop = await stopOf(world);
  signal('SIGINT');
  stop.forget();
  signal('SIGINT');
  expect(exits).toEqual([130]);
});

it('a signal that comes after the work has ended is left to the system', async () => {
  const world = memoryIo([]);
  const { signal, exits } = world;
  const stop = await stopOf(world);
  stop.forget();
  signal('SIGINT');
  expect({ exits, exitCode: stop.exitCode }).toEqual({ exits: [], exitCode: undefined });
});

it.each([true, false])('Ctrl-C while a response is awaited: terminal %s', async (isTerminal) => {
  let press: () => void = () => {};
  const target = await httpTarget(() => press());
  const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };
  const world = memoryIo(['send', 'user.created', '--to', target.url], { env, isTerminal });
  press = () => world.signal('SIGINT');
  expect(await run(world.io)).toBe(130);
  // A person at a terminal sees why the program has not ended yet, and how to end it.
  expect(/Press Ctrl-C again/.test(world.io.stderr.text)).toBe(isTerminal);
});
