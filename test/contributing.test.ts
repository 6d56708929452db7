import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository } from './support/repository.ts';

/** The map for who comes next, held to the tree. */
const text = readFileSync(join(repository, 'CONTRIBUTING.md'), 'utf8');
const quoted = [...text.matchAll(/`([^`\n]+)`/g)].map(([, name]) => name!);

/** Where a name of the map may lie. */
const places = (name: string) => [
  name,
  join('src', name),
  join('src', `${name}.ts`),
  join('src/commands', `${name}.ts`),
];
const isThere = (name: string) => places(name).some((path) => existsSync(join(repository, path)));

describe('CONTRIBUTING.md', () => {
  const paths = quoted.filter((name) => /^[\w.-]+(\/[\w.-]+)*\/?$/.test(name) && name.includes('/'));

  it.each([...new Set(paths)])('%s is there', (path) => {
    expect(isThere(path)).toBe(true);
  });

  it('names what it names', () => {
    expect(paths.length).toBeGreaterThan(40);
    expect(isThere('src/nothing.ts')).toBe(false);
  });

  it('says of every file and folder of src, and of every folder of test, what it is for', () => {
    const named = new Set(quoted.map((name) => name.replace(/\/$/, '')));
    const missing = readdirSync(join(repository, 'src'))
      .map((name) => `src/${name}`)
      .filter((path) => !named.has(path));
    expect(missing).toEqual([]);
    const own = readdirSync(join(repository, 'test'))
      .filter((name) => statSync(join(repository, 'test', name)).isDirectory())
      .filter((name) => !existsSync(join(repository, 'src', name)));
    expect(own.filter((name) => !named.has(`test/${name}`))).toEqual([]);
  });

  it('is one page', () => {
    expect(text.split('\n').length).toBeLessThan(130);
  });
});
