import { cpSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledApps, printedByApp } from '../../support/bundled-app.ts';
import { startProcess } from '../../support/processes.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const forms = [
  ['ES modules', 'esm', 'mjs'],
  ['CommonJS', 'cjs', 'cjs'],
] as const;

/** An app that ncc bundles, run where nothing else is. */
export function describeNcc(projectFolder: () => string): void {
  describe('ncc', () => {
    it.each(forms)(
      '%s',
      async (_title, form, extension) => {
        const project = projectFolder();
        const folder = mkdtempSync(join(project, 'ncc-'));
        writeFileSync(join(folder, `app.${extension}`), bundledApps[form]);
        const cli = join(project, 'node_modules/@vercel/ncc/dist/ncc/cli.js');
        const args = [cli, 'build', `app.${extension}`, '--no-cache', '--out', 'out'];
        const built = startProcess(process.execPath, args, { cwd: folder });
        expect(await built.ended, built.stdout() + built.stderr()).toBe(0);
        const alone = temporaryFolder();
        cpSync(join(folder, 'out'), alone, { recursive: true });
        // It puts what ES modules load on demand into files beside the first.
        if (form === 'cjs') expect(readdirSync(alone)).toEqual(['index.cjs']);
        const ran = startProcess(process.execPath, [join(alone, `index.${extension}`)], { cwd: alone });
        expect(await ran.ended, ran.stderr()).toBe(0);
        expect(ran.stdout()).toBe(printedByApp);
      },
      60_000,
    );
  });
}
