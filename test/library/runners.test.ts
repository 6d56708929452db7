import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { createEvent, createListener, deliver, signMessage } from '../../src/index.ts';
import { startProcess } from '../support/processes.ts';
import { repository } from '../support/repository.ts';
import { socketTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

const entry = join(repository, 'dist/index.mjs');

/** Runs a script that imports the library. */
function script(code: string, args: string[] = []) {
  const file = join(temporaryFolder(), 'script.test.mjs');
  writeFileSync(file, code.replaceAll('LIBRARY', entry));
  return startProcess(process.execPath, [...args, file]);
}

describe('a listener that is never closed', () => {
  it('does not keep a process', async () => {
    const started = script(`
      import { createListener } from 'LIBRARY';
      const listener = await createListener();
      await fetch(listener.url, { method: 'POST', body: '{}' });
      console.log((await listener.next()).verdict.verified);`);
    expect(await started.ended).toBe(0);
    expect(started.stdout()).toBe('false\n');
  });

  it('does not keep node --test after a test that failed', async () => {
    const started = script(
      `
      import { createListener } from 'LIBRARY';
      import test from 'node:test';
      test('fails before close', async () => { await createListener(); throw new Error('failed'); });`,
      ['--test'],
    );
    expect(await started.ended).toBe(1);
    expect(started.stdout()).toMatch(/fail 1/);
  });

  it('keeps the process while somebody waits in next()', async () => {
    const started = script(`
      import { createListener } from 'LIBRARY';
      const listener = await createListener();
      await listener.next(200).catch((error) => console.log(error.message));`);
    expect(await started.ended).toBe(0);
    expect(started.stdout()).toMatch(/no message arrived within 200 ms/);
  });
});

describe('fake timers', () => {
  it('deliver answers, and its time limit works', async () => {
    vi.useFakeTimers();
    try {
      const listener = await createListener();
      const event = createEvent('user.created');
      const message = signMessage(event, { secret: listener.secret });
      expect(await deliver(message, { to: listener.url })).toMatchObject({ answered: true, status: 201 });
      await listener.close();
      const silent = await socketTarget(() => {});
      const lost = await deliver(message, { to: silent.url, timeout: 100 });
      expect(lost).toMatchObject({ answered: false, failure: 'timeout' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('deliver needs none of the timers that runners fake or environments lack', async () => {
    const started = script(`
      import { createEvent, createListener, deliver, signMessage } from 'LIBRARY';
      for (const name of ['setTimeout', 'setInterval', 'queueMicrotask']) globalThis[name] = () => 0;
      for (const name of ['setImmediate', 'clearImmediate']) delete globalThis[name];
      const listener = await createListener();
      const message = signMessage(createEvent('user.created'), { secret: listener.secret });
      console.log((await deliver(message, { to: listener.url })).status);
      await listener.close();`);
    expect(await started.ended, started.stderr()).toBe(0);
    expect(started.stdout()).toBe('201\n');
  });
});
