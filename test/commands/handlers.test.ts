import { describe, expect, it } from 'vitest';
import { testSecret } from '../support/memory-io.ts';
import { type Handler, runBin, startHandler } from '../support/processes.ts';

const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };

describe('handlers as developers write them, each a process of its own', () => {
  it.each<Handler>(['express', 'hono', 'plain'])('%s accepts 52 of 52', async (name) => {
    const { url } = await startHandler(name);
    const ran = await runBin(['send', '--all', '--json', '--to', url], { env });
    const facts = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(facts.filter(({ ok }) => !ok)).toEqual([]);
    expect(facts.at(-1)).toMatchObject({ kind: 'summary', total: 52, accepted: 52 });
    expect(ran.exitCode).toBe(0);
  });

  it.each<Handler>(['express', 'hono', 'plain'])('%s refuses what another secret signed', async (name) => {
    const { url } = await startHandler(name);
    const ran = await runBin(['send', 'user.created', '--to', url, '--secret', `whsec_${'A'.repeat(32)}`], {
      env,
    });
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout).toMatch(/^✗ 40[01] /);
  });

  it('that of the webhooks overview refuses all 52, and the first cause is the parsed body, with the fix', async () => {
    const { url } = await startHandler('overview');
    const ran = await runBin(['send', '--all', '--to', url], { env });
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout.match(/^✗ 500 /gm)).toHaveLength(52);
    expect(ran.stderr).toContain('the message verifies with its own secret');
    expect(ran.stderr).toMatch(/^ {3}1\. the body was parsed before it was verified.*express\.raw\(/m);
  });
});
