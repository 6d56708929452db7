import { describe, expect, it } from 'vitest';
import { explain } from '../../../src/signature/explain/explain.ts';
import { readAnySecret, type Secret } from '../../../src/signature/secret.ts';
import cases from '../../support/tampered/cases.json' with { type: 'json' };

/** Messages that real code changed, recorded by test/support/tampered/record.mjs. Each has a description of what changed it. */
describe('messages changed by real code', () => {
  it.each(cases)('$name', ({ secret, at, headers, body_base64, expect: expected }) => {
    const read = readAnySecret(secret) as Secret;
    const message = { headers: headers as [string, string][], body: Buffer.from(body_base64, 'base64') };
    const { verdict, findings, observations, numbers } = explain(message, [read], at);
    expect(verdict.verified).toBe(false);
    const found = findings.map(({ changes }) => [...new Set(changes.map(({ code }) => code))].sort());
    expect(found).toEqual(expected.fits ? [[...expected.codes].sort()] : []);
    expect(observations.map(({ code }) => code).sort()).toEqual([...expected.observations].sort());
    if (!expected.fits) expect(numbers).toBe(expected.numbers);
  });

  it('more than 60 can be explained, and more than 10 cannot', () => {
    expect(cases.filter(({ expect: { fits } }) => fits).length).toBeGreaterThan(60);
    expect(cases.filter(({ expect: { fits } }) => !fits).length).toBeGreaterThan(10);
  });
});
