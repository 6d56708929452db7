import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../src/commands/index.ts';
import { repository } from './support/repository.ts';

/**
 * The layers, low to high. A file may import from its own row or a row above it here. Rows that are `apart` hold edges,
 * each for one outside thing: two of them meet only in commands.
 */
const layers: { name: string; files: RegExp; apart?: boolean }[] = [
  { name: 'ground', files: /^(io|errors|message|pause|private-folder|root|system-errors)\.ts$/ },
  { name: 'pure: signature', files: /^signature\/[^/]+$/ },
  {
    name: 'pure: decisions',
    files:
      /^(events\/(build|catalogue|check|drift|edit|edit-bodies|edit-path|edit-templates|event-file|identify|interceptors|json|random|readable|save|schemas|scrub|shapes\/[^/]+|trigger-points|wire-form)|captures\/(entry|filter|find|held-line|json-bytes|outcomes|read-record|record|record-line|record-members|store|stream)|delivery\/(answer|carried-headers|causes|failure|outcome|replayed-message|retry|routes|schedules|target)|listener\/(expectations|mirror|receive|repeats)|signature\/explain\/[^/]+|checks\/(?!app)[^.]+)\.ts$/,
  },
  {
    name: 'edges',
    files:
      /^(settings\/|captures\/(clear|folder|journal|journals|lines|source)|checks\/app|events\/(builders|fixtures|requested)|delivery\/(attempts|burst|connection|deliver|exchange|pool)|listener\/(refusals|server))/,
    apart: true,
  },
  { name: 'words', files: /^report\// },
  { name: 'library', files: /^(library\/|index\.ts$)/ },
  { name: 'commands', files: /^(commands\/|run-command\.ts$)/ },
  { name: 'program', files: /^(program|plain|prepared|main)\.ts$/ },
];

/** Packages and parts of Node.js that only some files may import. */
const reserved: [imported: RegExp, by: RegExp][] = [
  [/^undici/, /^delivery\/(connection|exchange)\.ts$/],
  [/^chalk$/, /^report\/paint\.ts$/],
  [/^ora$/, /^report\/spinner\.ts$/],
  [/^commander$/, /^(commands\/|program\.ts$)/],
  [/^zod/, /^checks\/interceptor-answer\.ts$/],
  [
    /^jsonc-parser$/,
    /^(events\/(edit|event-file|readable|scrub|wire-form)|signature\/explain\/json-writers)\.ts$/,
  ],
  [/^node:https?$/, /^listener\/server\.ts$/],
  [
    /^node:fs/,
    /^(io|prepared|private-folder|captures\/(clear|folder|journal|journals|lines|source)|events\/fixtures|settings\/(body|own-secret|report-files|secrets))\.ts$/,
  ],
  [/^node:child_process$/, /^checks\/app\.ts$/],
];

interface Import {
  readonly path: string;
  readonly isType: boolean;
}

const files = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
);
const sources = new Map(files.map((file) => [file, readFileSync(join(repository, 'src', file), 'utf8')]));

function importsOf(file: string): Import[] {
  const statements = sources
    .get(file)!
    .matchAll(/^(?:import|export) (type )?[^;]*?from '([^']+)'|import\('([^']+)'\)/gm);
  return [...statements].map(([, type, from, dynamic]) => ({
    path: (from ?? dynamic)!,
    isType: type !== undefined,
  }));
}

function layerOf(file: string): number {
  return layers.findIndex(({ files }) => files.test(file));
}

const code = files.filter((file) => !file.endsWith('.d.ts'));

describe.each(code)('%s', (file) => {
  const imports = importsOf(file);

  it('has a layer, and imports from its own or below', () => {
    const own = layerOf(file);
    expect(own).toBeGreaterThanOrEqual(0);
    for (const { path, isType } of imports.filter(
      ({ path }) => path.startsWith('.') && !path.endsWith('package.json'),
    )) {
      const target = normalize(join(dirname(file), path));
      const theirs = layerOf(target);
      expect(theirs, `${file} imports ${target}`).toBeGreaterThanOrEqual(0);
      expect(theirs, `${file} imports ${target}`).toBeLessThanOrEqual(own);
      const isOtherEdge =
        layers[own]!.apart && theirs === own && dirname(target) !== dirname(file) && !isType;
      expect(isOtherEdge, `${file} and ${target} are both edges`).toBeFalsy();
    }
  });

  it('imports only what is its own to import', () => {
    for (const { path, isType } of imports) {
      for (const [imported, by] of reserved) {
        if (!isType && imported.test(path)) expect(file, `${file} imports ${path}`).toMatch(by);
      }
    }
  });

  it('does not touch process or console', () => {
    if (file === 'io.ts') return;
    const code = sources.get(file)!.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(code).not.toMatch(/(?<![.\w])(process\.|console\.)/);
  });
});

it('no command imports another', () => {
  const names = commands.map(({ name }) => name);
  for (const name of names) {
    const others = importsOf(`commands/${name}.ts`).filter(({ path }) =>
      names.some((other) => path === `./${other}.ts`),
    );
    expect(others).toEqual([]);
  }
});

it('the rules see what they look for', () => {
  expect(code.length).toBeGreaterThan(30);
  expect(importsOf('main.ts').map(({ path }) => path)).toEqual([
    '../package.json',
    './io.ts',
    './prepared.ts',
    './prepared.ts',
    './plain.ts',
    './program.ts',
  ]);
  expect(importsOf('delivery/connection.ts').some(({ path }) => path.startsWith('undici/'))).toBe(true);
});
