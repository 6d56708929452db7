import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from './support/repository.ts';

/**
 * The floors of the source, low to high, as folders of `src`. A file imports from its own floor or one below. The files
 * at the top of `src` are the ground that everything stands on, except the entry points, which are above everything.
 */
const floors: readonly (readonly string[])[] = [
  ['ground'],
  ['signature', 'events'],
  ['cli', 'delivery', 'listener', 'captures', 'config', 'input', 'checks', 'scalekit'],
  ['report'],
  ['operations'],
  ['inspector', 'library'],
  ['commands'],
  ['entry'],
];

const entryPoints = ['main.ts', 'program.ts', 'prepared.ts', 'plain.ts', 'run-command.ts', 'index.ts'];

/** Parts of Node.js and packages that reach outside the process or weigh much, and the folders that may import them. */
const reserved: readonly (readonly [imported: RegExp, folders: readonly string[]])[] = [
  [/^undici/, ['delivery/transport', 'scalekit']],
  [/^@redis/, ['captures/redis']],
  [/^chalk$|^ora$/, ['report/terminal']],
  [/^commander$/, ['cli', 'commands', 'entry']],
  [/^zod/, ['checks', 'scalekit', 'events/scenarios', 'inspector/server']],
  [/^jsonc-parser$/, ['events', 'signature/explain']],
  [/^node:https?$/, ['listener', 'library', 'inspector/server']],
  [/^node:child_process$/, ['checks', 'inspector/server']],
  [/^preact|^@preact\/|^diff$/, ['inspector/page']],
  [/^node:net$/, ['checks', 'events']],
  [
    /^node:fs/,
    [
      'ground',
      'entry',
      'events',
      'config',
      'input',
      'captures/journal',
      'commands/check',
      'inspector/server',
      'commands/pull',
      'scalekit',
    ],
  ],
];

interface Import {
  readonly path: string;
  readonly isType: boolean;
}

const files = readdirSync(join(repository, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.tsx?$/.test(file) && !file.endsWith('.d.ts'))
  .sort();
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

/** The files of ours that a file imports; those whose types alone it uses only with `withTypes`. */
function neighborsOf(file: string, { withTypes }: { withTypes: boolean }): string[] {
  return importsOf(file)
    .filter(({ path, isType }) => path.startsWith('.') && /\.tsx?$/.test(path) && (withTypes || !isType))
    .map(({ path }) => normalize(join(dirname(file), path)));
}

/** The folder of a file: `ground`, `entry`, or a path such as `delivery/transport`. */
function folderOf(file: string): string {
  if (dirname(file) !== '.') return dirname(file);
  return entryPoints.includes(file) ? 'entry' : 'ground';
}

function roomOf(file: string): string {
  return folderOf(file).split('/')[0]!;
}

function floorOf(file: string): number {
  return floors.findIndex((rooms) => rooms.includes(roomOf(file)));
}

/** Whether a file reaches outside the process, itself or by what it imports from its own room. */
function isEdge(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  const reaches = importsOf(file).some(
    ({ path, isType }) => !isType && /^undici|^node:(fs|net|https?|child_process)/.test(path),
  );
  return (
    reaches ||
    neighborsOf(file, { withTypes: false }).some(
      (other) => floorOf(other) > 0 && roomOf(other) === roomOf(file) && isEdge(other, seen),
    )
  );
}

/** Every circle of imports, each as the files it goes through. */
function circlesOf(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const circles: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: string[]): void => {
    const at = path.indexOf(file);
    if (at !== -1) circles.push([...path.slice(at), file]);
    if (at !== -1 || done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of graph.keys()) visit(file, []);
  return circles;
}

describe.each(files)('%s', (file) => {
  it('stands on a floor and imports nothing from above it', () => {
    expect(floorOf(file), 'a folder that no floor has').toBeGreaterThanOrEqual(0);
    const above = neighborsOf(file, { withTypes: true }).filter((other) => floorOf(other) > floorOf(file));
    expect(above).toEqual([]);
  });

  it('joins edges only where edges meet', () => {
    const isMiddle =
      floorOf(file) > 0 && floorOf(file) < floors.findIndex((rooms) => rooms.includes('report'));
    const others = neighborsOf(file, { withTypes: false }).filter(
      (other) => floorOf(other) > 0 && roomOf(other) !== roomOf(file) && isEdge(other),
    );
    if (isMiddle) expect(others).toEqual([]);
  });

  it('imports only the parts of Node.js and the packages that its folder may', () => {
    const values = importsOf(file).filter(({ isType }) => !isType);
    const wrong = values.filter(({ path }) =>
      reserved.some(
        ([imported, folders]) =>
          imported.test(path) &&
          !folders.some((folder) => folderOf(file) === folder || folderOf(file).startsWith(`${folder}/`)),
      ),
    );
    expect(wrong).toEqual([]);
  });

  it('does not touch process or console', () => {
    if (file === 'system-io.ts') return;
    const code = sources.get(file)!.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(code).not.toMatch(/(?<![.\w])(process\.|console\.)/);
  });
});

it('no import goes in a circle, types included', () => {
  const graph = new Map(files.map((file) => [file, neighborsOf(file, { withTypes: true })]));
  expect(circlesOf(graph)).toEqual([]);
});

it('no command imports another', () => {
  const ofCommand = (file: string) => /^commands\/([^/]+)\//.exec(file)?.[1];
  const crossing = files.flatMap((file) =>
    neighborsOf(file, { withTypes: true })
      .filter((other) => ofCommand(file) && ofCommand(other) && ofCommand(file) !== ofCommand(other))
      .map((other) => `${file} imports ${other}`),
  );
  expect(crossing).toEqual([]);
});

it('the page of the inspector imports nothing of the program but the types of its protocols', () => {
  const isOfPage = (file: string) => file.startsWith('inspector/page/');
  const protocols = ['protocol', 'compose-protocol', 'check-protocol'].map((name) => `inspector/${name}.ts`);
  const outside = files.filter(isOfPage).flatMap((file) => {
    const values = new Set(neighborsOf(file, { withTypes: false }));
    return neighborsOf(file, { withTypes: true }).filter(
      (other) => !isOfPage(other) && (!protocols.includes(other) || values.has(other)),
    );
  });
  expect(outside).toEqual([]);
  const inward = files
    .filter((file) => !isOfPage(file))
    .flatMap((file) => neighborsOf(file, { withTypes: true }));
  expect(inward.filter(isOfPage)).toEqual([]);
});

it('every type has one declaration', () => {
  const declared = new Map<string, string[]>();
  for (const [file, source] of sources) {
    for (const [, name] of source.matchAll(/^(?:export )?(?:interface|type) (\w+)/gm)) {
      declared.set(name!, [...(declared.get(name!) ?? []), file]);
    }
  }
  expect([...declared].filter(([, places]) => places.length > 1)).toEqual([]);
});

describe('the rules see what they look for', () => {
  it('finds imports, edges and circles', () => {
    expect(files.length).toBeGreaterThan(100);
    expect(neighborsOf('main.ts', { withTypes: true })).toContain('io.ts');
    expect(importsOf('delivery/transport/connection.ts').some(({ path }) => path.startsWith('undici/'))).toBe(
      true,
    );
    expect(isEdge('captures/journal/reader.ts')).toBe(true);
    expect(isEdge('delivery/outcome.ts')).toBe(false);
    const circle = new Map([
      ['a', ['b']],
      ['b', ['c']],
      ['c', ['a']],
    ]);
    expect(circlesOf(circle)).toEqual([['a', 'b', 'c', 'a']]);
  });
});
