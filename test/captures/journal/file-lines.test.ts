import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import {
  describeLineAt,
  linesBackward,
  linesForward,
  reading,
} from '../../../src/captures/journal/file-lines.ts';
import { linesOf } from '../../../src/captures/lines.ts';
import { temporaryFolder } from '../../support/temporary.ts';

function open(content: string | Buffer) {
  const path = join(temporaryFolder(), 'lines');
  writeFileSync(path, content);
  const fd = openSync(path, 'r');
  onTestFinished(() => closeSync(fd));
  return { path, fd, size: Buffer.byteLength(content) };
}

const texts = (lines: Iterable<{ bytes: Buffer | undefined }>) =>
  Array.from(lines, ({ bytes }) => bytes?.toString());

it('both directions yield the non-empty lines of the file with their offsets', () => {
  const path = join(temporaryFolder(), 'lines');
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(
          fc.string({ maxLength: 5 }),
          fc.constant(''),
          fc.nat(90_000).map((n) => 'x'.repeat(n)),
        ),
      ),
      fc.boolean(),
      (parts, isEnded) => {
        const lines = parts.map((part) => part.replaceAll('\n', ' '));
        const content = lines.join('\n') + (isEnded ? '\n' : '');
        writeFileSync(path, content);
        const fd = openSync(path, 'r');
        try {
          const size = Buffer.byteLength(content);
          const expected = lines.filter((line) => line !== '');
          expect(texts(linesForward(reading(fd), size))).toEqual(expected);
          expect(texts(linesBackward(reading(fd), size))).toEqual([...expected].reverse());
          const bytes = Buffer.from(content);
          for (const walk of [linesForward, linesBackward]) {
            for (const { offset, bytes: line } of walk(reading(fd), size)) {
              expect(bytes.subarray(offset, offset + line!.length).equals(line!)).toBe(true);
            }
          }
        } finally {
          closeSync(fd);
        }
      },
    ),
    { numRuns: 500 },
  );
});

it('a line longer than any record is not held in memory, and the others are read', () => {
  const { fd, size } = open(
    Buffer.concat([Buffer.from('a\n'), Buffer.alloc(70 * 1024 * 1024, 'x'), Buffer.from('\nb\n')]),
  );
  const before = process.memoryUsage().arrayBuffers;
  expect(texts(linesForward(reading(fd), size))).toEqual(['a', undefined, 'b']);
  expect(texts(linesBackward(reading(fd), size))).toEqual(['b', undefined, 'a']);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150 * 1024 * 1024);
});

it('the same for a pipe', async () => {
  async function* pipe() {
    yield Buffer.from('a\n');
    for (let megabyte = 0; megabyte < 70; megabyte += 1) yield Buffer.alloc(1024 * 1024, 'x');
    yield Buffer.from('\nb');
    yield Buffer.from('c\n\nd');
  }
  const lines: (string | undefined)[] = [];
  for await (const line of linesOf(pipe())) lines.push(line?.toString());
  expect(lines).toEqual(['a', undefined, 'bc', '', 'd']);
});

it('reads nothing beyond the given size', () => {
  const { fd } = open('one\ntwo\nthree\n');
  expect(texts(linesForward(reading(fd), 8))).toEqual(['one', 'two']);
  expect(texts(linesBackward(reading(fd), 8))).toEqual(['two', 'one']);
});

it('the number of the line at an offset', () => {
  const { path } = open('one\n\ntwo\nthree\n');
  expect([0, 5, 9].map((offset) => describeLineAt(path, offset))).toEqual(['line 1', 'line 3', 'line 4']);
});
