/** What a command line loads, read from the lists that Node.js keeps of it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '../../bin/scalekit-hooks.cjs');
const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

/** Tells, at the end of a process, the files of ours and the parts of Node.js that it loaded. */
const probe = `
  const before = new Set(process.moduleLoadList);
  process.on('exit', () => {
    const parts = process.moduleLoadList.filter((part) => !before.has(part) && part.startsWith('NativeModule '));
    const loaded = { parts: parts.map((part) => part.slice(13)), files: Object.keys(require.cache) };
    require('fs').writeFileSync(process.env.LOADED, JSON.stringify(loaded));
  });`;

/** Names of files in dist, and of public parts of Node.js. Throws unless the command exits as expected. */
export async function loadedBy(args, { input = '', exitCode = 0 } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'scalekit-hooks-loaded-'));
  const [probeFile, loadedFile] = [join(folder, 'probe.cjs'), join(folder, 'loaded.json')];
  try {
    writeFileSync(probeFile, probe);
    const child = spawn(process.execPath, ['--require', probeFile, bin, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder, LOADED: loadedFile, SCALEKIT_WEBHOOK_SECRET: secret },
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    child.stdin.end(input);
    const [code] = await once(child, 'close');
    if (code !== exitCode) throw new Error(`${args.join(' ')} exited with ${code}: ${said}`);
    const { parts, files } = JSON.parse(readFileSync(loadedFile, 'utf8'));
    return {
      parts: parts.filter((part) => !part.startsWith('internal/') && !part.startsWith('_')),
      files: files
        .filter((file) => /[\\/]dist[\\/]/.test(file))
        .map((file) => /([^\\/]+)\.cjs$/.exec(file)[1])
        .sort(),
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
