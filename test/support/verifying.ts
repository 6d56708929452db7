import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { secretInEnv } from './listener.ts';
import { runCommand, testSecret, type World } from './memory-io.ts';
import { temporaryFolder } from './temporary.ts';

// One message that standardwebhooks signed with the secret of the tests.

/** When it was signed, and when it is verified. */
export const now = Date.parse('2026-11-22T15:06:40.000Z');
export const seconds = String(now / 1000);
export const id = 'msg_2o3NaedIm6pL62OQ544VzM1cIYo';
export const body =
  '{"data":{"email":"ada@example.com","organizationId":"org_1","userId":"usr_1"},"environment_id":"env_1","id":"evt_1","object":"User","occurred_at":"2026-11-22T15:06:39Z","spec_version":"1","type":"user.created"}';
export const signature = new StandardWebhook(testSecret).sign(id, new Date(now), body);

/** Its headers, as flags of `verify`. */
export const flags = [
  ...['-H', `webhook-id: ${id}`],
  ...['-H', `webhook-timestamp: ${seconds}`],
  ...['-H', `webhook-signature: ${signature}`],
];

/** The secret and the clock with which it verifies. */
export const world = { env: secretInEnv, now: () => now };

/** Runs verify in that world. */
export const verify = (args: string[], more: World = {}) =>
  runCommand(['verify', ...args], { ...world, ...more });

/** A working directory that has nothing but this file. */
export function inFile(text: string | Buffer, name = 'message.http'): { cwd: string } {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, name), text);
  return { cwd };
}
