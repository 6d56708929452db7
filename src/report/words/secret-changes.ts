import { show, type WordsOf } from './change-form.ts';

const decodeSecret =
  'the key is what follows whsec_, decoded from base64: Buffer.from(secret.slice(6), "base64"), or leave it to the SDK';

/** The words of changes: how a secret was read. */
export const secretWords = {
  secret_as_text: () => ({
    message: 'what follows whsec_ was used as a text: its base64 was not decoded',
    fix: decodeSecret,
  }),
  secret_with_prefix: () => ({
    message:
      'the whole secret, whsec_ and all, was used as a text: neither was the prefix cut off nor the base64 decoded',
    fix: decodeSecret,
  }),
  secret_quoted: () => ({
    message: 'the secret was used with quotation marks around it',
    fix: 'take the quotation marks out of where the secret is set: docker --env-file and some hosts keep them',
  }),
  secret_with_whitespace: () => ({
    message: 'the secret was used as a text with a blank or line end around it',
    fix: 'trim it where it is read: a file that was written by echo ends in a line end',
  }),
  secret_prefix_decoded: () => ({
    message: 'whsec_ was decoded together with the base64 that follows it',
    fix: decodeSecret,
  }),
  secret_base64url: () => ({
    message: 'the secret was decoded with the other base64 alphabet, which drops some of its characters',
    fix: 'Scalekit uses standard base64 (+ and /), not base64url (- and _)',
  }),
  secret_cut_at_underscore: ({ kept }) => ({
    message: `only the ${kept} characters between the first two underscores of the secret were used, as the Scalekit SDKs do`,
    fix: 'use a secret with one underscore: whsec_ and standard base64',
  }),
  secret_whole_remainder: () => ({
    message:
      'what follows the second underscore of the secret was used too; the Scalekit SDKs use only the part before it',
    fix: 'use a secret with one underscore: whsec_ and standard base64',
  }),
  secret_hex: () => ({
    message: 'the secret was read as hexadecimal digits',
    fix: decodeSecret,
  }),
  secret_empty_key: () => ({
    message: 'it was signed with an empty key, as anybody can',
    fix: 'the secret of the sender is not set: check its environment variable',
  }),
  secret_not_set: ({ text }) => ({
    message: `it was signed with the text "${show(text)}" as key, since the secret was not set`,
    fix: 'set SCALEKIT_WEBHOOK_SECRET where it is signed: check the spelling, and that the .env file is read',
  }),
  secret_decoded_to_text: () => ({
    message: 'the secret was decoded, and then made into a text again: bytes are not a text',
    fix: decodeSecret,
  }),
} satisfies WordsOf;
