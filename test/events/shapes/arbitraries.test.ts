import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arbitraryEvent, type FastCheck } from '../../../src/events/shapes/arbitraries.ts';
import { faultsInAnyEvent } from '../../../src/events/shapes/schemas.ts';
import { dataShapes } from '../../../src/events/shapes/shapes.ts';

const sampleOf = (type: string, seed: number, count: number) =>
  fc.sample(
    arbitraryEvent(fc as unknown as FastCheck, type) as unknown as fc.Arbitrary<Record<string, unknown>>,
    {
      seed,
      numRuns: count,
    },
  );

describe('generated events', () => {
  it.each([...Object.keys(dataShapes), 'billing.added_later'])(
    '%s: each matches the documentation',
    (type) => {
      for (const event of sampleOf(type, 1, 60)) {
        const sent = JSON.parse(JSON.stringify(event));
        expect([...faultsInAnyEvent(sent)], JSON.stringify(event)).toEqual([]);
        expect(sent.type).toBe(type);
      }
    },
  );

  it('are the same for the same seed, and others for another', () => {
    const texts = (seed: number) => JSON.stringify(sampleOf('user.signup', seed, 20));
    expect(texts(7)).toBe(texts(7));
    expect(texts(7)).not.toBe(texts(8));
  });

  it('have fields absent, null and added, empty and large lists, and texts that are hard', () => {
    const text = JSON.stringify(sampleOf('organization.directory.user_created', 3, 300));
    const events = sampleOf('organization.directory.user_created', 3, 300) as {
      data: Record<string, unknown>;
    }[];
    const names = events.map(({ data }) => data.name);
    expect(names).toContain(undefined);
    expect(names).toContain(null);
    expect(names).toContain('');
    const lengths = events.map(({ data }) => (Array.isArray(data.groups) ? data.groups.length : -1));
    expect(lengths).toContain(0);
    expect(Math.max(...lengths)).toBeGreaterThanOrEqual(50);
    for (const part of ['added_later', '👩‍👩‍👧‍👦', 'עברית', 'e\u0301', '9999-12-31', '1e+21'])
      expect(text).toContain(part);
    expect(text).not.toContain('\\u0000');
  });
});
