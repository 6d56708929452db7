import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build, defineConfig } from 'rolldown';
import { esmExternalRequirePlugin } from 'rolldown/plugins';
import { dts } from 'rolldown-plugin-dts';

const either = (...patterns) => new RegExp(patterns.map(({ source }) => source).join('|'));

const redisParts =
  /@redis[\\/]client[\\/]dist[\\/]lib[\\/](?:(?:commands|cluster|sentinel)[\\/]index|client[\\/](?:pool|legacy-mode))\.js$/;

/**
 * Short commands spend most of their time loading code, so unused modules of packages are omitted. commander loads
 * node:child_process for subcommands in separate executables; we have none. undici's client loads HTTP/2, which we
 * never offer because Scalekit delivers over HTTP/1.1; the conversion of non-byte bodies, while ours are bytes; and
 * node:http for its header size limit, which we pass explicitly. Of the Redis client, we send commands ourselves, to one
 * server: its table of 500 commands is reduced to those with which a connection begins.
 */
const unused = {
  name: 'unused-parts-of-packages',
  resolveId: {
    filter: {
      id: /^node:(child_process|http)$|\/(?:client-h2|h2c-client|socks5-proxy-agent|retry-handler)(?:\.js)?$|\/web\/fetch\/body\.js$/,
    },
    handler(_source, importer) {
      if (/node_modules[\\/](commander|undici)[\\/]/.test(importer ?? '')) return '\0unused';
    },
  },
  load: {
    filter: { id: either(/^\0unused$/, redisParts) },
    handler: (id) => {
      if (!redisParts.test(id)) return 'module.exports = {};';
      const commands = ['AUTH', 'CLIENT_SETNAME', 'READONLY'].map(
        (name) => `${name}: require('./${name}').default`,
      );
      const parts = /commands/.test(id) ? commands.join(', ') : 'create() {}';
      return `exports.__esModule = true; exports.default = { ${parts} };
        exports.RedisClientPool = { create() {} }; exports.RedisLegacyClient = class {};`;
    },
  },
};

/** Packages under the MIT license that ship no file of it: the copyright in their repository. */
const withoutFile = { '@redis/client': 'Copyright (c) 2022-2025, Redis, inc.' };

/** The folders of the packages that are bundled, in the program or in the page. */
const bundledFolders = new Set();

const licenses = {
  name: 'licenses',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle)) {
      for (const id of chunk.moduleIds ?? []) {
        const folder = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0];
        if (folder) bundledFolders.add(folder);
      }
    }
  },
};

/** Writes LICENSES.txt with the license of each bundled package, as those licenses require. */
function writeLicenses() {
  const texts = [...bundledFolders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    const file = readdirSync(folder).find((candidate) => /^licen[cs]e(\.|$)/i.test(candidate));
    const copyright = withoutFile[name];
    if (!file && !copyright) throw new Error(`${name} ships no license file`);
    const text = file
      ? readFileSync(join(folder, file), 'utf8')
      : readFileSync('LICENSE', 'utf8').replace(/^Copyright .*$/m, copyright);
    return `${name} ${version} (${license})\n\n${text.trim()}\n`;
  });
  writeFileSync('dist/LICENSES.txt', texts.join(`\n${'-'.repeat(80)}\n\n`));
}

/** Matches modules directly in these folders of src. */
const folders = (...paths) => new RegExp(`[\\\\/]src[\\\\/](?:${paths.join('|')})[\\\\/][^\\\\/]+$`);

const installed = (name) => new RegExp(`[\\\\/]node_modules[\\\\/]${name}[\\\\/]`);

