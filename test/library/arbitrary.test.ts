import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type EventOf, eventArbitrary, parseEvent } from '../../src/index.ts';

it('makes events that parseEvent takes, in property tests of fast-check', () => {
  const arbitrary: fc.Arbitrary<EventOf<'user.signup'>> = eventArbitrary(fc, 'user.signup');
  fc.assert(
    fc.property(arbitrary, (event) => {
      expect(parseEvent(JSON.stringify(event)).type).toBe('user.signup');
    }),
    { numRuns: 50, seed: 1 },
  );
});

it('shrinks to the value that matters', () => {
  const property = fc.property(
    eventArbitrary(fc, 'user.created'),
    (event: EventOf<'user.created'>) => event.data.email !== '',
  );
  const { failed, counterexample } = fc.check(property, { numRuns: 1000, seed: 1 });
  expect(failed).toBe(true);
  expect(counterexample![0].data.email).toBe('');
});

it('needs the module', () => {
  expect(() => eventArbitrary({} as never, 'user.created')).toThrow(TypeError);
});
