import { join } from 'node:path';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { testSecret } from './support/memory-io.ts';
import { startProcess } from './support/processes.ts';
import { repository } from './support/repository.ts';
import { httpTarget } from './support/targets.ts';

type Loaded = { parts: string[]; files: string[] };
const { loadedBy } = (await import(join(repository, 'test/size/loaded.mjs'))) as {
  loadedBy(args: string[]): Promise<Loaded>;
};

/** Parts of Node.js that take time to load. */
const heavy = ['crypto', 'net', 'http', 'stream', 'tty', 'child_process'];

describe('a command loads only what it uses', () => {
  it.each([['--version'], ['--help'], ['send', '--help'], ['completion', 'bash']])(
    '%s %s: nothing but what prints it',
    async (...args) => {
      const { parts, files } = await loadedBy(args.filter(Boolean));
      expect(files).toEqual(['main', 'rolldown-runtime', 'system']);
      expect(heavy.filter((part) => parts.includes(part))).toEqual([]);
    },
  );

  it.each([['events'], ['secret']])('%s: neither parser nor network nor cryptography', async (...args) => {
    const { parts, files } = await loadedBy(args);
    expect(files).not.toContain('parser');
    expect(heavy.filter((part) => parts.includes(part))).toEqual([]);
  });

  it('events user.created: no network, no cryptography, no streams', async () => {
    const { parts, files } = await loadedBy(['events', 'user.created']);
    expect(files).not.toContain('transport');
    expect(heavy.filter((part) => parts.includes(part))).toEqual([]);
  });

  it('send: one transport, and neither schemas nor the listener nor HTTP/2 nor colours', async () => {
    const target = await httpTarget();
    const { parts, files } = await loadedBy(['send', 'user.created', '--to', target.url]);
    expect(parts).toContain('net');
    for (const file of ['event-file', 'server', 'demo-run', 'paint', 'spinner'])
      expect(files).not.toContain(file);
    for (const part of ['http', 'http2', 'https', 'child_process', 'worker_threads', 'zlib'])
      expect(parts).not.toContain(part);
  });

  it('verify: neither transport nor listener', async () => {
    const body = '{"type":"x","data":{}}';
    const id = 'msg_1';
    const now = Math.floor(Date.now() / 1000);
    const signature = new StandardWebhook(testSecret).sign(id, new Date(now * 1000), body);
    const headers = [`webhook-id: ${id}`, `webhook-timestamp: ${now}`, `webhook-signature: ${signature}`];
    const given = headers.flatMap((header) => ['-H', header]);
    const { parts, files } = await loadedBy(['verify', '--body', body, ...given]);
    for (const part of ['net', 'http', 'https', 'child_process', 'worker_threads'])
      expect(parts).not.toContain(part);
    for (const file of ['transport', 'server', 'demo-run']) expect(files).not.toContain(file);
  });

  it('the probe sees what is loaded', async () => {
    const { parts, files } = await loadedBy(['demo']);
    expect(parts).toContain('http');
    expect(parts).toContain('crypto');
    expect(files).toContain('demo-run');
  });
});

it('npm run size: everything is within its budget', async () => {
  const ran = startProcess(process.execPath, [join(repository, 'test/size/main.mjs'), '--json'], {
    env: { HOME: process.env.HOME ?? '' },
  });
  expect(await ran.ended, ran.stdout() + ran.stderr()).toBe(0);
  const rows = ran
    .stdout()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { name: string; value: number; budget: number });
  expect(rows.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'tarball, kB',
      'packages installed',
      'send user.created --dry-run, files loaded',
    ]),
  );
  for (const { name, value, budget } of rows) expect(value, name).toBeLessThanOrEqual(budget);
});
