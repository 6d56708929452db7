import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { Delivered, MessageReceived } from '../../src/report/facts/index.ts';
import { openReport } from '../../src/report/index.ts';
import { memoryIo, runCommand, testSecret } from '../support/memory-io.ts';
import { runBin, startBin, startProcess } from '../support/processes.ts';
import { bin } from '../support/repository.ts';
import { answering, httpTarget } from '../support/targets.ts';
import { temporaryFolder } from '../support/temporary.ts';

const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };

/** Characters that must never reach a terminal unescaped, without the colors that the report writes itself. */
const dangerous =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\u{e0000}-\u{e007f}]/u;

/** Stops a listener while its app does not respond. Another signal is sent once the first has closed the port. */
async function stopped(signal: NodeJS.Signals, times: 1 | 2) {
  const app = await httpTarget(() => {});
  const args = ['listen', '--port', '0', '--forward-unverified', '--forward-to', app.url];
  const started = startBin(args, { env });
  const [, url] = await started.until(/ready on (\S+)/);
  const hanging = fetch(url!, { method: 'POST' }).catch(() => undefined);
  await vi.waitFor(() => expect(app.requests).toHaveLength(1), { timeout: 10_000 });
  const start = performance.now();
  started.child.kill(signal);
  if (times === 2) {
    await vi.waitFor(() => expect(fetch(url!)).rejects.toThrow(), { timeout: 10_000 });
    started.child.kill(signal);
  }
  const code = await started.ended;
  await hanging;
  return { code, took: performance.now() - start, stderr: started.stderr() };
}

/** Runs a command after loading a script. */
async function withPreload(script: string, args: string[]) {
  const preload = join(temporaryFolder(), 'preload.cjs');
  writeFileSync(preload, script);
  const started = startProcess(process.execPath, ['--require', preload, bin, ...args], { env });
  started.child.stdin.end();
  return { exitCode: await started.ended, stdout: started.stdout(), stderr: started.stderr() };
}

