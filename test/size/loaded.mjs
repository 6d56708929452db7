/** Finds the modules that a command line loads, from Node.js's own module lists. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const bin = join(import.meta.dirname, '../../bin/scalekit-hooks.cjs');
const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';

/** Preloaded into a process; on exit, it writes the loaded files and Node.js built-ins to the file in LOADED. */
const probe = `
  const before = new Set(process.moduleLoadList);
  process.on('exit', () => {
    const parts = process.moduleLoadList.filter((part) => !before.has(part) && part.startsWith('NativeModule '));
    const loaded = { parts: parts.map((part) => part.slice(13)), files: Object.keys(require.cache) };
    require('fs').writeFileSync(process.env.LOADED, JSON.stringify(loaded));
  });`;

/** `files` are chunks in dist, `parts` are public Node.js built-ins. Throws unless it exits with `exitCode`. */
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
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.stdin.end(input);
    const [code] = await once(child, 'close');
    if (code !== exitCode) throw new Error(`${args.join(' ')} exited with ${code}: ${stderr}`);
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
