import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, defineConfig } from 'rolldown';
import { dts } from 'rolldown-plugin-dts';

/**
 * Loading is what a short command spends its time on, so what a package loads and we never call is left out:
 * commander loads node:child_process for subcommands that are separate executables (we have none); undici's client loads
 * HTTP/2 (Scalekit delivers by HTTP/1.1, and we never offer h2), what makes bytes of bodies that are none (ours are
 * bytes), and node:http, whose limit of headers we give it.
 */
const unused = {
  name: 'unused-parts-of-packages',
  resolveId: {
    filter: { id: /^node:(child_process|http)$|\/client-h2\.js$|\/web\/fetch\/body\.js$/ },
    handler(_source, importer) {
      if (/node_modules[\\/](commander|undici)[\\/]/.test(importer ?? '')) return '\0unused';
    },
  },
  load: {
    filter: { id: /^\0unused$/ },
    handler: () => 'module.exports = {};',
  },
};

/** The licences of the packages that end up in dist, beside it, as those licences ask. */
const licences = {
  name: 'licences',
  generateBundle(_options, bundle) {
    const folders = new Set();
    for (const chunk of Object.values(bundle)) {
      for (const id of chunk.moduleIds ?? []) {
        const folder = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0];
        if (folder) folders.add(folder);
      }
    }
    const texts = [...folders].sort().map((folder) => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      const file = readdirSync(folder).find((candidate) => /^licen[cs]e(\.|$)/i.test(candidate));
      if (!file) throw new Error(`${name} ships no licence file`);
      return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
    });
    this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: texts.join(`\n${'-'.repeat(80)}\n\n`) });
  },
};

/** The modules of folders of src, without those of the folders below them. */
const folders = (...paths) => new RegExp(`[\\\\/]src[\\\\/](?:${paths.join('|')})[\\\\/][^\\\\/]+$`);

/** The modules of a package. */
const installed = (name) => new RegExp(`[\\\\/]node_modules[\\\\/]${name}[\\\\/]`);

/** The modules of any of these. */
const either = (...patterns) => new RegExp(patterns.map(({ source }) => source).join('|'));

/** A chunk for what is loaded together, by folder. Everything else is divided by who loads it. */
const groups = [
  // All that stands at the top of src but for the ways in.
  { name: 'ground', test: /[\\/]src[\\/](?!main|program|plain|run-command|index)[\w-]+\.ts$/ },
  { name: 'core', test: folders('config', 'report', 'report/human', 'events/catalog') },
  { name: 'command-line', test: either(installed('commander'), folders('cli')) },
  { name: 'messages', test: folders('events', 'signature', 'delivery', 'input') },
  { name: 'captures', test: folders('captures', 'captures/journal') },
];

/** `commands/send/run.ts` becomes `send-run.cjs`. */
const nameOf = ({ name, facadeModuleId }) => {
  const command = /commands[\\/](\w+)[\\/](\w+)\.ts$/.exec(facadeModuleId ?? '');
  return command ? `${command[1]}-${command[2]}.cjs` : `${name}.cjs`;
};

/** Texts that are the same each time, help and completion, are written here once: see src/prepared.ts. */
const prepared = {
  name: 'prepared',
  async writeBundle() {
    const root = import.meta.dirname;
    const { run, linesToPrepare } = createRequire(import.meta.url)('./dist/main.cjs');
    const texts = {};
    for (const line of await linesToPrepare()) {
      const output = { write: (text) => (texts[line] = (texts[line] ?? '') + text), flush: async () => true };
      const exitCode = await run({
        argv: line.split(' '),
        env: {},
        cwd: root,
        root,
        stdout: output,
        stderr: output,
        now: Date.now,
      });
      if (exitCode !== 0) throw new Error(`${line} exited with ${exitCode}: ${texts[line]}`);
    }
    writeFileSync(join(root, 'dist/prepared.json'), JSON.stringify(texts));
  },
};

/** An error that nobody catches prints the name of its class. */
const keepNames = { class: true, function: false };
const minify = { compress: { keepNames }, mangle: { keepNames }, codegen: true };

/** What both bundles have in common. */
const common = {
  platform: 'node',
  // Bundling the declarations takes as long as it takes.
  checks: { bundlerTimings: false },
  // jsonc-parser's main file loads its parts by a require that no bundler can see; its module file does not.
  resolve: { mainFields: ['module', 'main'] },
};

const program = defineConfig({
  ...common,
  input: 'src/main.ts',
  plugins: [unused, licences, prepared],
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: nameOf,
    minify,
    codeSplitting: { groups },
    cleanDir: true,
  },
});

/** For `import`: the names of the one bundle, so that there are no two copies of it in a process. */
const module = {
  name: 'module',
  generateBundle(_options, bundle) {
    const { exports: names } = bundle['index.cjs'];
    const source = `import library from './index.cjs';\nexport const { ${names.join(', ')} } = library;\n`;
    this.emitFile({ type: 'asset', fileName: 'index.mjs', source });
  },
};

/** The library: a bundle of its own, since it shares little with a command and loads none of the program. */
const library = defineConfig({
  ...common,
  // What the program loads on demand is one chunk here.
  checks: { ...common.checks, ineffectiveDynamicImport: false },
  input: 'src/index.ts',
  plugins: [unused, module],
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'library-[name].cjs',
    minify,
  },
});

/** The library's types, in one file; the same for both kinds of modules. */
const types = ['mts', 'cts'].map((kind) =>
  defineConfig({
    checks: common.checks,
    input: 'src/index.ts',
    plugins: [dts({ emitDtsOnly: true })],
    output: { dir: 'dist', entryFileNames: `[name].${kind.replace('t', 'j')}` },
  }),
);

// One after the other: the first clears the folder.
for (const config of [program, library, ...types]) await build(config);