/** Folders that are loaded together share a chunk. rolldown splits all other modules by importer. */
const groups = [
  // What every run loads, even of a prepared text.
  { name: 'system', test: /[\\/]src[\\/](?:prepared|system-io|system-errors)\.ts$/ },
  // The rest of the top level of src, except the entry points and what only deliveries use.
  {
    name: 'ground',
    test: /[\\/]src[\\/](?!main|program|plain|run-command|index|real-clock|real-globals|container)[\w-]+\.ts$/,
  },
  {
    name: 'core',
    test: either(
      /[\\/]src[\\/]run-command\.ts$/,
      folders('config', 'report', 'report/human', 'events/catalog'),
    ),
  },
  { name: 'command-line', test: either(installed('commander'), folders('cli')) },
  { name: 'messages', test: folders('events', 'signature', 'delivery', 'input') },
  // Without what writes, clears or follows, which are loaded on demand: two of them load node:crypto.
  {
    name: 'captures',
    test: either(
      folders('captures'),
      /[\\/]captures[\\/]journal[\\/](?!(?:bell|clear|file|find-record|follow|lock|new-lines|position|writer)\.ts$)[\w-]+\.ts$/,
    ),
  },
  // How an Outcome is explained.
  {
    name: 'outcomes',
    test: either(
      folders('delivery/answers'),
      /[\\/]report[\\/]words[\\/](?:causes|failures|outcome-words|outcomes|responders|statuses)\.ts$/,
      /[\\/]report[\\/]facts[\\/](?:delivery|tally)\.ts$/,
    ),
  },
  { name: 'redis', test: either(folders('captures/redis'), /[\\/]node_modules[\\/]@redis[\\/]/) },
];

/** Names the chunk of `commands/send/run.ts` `send-run.cjs`. */
const nameOf = ({ name, facadeModuleId }) => {
  const command = /commands[\\/](\w+)[\\/](\w+)\.ts$/.exec(facadeModuleId ?? '');
  return command ? `${command[1]}-${command[2]}.cjs` : `${name}.cjs`;
};

/** Renders constant output, such as help and completion, at build time; see src/prepared.ts. */
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

/** Class names stay readable because Node.js prints them for uncaught errors. */
const keepNames = { class: true, function: false };
const minify = { compress: { keepNames }, mangle: { keepNames }, codegen: true };

const common = {
  platform: 'node',
  // Bundling the declarations is slow, and some modules are loaded on demand in one place only; do not warn about it.
  checks: { bundlerTimings: false, ineffectiveDynamicImport: false },
  // Prefer ES modules: the CommonJS entry of jsonc-parser has requires that bundlers cannot resolve.
  resolve: { mainFields: ['module', 'main'] },
};

/** In a test runner, these globals can be fake, or missing: undici gets real ones. */
const realGlobals = {
  name: 'real-globals',
  transform: {
    filter: { id: /[\\/]node_modules[\\/]undici[\\/]lib[\\/]/ },
    handler(code) {
      const names = ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'queueMicrotask'];
      const used = names.filter((name) => new RegExp(`(?<![.\\w'])${name}\\(`).test(code));
      if (used.length === 0) return undefined;
      const file = JSON.stringify(join(import.meta.dirname, 'src/real-globals.ts'));
      return { code: `const { ${used.join(', ')} } = require(${file});\n${code}` };
    },
  },
};

/**
 * Lets Node.js' own modules be found without require. The library loads a part of the program, and esbuild cannot put
 * what requires them into an ES module.
 */
