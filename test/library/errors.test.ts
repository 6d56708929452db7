import { describe, expect, it } from 'vitest';
import { checkHandler, createListener, deliver, HooksError, signMessage } from '../../src/index.ts';
import { testSecret } from '../support/memory-io.ts';
import { answering } from '../support/targets.ts';

const secret = testSecret;

describe('an error names options, not flags of the program', () => {
  const errorOf = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: HooksError) => error,
    );

  it.each<[title: string, work: () => Promise<unknown>, words: string]>([
    [
      'a foreign host',
      () => deliver(signMessage('{}', { secret }), { to: 'http://example.com' }),
      "allowHosts: ['example.com']",
    ],
    ['a host of another machine', () => createListener({ host: '192.0.2.1' }), 'host 127.0.0.1'],
    ['no port', () => createListener({ port: 70_000 }), 'another host or port'],
    [
      'a port in use',
      async () => createListener({ port: Number(new URL((await answering(200)).url).port) }),
      'port 0',
    ],
    [
      'an unknown check',
      () => checkHandler(() => new Response(), { secret, only: ['nothing'] }),
      'only: "nothing"',
    ],
  ])('%s', async (_title, work, words) => {
    const error = await errorOf(work());
    expect(error).toBeInstanceOf(HooksError);
    const text = `${error?.message} ${error?.fix}`;
    expect(text).toContain(words);
    expect(text).not.toMatch(/(?<!\S)--(?!list)/);
  });
});
