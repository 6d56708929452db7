import { show, type WordsOf } from './change-form.ts';

const decodeSecret =
  'base64-decode the part after whsec_ to get the key: Buffer.from(secret.slice(6), "base64"), or pass the secret to the SDK';

/** Changes to how a secret was read. */
export const secretWords = {
  secret_as_text: () => ({
    message: 'the text after whsec_ was used as the key: its base64 was not decoded',
    fix: decodeSecret,
  }),
  secret_with_prefix: () => ({
    message:
      'the whole secret, including whsec_, was used as the key: the prefix was not removed and the base64 was not decoded',
    fix: decodeSecret,
  }),
  secret_quoted: () => ({
    message: 'the secret was used with quotation marks around it',
    fix: 'remove the quotation marks where the secret is set: docker --env-file and some hosts keep them',
  }),
  secret_with_whitespace: () => ({
    message: 'the secret was used as text with a space or newline around it',
    fix: 'trim the secret where it is read: a file written by echo ends with a newline',
  }),
  secret_prefix_decoded: () => ({
    message: 'whsec_ was base64-decoded together with the key after it',
    fix: decodeSecret,
  }),
  secret_base64url: () => ({
    message: 'the secret was decoded with the wrong base64 alphabet, which drops some of its characters',
    fix: 'decode it as standard base64 (+ and /), not as base64url (- and _)',
  }),
  secret_decoding_failed: () => ({
    message:
      'the secret was decoded only up to the first character that the decoder does not know, and the error was ignored',
    fix: 'decode the part after whsec_ as standard base64 (+ and /), and exit when decoding fails',
  }),
  secret_with_more_text: () => ({
    message:
      'the configured secret has other text before whsec_, such as the name of a variable or a second prefix',
    fix: 'set the secret to the text from the dashboard alone, which begins with whsec_',
  }),
  secret_cut_at_underscore: ({ kept }) => ({
    message: `only the ${kept} characters between the first two underscores of the secret were used, as in the Scalekit SDKs`,
    fix: 'use a secret with one underscore: whsec_ and standard base64',
  }),
  secret_whole_remainder: () => ({
    message:
      'the part after the second underscore of the secret was also used; the Scalekit SDKs use only the part before it',
    fix: 'use a secret with one underscore: whsec_ and standard base64',
  }),
  secret_cut: ({ removed }) => ({
    message: `to remove the prefix of the secret, ${removed} were removed`,
    fix: 'remove exactly the prefix: secret.slice(6), in Python secret.removeprefix("whsec_"), or pass the secret to the SDK',
  }),
  secret_hex: () => ({
    message: 'the secret was decoded as hex',
    fix: decodeSecret,
  }),
  secret_empty_key: () => ({
    message: 'the message was signed with an empty key, which anyone can do',
    fix: 'set the secret of the sender: check its environment variable',
  }),
  secret_not_set: ({ text }) => ({
    message: `the secret was not set, so the message was signed with the text "${show(text)}" as the key`,
    fix: 'set SCALEKIT_WEBHOOK_SECRET in the signing process: check the spelling, and that the .env file is loaded',
  }),
  secret_decoded_to_text: () => ({
    message:
      'the decoded key was converted to text, as hex or as a string, and that text was used as the key',
    fix: decodeSecret,
  }),
} satisfies WordsOf;