const situations: Record<string, () => Promise<void>> = {
  'a DNS server that does not respond: the timeout still ends the process': async () => {
    const silent = `require('dns').lookup = (name, options, callback) => {
      setTimeout(() => callback(new Error('too late')), 60_000);
    };`;
    const began = performance.now();
    const args = ['send', 'user.created', '--timeout', '300ms', '--to', 'http://slow.test/'];
    expect(await withPreload(silent, args)).toMatchObject({ exitCode: 3 });
    expect(performance.now() - began).toBeLessThan(10_000);
  },
  'connects only to the target': async () => {
    const target = await httpTarget();
    const watching = `const net = require('net');
      const { connect } = net.Socket.prototype;
      net.Socket.prototype.connect = function (...args) {
        const [{ host, port }] = [args[0]].flat();
        process.stderr.write('connects to ' + host + ':' + port + '\\n');
        return connect.apply(this, args);
      };
      require('dns').lookup = () => process.stderr.write('looks up\\n');`;
    for (const args of [['send', 'user.created', '--to', target.url], ['events'], ['secret'], ['captures']]) {
      const { exitCode, stderr } = await withPreload(watching, args);
      expect(exitCode, stderr).toBe(0);
      const asked = stderr.match(/connects to .*|looks up/g) ?? [];
      const { host } = new URL(target.url);
      expect(asked).toEqual(args[0] === 'send' ? [`connects to ${host}`] : []);
    }
  },
  'SIGINT once: waits at most two seconds for open requests, then prints a summary': async () => {
    const { code, took, stderr } = await stopped('SIGINT', 1);
    expect(code).toBe(130);
    expect(took).toBeLessThan(6000);
    expect(stderr).toMatch(/^1 received: 0 verified, 1 rejected \(502: 1\)/m);
  },
  'SIGINT twice: ends immediately': async () => {
    const { code, took } = await stopped('SIGINT', 2);
    expect(code).toBe(130);
    expect(took).toBeLessThan(1500);
  },
  SIGTERM: async () => {
    expect((await stopped('SIGTERM', 1)).code).toBe(143);
  },
  'SIGHUP: ends': async () => {
    const started = startBin(['listen', '--port', '0'], { env });
    await started.until(/ready on/);
    started.child.kill('SIGHUP');
    expect(await started.ended).toBe('SIGHUP');
  },
  'not a terminal: no color, no cursor movement, the same facts': async () => {
    const target = await httpTarget();
    const args = ['send', 'session.*', '--to', target.url];
    const piped = await runBin(args, { env });
    expect(piped.stdout + piped.stderr).not.toContain('\x1b');
    const colored = await runBin(args, { env: { ...env, FORCE_COLOR: '1' } });
    const bare = (text: string) => text.replaceAll(/\x1b\[\d+m/g, '').replaceAll(/evt_\d+|[\d.]+ ms/g, '');
    expect(colored.stdout).toContain('\x1b');
    expect(bare(colored.stdout).replaceAll(/ +/g, ' ')).toBe(bare(piped.stdout).replaceAll(/ +/g, ' '));
  },
  'escape sequences in a response, a type, an id, a header, a file name and a flag': async () => {
    const nasty = '\x1b[2J\x9b31m\u202e\u2066\x07\ud800\u{e0041}';
    const target = await answering(500, nasty, { location: 'http://localhost/%1b' });
    const edits = ['--set', `type=${nasty}`, '--set', `id=${nasty}`];
    const commands = [
      ['send', 'user.created', ...edits, '--to', target.url],
      ['send', 'user.created', ...edits, '--dry-run'],
      ['send', nasty],
      ['send', `./${nasty}.json`],
      ['send', 'user.created', `--${nasty}`],
      ['send', 'user.created', '--to', nasty],
      ['listen', '--port', nasty],
      [nasty],
    ];
    for (const command of commands) {
      for (const flags of [[], ['--json'], ['--verbose', '--debug']]) {
        const { stdout, stderr } = await runCommand([...command, ...flags], { env });
        expect(stdout + stderr, command.join(' ')).not.toMatch(dangerous);
      }
    }
  },
  'any string in any field, as text and as JSON': async () => {
    const text = fc.string({ unit: 'binary' });
    const { io } = memoryIo([]);
    await fc.assert(
      fc.asyncProperty(text, text, text, fc.boolean(), async (type, id, response, json) => {
        io.stdout.text = '';
        io.stderr.text = '';
        const report = await openReport(io, { json, verbose: true });
        report.print({ kind: 'error', code: 'x', message: type, detail: id, fix: response });
        report.print({ ...delivered, event_type: type, event_id: id, response });
        report.print({ ...received, event_type: type, event_id: id, body: response, webhook_id: type });
        report.print({ ...received, body: JSON.stringify({ data: { [type]: id } }) });
        report.note(response);
        expect(io.stdout.text + io.stderr.text).not.toMatch(dangerous);
        for (const line of json ? io.stdout.text.trimEnd().split('\n') : []) JSON.parse(line);
      }),
      { numRuns: 1000 },
    );
  },
  'line feeds in a value: one event is one line': async () => {
    const target = await answering(201);
    const { stdout } = await runCommand(
      ['send', 'user.created', '--set', 'type=a\n::error::b', '--to', target.url],
      { env },
    );
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(stdout).not.toMatch(/^::/m);
  },
  'only the secret command prints the secret': async () => {
    const target = await answering(500, `your secret is ${testSecret}`);
    for (const args of [
      ['send', 'user.created', '--verbose', '--to', target.url],
      ['send', 'user.created', '--json', '--verbose', '--debug', '--to', target.url],
      ['send', testSecret],
      ['send', 'user.created', `--secre=${testSecret}`],
      ['listen', '--port', testSecret],
      ['demo', '--json'],
    ]) {
      const { stdout, stderr } = await runCommand(args, { env });
      expect(stdout + stderr, args.join(' ')).not.toContain(testSecret.slice(6, 20));
    }
  },
  'a message that is too old: its age and the limit, and a hint at the clock': async () => {
    const started = startBin(['listen', '--port', '0'], { env });
    const [, url] = await started.until(/ready on (\S+)/);
    await runCommand(['send', 'user.created', '--age', '2h', '--to', url!], { env });
    await started.until(/\btoo_old: .*\b2 h old\b.*\b5 min\b[\s\S]*\n {2}fix: .*\bclock\b/);
  },
};

const delivered: Delivered = {
  kind: 'delivered',
  event_type: 'x',
  event_id: 'y',
  response: null,
  webhook_id: 'msg_1',
  target: 'http://localhost/',
  ok: false,
  attempt: 1,
  retry_in_ms: null,
  fault: null,
  capture: null,
  was: null,
  expects: null,
  status: 500,
  failure: null,
  duration_ms: 1,
  detail: null,
  fix: null,
  causes: [],
};

const received: MessageReceived = {
  kind: 'received',
  event_type: 'x',
  event_id: 'y',
  organization_id: null,
  webhook_id: 'z',
  verified: true,
  reason: null,
  detail: null,
  age_seconds: 0,
  status: 201,
  duration_ms: 1,
  schema_differences: null,
  delivery_number: 1,
  capture: null,
  method: 'POST',
  path: '/',
  headers: [],
  body: '',
  body_base64: null,
};

describe('running and output', () => {
  it.each(Object.entries(situations))('%s', (_name, holds) => holds());
});
