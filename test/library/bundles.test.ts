import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { rolldown } from 'rolldown';
import { describe, expect, it } from 'vitest';
import { appBody, appNames, bundledApps, printedByApp } from '../support/bundled-app.ts';
import { startProcess } from '../support/processes.ts';
import { repository } from '../support/repository.ts';
import { temporaryFolder } from '../support/temporary.ts';

/** A project that has the package installed. */
function project(kind: keyof typeof bundledApps): { folder: string; entry: string } {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(repository, join(folder, 'node_modules/scalekit-hooks'));
  const entry = join(folder, kind === 'esm' ? 'app.mjs' : 'app.cjs');
  writeFileSync(entry, bundledApps[kind]);
  return { folder, entry };
}

/** Runs a bundle where nothing else is: no node_modules, no fixtures. */
async function runAlone(file: string): Promise<string> {
  const folder = temporaryFolder();
  const copy = join(folder, file.endsWith('.cjs') ? 'bundle.cjs' : 'bundle.mjs');
  cpSync(file, copy);
  const ran = startProcess(process.execPath, [copy], { cwd: folder });
  expect(await ran.ended, ran.stderr()).toBe(0);
  return ran.stdout();
}

describe.each(['esm', 'cjs'] as const)('an app in %s', (kind) => {
  const extension = kind === 'esm' ? 'mjs' : 'cjs';

  it('bundled by esbuild to one file', async () => {
    const { folder, entry } = project(kind);
    const outfile = join(folder, `out.${extension}`);
    await esbuild.build({
      entryPoints: [entry],
      outfile,
      format: kind,
      bundle: true,
      platform: 'node',
      logLevel: 'silent',
    });
    expect(await runAlone(outfile)).toBe(printedByApp);
  });

  it('bundled by rolldown to one file', async () => {
    const { folder, entry } = project(kind);
    const bundle = await rolldown({ input: entry, platform: 'node' });
    const file = join(folder, `out.${extension}`);
    await bundle.write({ file, format: kind, codeSplitting: false });
    await bundle.close();
    expect(await runAlone(file)).toBe(printedByApp);
  });
});

it('an app in ES modules that esbuild makes CommonJS of', async () => {
  const { folder, entry } = project('esm');
  writeFileSync(entry, `import ${appNames} from 'scalekit-hooks';\n(async () => {${appBody}})();`);
  const outfile = join(folder, 'out.cjs');
  await esbuild.build({
    entryPoints: [entry],
    outfile,
    format: 'cjs',
    bundle: true,
    platform: 'node',
    logLevel: 'silent',
  });
  expect(await runAlone(outfile)).toBe(printedByApp);
});

it('both copies in one process: an error of one is recognized by the other', async () => {
  const { folder } = project('esm');
  const file = join(folder, 'both.mjs');
  writeFileSync(
    file,
    `import { createRequire } from 'node:module';
     import { createEvent, HooksError } from 'scalekit-hooks';
     const other = createRequire(import.meta.url)('scalekit-hooks');
     const errorOf = (create) => { try { create('nosuch'); } catch (error) { return error; } };
     console.log(errorOf(other.createEvent) instanceof HooksError, errorOf(createEvent) instanceof other.HooksError,
       errorOf(createEvent) instanceof HooksError, new Error('x') instanceof HooksError, errorOf(createEvent).constructor.name);`,
  );
  const ran = startProcess(process.execPath, [file], { cwd: folder });
  expect(await ran.ended, ran.stderr()).toBe(0);
  expect(ran.stdout()).toBe('true true true false HooksError\n');
});
