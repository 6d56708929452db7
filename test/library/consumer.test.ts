import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { publint } from 'publint';
import { beforeAll, describe, expect, it } from 'vitest';
import { installInto, packInto } from '../support/package.ts';
import { repository } from '../support/repository.ts';

/** The code of a consumer, as an ES module and as CommonJS, without zod. */
const body = `
const secret = createSecret();
const event = createEvent('user.created', { data: { email: 'x@example.com' } });
const email: string = event.data.email;
// @ts-expect-error: no such field
event.data.nothing;
const message = signMessage(event, { secret });
const verdict: Verdict = verifyMessage(message, { secret });
const parsed: ScalekitEvent = parseEvent(message.body);
if (parsed.type === 'organization.sso_created') parsed.data.connection_type?.toUpperCase();
const schema: StandardSchema<EventOf<'user.created'>> = eventSchemas['user.created'];
const request: Request = signedRequest('user.created', { secret });
const why = explain({ headers: message.headers, body: '{}' }, { secret });

async function main() {
  const listener = await createListener({ secret, port: 0 });
  const outcome = await deliver(message, { to: listener.url });
  for await (const received of listener) {
    console.log(JSON.stringify([received.type, received.verdict.verified, outcome.answered && outcome.status]));
    break;
  }
  await listener.close();
  console.log(JSON.stringify([email, verdict.verified, why.explained, request.method, eventTypes.length, schema['~standard'].vendor]));
}
void main();
`;
const names =
  'createEvent, createListener, createSecret, deliver, eventSchemas, eventTypes, explain, parseEvent, signedRequest, signMessage, verifyMessage';
const types = 'EventOf, ScalekitEvent, StandardSchema, Verdict';
const consumers = {
  'consumer.mts': `import { ${names} } from 'scalekit-hooks';\nimport type { ${types} } from 'scalekit-hooks';\n${body}`,
  'consumer.cts': `import type { ${types} } from 'scalekit-hooks';\nimport library = require('scalekit-hooks');\nconst { ${names} } = library;\n${body}`,
};

describe('the packed library, for a consumer', () => {
  let folder: string;
  let tarball: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'scalekit-hooks-consumer-'));
    ({ tarball } = packInto(folder));
    installInto(folder, tarball);
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
    // Of the packages in this repository, a consumer gets only the types of Node.js.
    for (const name of ['@types/node', 'undici-types']) {
      symlinkSync(join(repository, 'node_modules', name), join(folder, 'node_modules', name));
    }
    for (const [name, text] of Object.entries(consumers)) writeFileSync(join(folder, name), text);
    return () => rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });

  it.each(Object.keys(consumers))(
    '%s type-checks and runs',
    (name) => {
      const tsc = join(repository, 'node_modules/typescript/bin/tsc');
      const options = [
        '--strict',
        '--module',
        'nodenext',
        '--target',
        'es2022',
        '--lib',
        'es2023,esnext.disposable',
        '--types',
        'node',
      ];
      run(tsc, ...options, '--outDir', 'out', name);
      const printed = run(join('out', name.replace('ts', 'js')))
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(printed).toEqual([
        ['user.created', true, 201],
        ['x@example.com', true, false, 'POST', 52, 'scalekit-hooks'],
      ]);
    },
    60_000,
  );

  it('publint reports nothing', async () => {
    const { messages } = await publint({
      pkgDir: join(folder, 'node_modules/scalekit-hooks'),
      pack: false,
      strict: true,
    });
    expect(messages).toEqual([]);
  });

  it('"are the types wrong?" reports nothing', async () => {
    const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(readFileSync(tarball))));
    expect(analysis).toMatchObject({ types: { kind: 'included' }, problems: [] });
  }, 60_000);

  it('importing has no side effects, and signing loads no transport, server or command line', () => {
    const script = `
      const before = [process.listenerCount('exit'), Object.keys(globalThis).length, process._getActiveHandles().length];
      const { createSecret, signMessage, verifyMessage } = require('scalekit-hooks');
      const after = [process.listenerCount('exit'), Object.keys(globalThis).length, process._getActiveHandles().length];
      const secret = createSecret();
      verifyMessage(signMessage('x', { secret }), { secret });
      console.log(JSON.stringify({
        before, after,
        files: Object.keys(require.cache).map((file) => file.split(/[\\\\/]/).pop()),
        parts: process.moduleLoadList.filter((part) => /^NativeModule (net|http|https|tls|http2)$/.test(part)),
        text: Object.keys(require.cache).map((file) => require('fs').readFileSync(file, 'utf8')).join(''),
      }));`;
    const { before, after, files, parts, text } = JSON.parse(run('-e', script));
    expect(after).toEqual(before);
    expect(parts).toEqual([]);
    expect(files).not.toContain('library-transport.cjs');
    // Strings from commander and undici, which a bundle keeps.
    expect(text).not.toMatch(/unknown option|UND_ERR_/);
    expect(readFileSync(join(folder, 'node_modules/scalekit-hooks/dist/transport.cjs'), 'utf8')).toMatch(
      /UND_ERR_/,
    );
  });

  it('the types mention no other package', () => {
    const declared = readFileSync(join(folder, 'node_modules/scalekit-hooks/dist/index.d.cts'), 'utf8');
    // Comments are prose, which may contain "from" and a quotation mark.
    const code = declared.replace(/\/\*[\s\S]*?\*\//g, '');
    expect(code).toContain('declare function verifyMessage');
    expect(code).not.toMatch(/\b(from|import)\b.*['"](?!node:)/);
    expect(declared).not.toMatch(/zod|undici|commander/i);
  });
});
