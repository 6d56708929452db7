import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { defineConfig } from 'rolldown';
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

const src = (paths) => new RegExp(`[\\\\/]src[\\\\/](?:${paths})\\.ts$`);

/** What every command needs that says anything, and all of `events` and `secret`: each further file costs a start about 1 %. */
const core = src(
  [
    'run-command|plain|errors|commands/(listing|telling-secret)|settings/(environment|own-secret|secrets)',
    'events/(catalogue|fixtures)|report/(index|human|layout|.*-lines|clean|verdict-words)|signature/(secret|verdict)',
  ].join('|'),
);

/** What else a command line with flags needs. */
const commandLine = new RegExp(
  [
    /[\\/]node_modules[\\/]commander[\\/]/.source,
    src('program|delivery/schedules|commands/(flags|index|context|events|secret)').source,
  ].join('|'),
);

/** What every command needs that makes messages or judges them. */
const messages = new RegExp(
  [
    /[\\/]node_modules[\\/]jsonc-parser[\\/]/.source,
    src(
      [
        'pause|events/(build|edit|edit-path|edit-templates|identify|random|requested|trigger-points|wire-form)',
        'settings/(body|delivery|edits|headers|pace|stamp)|signature/(sign|resign|verify)|checks/(faults|fault-names)',
        'delivery/(attempts|burst|carried-headers|causes|outcome|retry)',
        'report/(delivery-fact|(cause|outcome|status|failure)-words|message-text|shell|tally)',
      ].join('|'),
    ).source,
  ].join('|'),
);

/** What every command needs that reads captures. */
const captured = src(
  'captures/(entry|filter|find|folder|held-line|journals|lines|outcomes|read-record|record|record-members|source|stream)|settings/(captures|types)|commands/(damage|unknown-types)',
);

/** Texts that are the same each time, help and completion, are written here once: see src/prepared.ts. */
const prepared = {
  name: 'prepared',
  async writeBundle() {
    const root = import.meta.dirname;
    const { run, preparedLines } = createRequire(import.meta.url)('./dist/main.cjs');
    const texts = {};
    for (const line of preparedLines) {
      const output = { write: (text) => (texts[line] = (texts[line] ?? '') + text), flush: async () => true };
      const exitCode = await run({
        argv: line.split(' '),
        env: {},
        cwd: root,
        root,
        stdout: output,
        stderr: output,
      });
      if (exitCode !== 0) throw new Error(`${line} exited with ${exitCode}`);
    }
    writeFileSync(join(root, 'dist/prepared.json'), JSON.stringify(texts));
  },
};

/** What both bundles have in common. */
const common = {
  platform: 'node',
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
    chunkFileNames: '[name].cjs',
    minify: true,
    codeSplitting: {
      groups: [
        { name: 'io', test: src('io|system-errors'), priority: 1 },
        { name: 'core', test: core },
        { name: 'program', test: commandLine },
        { name: 'values', test: src('settings/values|events/json') },
        { name: 'messages', test: messages },
        { name: 'captured', test: captured },
      ],
    },
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
  input: 'src/index.ts',
  plugins: [unused, module],
  output: {
    dir: 'dist',
    format: 'cjs',
    entryFileNames: '[name].cjs',
    chunkFileNames: 'library-[name].cjs',
    minify: true,
  },
});

/** The library's types, in one file; the same for both kinds of modules. */
const types = ['mts', 'cts'].map((kind) =>
  defineConfig({
    input: 'src/index.ts',
    plugins: [dts({ emitDtsOnly: true })],
    output: { dir: 'dist', entryFileNames: `[name].${kind.replace('t', 'j')}` },
  }),
);

export default [program, library, ...types];
