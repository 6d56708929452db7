import { expect, it } from 'vitest';
import { bytesIn } from '../../../../src/inspector/page/text/bytes.ts';

it.each([0, 1, 2, 3, 4])('counts %i bytes in base64', (length) => {
  expect(bytesIn(Buffer.alloc(length).toString('base64'))).toBe(length);
});
