import { describe, expect, it } from 'vitest';
import { testSecret } from '../support/memory-io.ts';
import { type Handler, runBin, startHandler } from '../support/processes.ts';

const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };

describe('handlers as developers write them, each in its own process', () => {
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

  it.each<Handler>(['express', 'hono', 'plain'])(
    '%s rejects a message signed with another secret',
    async (name) => {
      const { url } = await startHandler(name);
      const ran = await runBin(['send', 'user.created', '--to', url, '--secret', `whsec_${'A'.repeat(32)}`], {
        env,
      });
      expect(ran.exitCode).toBe(1);
      expect(ran.stdout).toMatch(/^✗ 40[01] /);
    },
  );

  it('the handler of the webhooks overview rejects all 52, and the first possible cause is the parsed body', async () => {
    const { url } = await startHandler('overview');
    const ran = await runBin(['send', '--all', '--to', url], { env });
    expect(ran.exitCode).toBe(1);
    expect(ran.stdout.match(/^✗ 500 /gm)).toHaveLength(52);
    expect(ran.stderr.match(/^ {3}1\. .*\bbody\b.*express\.raw\(/gm)).toHaveLength(1);
    const one = await runBin(['send', 'user.created', '--json', '--to', url], { env });
    const { causes } = JSON.parse(one.stdout);
    expect(causes[0]).toMatchObject({
      codes: ['parsed_body'],
      fix: expect.stringContaining('express.raw('),
    });
  });
});