const builtinModules = {
  name: 'builtin-modules',
  generateBundle(_options, bundle) {
    for (const chunk of Object.values(bundle))
      chunk.code = chunk.code.replaceAll(
        /\brequire\(([`"'])(node:[\w/]+)\1\)/g,
        'process.getBuiltinModule($1$2$1)',
      );
  },
};

/** The spinners that ora uses by itself; the package has a hundred others. */
const usedSpinners = {
  name: 'used-spinners',
  load: {
    filter: { id: /[\\/]cli-spinners[\\/]spinners\.json$/ },
    handler(id) {
      const { dots, line } = JSON.parse(readFileSync(id, 'utf8'));
      return { code: JSON.stringify({ dots, line }), moduleType: 'json' };
    },
  },
};

/** Parts of the program that consist mostly of packages; the library loads them instead of copies in each form. */
const sharedParts = {
  'library-transport': 'src/delivery/transport/index.ts',
  'library-fast-check': 'src/checks/fuzz/fast-check.ts',
};

const program = defineConfig({
  ...common,
  input: { main: 'src/main.ts', ...sharedParts },
  plugins: [unused, usedSpinners, realGlobals, licenses, builtinModules, prepared],
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

/** Puts the fixtures into the library, so that a bundler needs no files beside it; see src/events/catalog/shipped.ts. */
const inlined = {
  name: 'inlined-fixtures',
  load: {
    filter: { id: /catalog[\\/]shipped\.ts$/ },
    handler() {
      const fixtures = readdirSync('fixtures').flatMap((category) =>
        readdirSync(join('fixtures', category)).map((file) => ({
          name: file.replace(/\.json$/, ''),
          category,
          text: JSON.stringify(JSON.parse(readFileSync(join('fixtures', category, file), 'utf8'))),
        })),
      );
      return `export const inlinedFixtures = JSON.parse(${JSON.stringify(JSON.stringify(fixtures))});`;
    },
  },
};

/** Replaces modules of the library by files that the other builds have written. */
const sharing = (parts) => ({
  name: 'shared-parts',
  resolveId: {
    filter: { id: new RegExp(Object.keys(parts).join('|')) },
    handler(id) {
      const [, file] = Object.entries(parts).find(([part]) => new RegExp(part).test(id));
      return { id: `./${file}`, external: true };
    },
  },
});

const shared = {
  'transport/index\\.ts$': 'library-transport.cjs',
  'fast-check\\.ts$': 'library-fast-check.cjs',
};
/** The checks are most of the library, and the ES modules load them only when they run. */
const sharedByForms = { ...shared, 'library/check-run\\.ts$|^\\./check-run\\.ts$': 'library-check-run.cjs' };

/** The library is a separate bundle, because it shares little other code with the commands: for ES modules and for CommonJS. */
const library = [
  ['esm', 'mjs'],
  ['cjs', 'cjs'],
].map(([format, extension]) =>
  defineConfig({
    ...common,
    input: 'src/index.ts',
    // Requires of Node.js' own modules become imports, which every bundler understands.
    plugins: [
      unused,
      realGlobals,
      inlined,
      ...(format === 'esm'
        ? [sharing(sharedByForms), esmExternalRequirePlugin({ external: [/^node:/] })]
        : [sharing(shared), builtinModules]),
    ],
    output: {
      dir: 'dist',
      format,
      entryFileNames: `[name].${extension}`,
      chunkFileNames: `library-[name].${extension}`,
      // As require, so that a bundler of CommonJS makes one file of it.
      dynamicImportInCjs: false,
      minify,
    },
  }),
);

/** The types of the ES modules are those for CommonJS: a second copy of 65 kB would take 10 kB of the tarball. */
const typesOfModules = {
  name: 'types-of-modules',
  writeBundle: () => writeFileSync('dist/index.d.mts', "export * from './index.cjs';\n"),
};

/** The library's types in one file. */
const types = defineConfig({
  checks: common.checks,
  input: 'src/index.ts',
  plugins: [dts({ emitDtsOnly: true }), typesOfModules],
  output: { dir: 'dist', entryFileNames: '[name].cjs' },
});

const pageFolder = 'src/inspector/page';

/** Comments and indentation are most of what can be saved before compression. */
const smaller = (css) =>
  css
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ ?([{};,]) ?/g, '$1');

/** Writes what the inspector's page consists of, besides its script. The names change with the contents. */
const pageFiles = {
  name: 'page-files',
  generateBundle(_options, bundle) {
    const emit = (name, source) => this.emitFile({ type: 'asset', name, fileName: name, source });
    const css = smaller(readFileSync(join(pageFolder, 'style.css'), 'utf8'));
    const style = `style-${createHash('sha256').update(css).digest('hex').slice(0, 8)}.css`;
    const script = Object.keys(bundle).find((name) => name.endsWith('.js'));
    emit(style, css);
    emit('favicon.svg', readFileSync(join(pageFolder, 'favicon.svg'), 'utf8'));
    const html = readFileSync(join(pageFolder, 'index.html'), 'utf8');
    emit('index.html', html.replace('/app.js', `/${script}`).replace('/style.css', `/${style}`));
  },
};

/** A script of the inspector, complete in one file. */
const pageScript = (input, { plugins = [], define = {} } = {}) =>
  defineConfig({
    checks: common.checks,
    platform: 'browser',
    input,
    transform: { target: 'es2023', define },
    plugins: [licenses, ...plugins],
    output: { dir: 'dist/inspector', format: 'es', entryFileNames: '[name]-[hash].js', minify: true },
  });

const worker = pageScript({ comparison: join(pageFolder, 'comparison/worker.ts') });

/** The page of the inspector: one script and its worker, one style sheet, nothing inline. */
const page = (workerFile) =>
  pageScript(
    { app: join(pageFolder, 'index.tsx') },
    { plugins: [pageFiles], define: { comparisonWorker: JSON.stringify(`/${workerFile}`) } },
  );

// In order, because the first build clears the folder, and the page names the file of its worker.
await build(program);
const { output } = await build(worker);
for (const config of [page(output[0].fileName), ...library, types]) await build(config);
writeLicenses();
