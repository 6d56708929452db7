import { expect, it } from 'vitest';
import { formsOfSecret } from '../src/secret-forms.ts';

it('the text, the key, and both in hex and base64, the longest first', () => {
  const text = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
  const forms = formsOfSecret(text);
  expect(forms).toContain(text);
  expect(forms).toContain('C2FVsBQIhrscChlQIMV+b5sSYspob7oD');
  expect(forms).toContain('0b6155b0140886bb1c0a195020c57e6f9b1262ca686fba03');
  expect(forms).toContain('0B6155B0140886BB1C0A195020C57E6F9B1262CA686FBA03');
  expect(forms).toContain('C2FVsBQIhrscChlQIMV-b5sSYspob7oD');
  expect(forms).toContain(Buffer.from(text).toString('base64'));
  expect(forms.map(({ length }) => length)).toEqual(
    [...forms.map(({ length }) => length)].sort((a, b) => b - a),
  );
});

it('a short key matches by chance, so only the text counts', () => {
  expect(formsOfSecret('whsec_AAAA')).toEqual(['whsec_AAAA']);
});
