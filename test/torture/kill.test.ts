import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startProcess } from '../support/processes.ts';
import { repository } from '../support/repository.ts';

it('50 times kill -9 under load, another listener beside it: nothing acknowledged is lost, and each start works', async () => {
  const script = join(repository, 'test/torture/kill.mjs');
  const torture = startProcess(process.execPath, [script, '--kills=50', '--json']);
  expect(await torture.ended, torture.stderr()).toBe(0);
  const result = JSON.parse(torture.stdout());
  expect(result).toMatchObject({ kills: 50, lost: 0, failed_starts: 0, list_exit_code: 0 });
  expect(result.acknowledged).toBeGreaterThan(500);
}, 120_000);
