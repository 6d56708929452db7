import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { describe, expect, it } from 'vitest';
import { testSecret } from './support/memory-io.ts';
import { startProcess } from './support/processes.ts';
import { bin } from './support/repository.ts';
import { httpTarget } from './support/targets.ts';
import { temporaryFolder } from './support/temporary.ts';

/** Tells, at the end of a process, the files of ours and the parts of Node.js that it loaded. */
const probe = `
  const before = new Set(process.moduleLoadList);
  process.on('exit', () => {
    const parts = process.moduleLoadList.filter((part) => !before.has(part) && part.startsWith('NativeModule '));
    const loaded = { parts: parts.map((part) => part.slice(13)), files: Object.keys(require.cache) };
    require('fs').writeFileSync(process.env.LOADED, JSON.stringify(loaded));
  });`;

/** What a command loads: names of files in dist, and of public parts of Node.js. */
async function loadedBy(args: string[], env: Record<string, string> = {}) {
  const folder = temporaryFolder();
  const [probeFile, loadedFile] = [join(folder, 'probe.cjs'), join(folder, 'loaded.json')];
  mkdirSync(join(folder, 'home'));
  writeFileSync(probeFile, probe);
  const started = startProcess(process.execPath, ['--require', probeFile, bin, ...args], {
    env: { LOADED: loadedFile, XDG_CONFIG_HOME: join(folder, 'home'), ...env },
  });
  expect(await started.ended, started.stderr()).toBe(0);
  const { parts, files } = (await import(loadedFile, { with: { type: 'json' } })).default as {
    parts: string[];
    files: string[];
  };
  return {
    parts: parts.filter((part) => !part.startsWith('internal/') && !part.startsWith('_')),
    files: files
      .filter((file) => /[\\/]dist[\\/]/.test(file))
      .map((file) => /([^\\/]+)\.cjs$/.exec(file)![1]!),
  };
}

const secret = { SCALEKIT_WEBHOOK_SECRET: testSecret };

describe('a command loads only what it uses', () => {
  it('--version: nothing but itself', async () => {
    const { parts, files } = await loadedBy(['--version']);
    expect(files.sort()).toEqual(['io', 'main']);
    expect(parts).toEqual([]);
  });

  it.each([['--help'], ['events'], ['events', 'user.created'], ['secret']])(
    '%s %s: no network, no cryptography, no streams',
    async (...args) => {
      const { parts, files } = await loadedBy(args, secret);
      expect(files.length, files.join(' ')).toBeLessThanOrEqual(4);
      for (const part of ['crypto', 'net', 'http', 'stream', 'tty', 'child_process'])
        expect(parts).not.toContain(part);
    },
  );

  it('send: one transport, and neither schemas nor the listener nor HTTP/2 nor colours', async () => {
    const target = await httpTarget();
    const { parts, files } = await loadedBy(['send', 'user.created', '--to', target.url], secret);
    expect(parts).toContain('net');
    for (const file of ['event-file', 'listen', 'demo', 'paint', 'spinner'])
      expect(files).not.toContain(file);
    for (const part of ['http2', 'https', 'child_process', 'worker_threads', 'zlib'])
      expect(parts).not.toContain(part);
  });

  it('verify: neither transport nor listener', async () => {
    const body = '{"type":"x","data":{}}';
    const id = 'msg_1';
    const now = Math.floor(Date.now() / 1000);
    const signature = new StandardWebhook(testSecret).sign(id, new Date(now * 1000), body);
    const headers = [`webhook-id: ${id}`, `webhook-timestamp: ${now}`, `webhook-signature: ${signature}`];
    const { parts, files } = await loadedBy(
      ['verify', '--body', body, ...headers.flatMap((header) => ['-H', header])],
      secret,
    );
    for (const part of ['net', 'http', 'https', 'child_process', 'worker_threads'])
      expect(parts).not.toContain(part);
    for (const file of ['deliver', 'listen', 'demo']) expect(files).not.toContain(file);
  });

  it('the probe sees what is loaded', async () => {
    const { parts, files } = await loadedBy(['demo']);
    expect(parts).toContain('http');
    expect(parts).toContain('crypto');
    expect(files).toContain('demo');
  });
});
