import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkAt } from '../support/checking.ts';
import { runCommand } from '../support/memory-io.ts';
import { repository } from '../support/repository.ts';

/** Begins with letters of whsec after its prefix, and has + and /, which decoders treat differently. */
const secret = 'whsec_cHVudC1jYXNlLWtleS0yNC1ie+/l';
const env = { SCALEKIT_WEBHOOK_SECRET: secret };

let url = '';
let stop = async () => {};
beforeAll(async () => {
  const file = join(repository, 'test/support/handlers/several.mjs');
  const child = spawn(process.execPath, [file], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [text] = await once(child.stdout, 'data');
  url = `http://127.0.0.1:${/listening on (\d+)/.exec(String(text))![1]}`;
  stop = async () => {
    child.kill('SIGKILL');
    await once(child, 'close');
  };
});
afterAll(() => stop());

const check = (path: string, ...flags: string[]) =>
  checkAt(`${url}${path}`, ['--timeout', '2s', ...flags], { env });
const at = (name: string) => `/webhook/${encodeURIComponent(name)}`;

describe('several mistakes at once: each is proven', () => {
  it.each<[name: string, ...diagnoses: string[]]>([
    ['key as text, milliseconds', 'secret-as-text', 'milliseconds'],
    ['key as text, dumped', 'secret-as-text', 'reserialized-body'],
    ['key as text, hex', 'secret-as-text', 'signature-form'],
    ['key as text, hex, body only', 'secret-as-text', 'signed-text', 'signature-form'],
    ['key as text, sha256=, body only', 'secret-as-text', 'signed-text', 'signature-form'],
    ['key as text, dumped, body only', 'secret-as-text', 'reserialized-body', 'signed-text'],
    ['svix headers, key as text', 'secret-as-text', 'svix-headers'],
    ['svix headers, milliseconds', 'svix-headers', 'milliseconds'],
    ['parsed, milliseconds', 'parsed-body', 'milliseconds'],
    ['indented, with a newline', 'reserialized-body', 'newline-added'],
    ['one minute ahead, tolerates 30 s', 'rejects-now'],
    ['unknown type first, key as text', 'secret-as-text', 'some-types?'],
    ['x-acme-signature, dumped', 'other-headers', 'reserialized-body'],
  ])('%s', async (name, ...diagnoses) => {
    expect((await check(at(name))).diagnoses).toEqual(diagnoses);
  });
});

describe('the cause of a rejected message', () => {
  it.each<[path: string, ...diagnoses: string[]]>([
    [at('x-acme-signature'), 'other-headers'],
    [at('a header that it does not name'), 'other-headers?', 'other-secret?', 'parsed-body?'],
    [at('whsec without _'), 'secret-misread'],
    [at('one character too many'), 'secret-misread'],
    [at('strips characters'), 'secret-misread'],
    [at('bytes as Uint8Array'), 'not-text'],
    [at('a promise'), 'not-text'],
    [at('reads twice'), 'body-already-read'],
    [at('has no secret'), 'secret-invalid?', 'no-body?'],
    [at('gives standardwebhooks no secret'), 'secret-invalid'],
    [at('gives standardwebhooks no body'), 'no-body?', 'other-secret?', 'parsed-body?'],
    [at('passes no headers'), 'other-headers?', 'other-secret?', 'parsed-body?'],
    [at('redirects afterwards'), 'redirects-verified'],
    [at('hangs afterwards'), 'hangs-when-valid'],
    [at('knows no organization'), 'unknown-object?', 'not-found?'],
    [at('requires a field'), 'validates-first?'],
    [at('does not know the type'), 'some-types?'],
    [at('wants a form'), 'not-json-type?'],
    [at('answers with gzip'), 'headers-lost?', 'other-secret?', 'parsed-body?'],
    [at('prints a warning of PHP'), 'other-headers?', 'other-secret?', 'parsed-body?'],
    ['/fastify/headers', 'header-required'],
    ['/fastify/body', 'validation'],
    ['/fastify/throws', 'other-secret?', 'parsed-body?'],
  ])('%s', async (path, ...diagnoses) => {
    expect((await check(path)).diagnoses).toEqual(diagnoses);
  });

  it('the header that a schema requires is named', async () => {
    const { facts } = await check('/fastify/headers');
    expect(facts.find(({ kind }) => kind === 'diagnosis')).toMatchObject({
      message: expect.stringContaining('x-acme-signature'),
      fix: expect.stringContaining('webhook-signature'),
    });
  });
});

describe('the words of a response: the first of the likely causes', () => {
  it.each<[status: number, text: string, diagnosis: string]>([
    [400, 'Missing timestamp', 'other-headers?'],
    [401, 'HMAC header not found', 'other-headers?'],
    [401, 'No signature provided', 'other-headers?'],
    [401, 'No signature matches', 'other-secret?'],
    [401, 'Request expired', 'clock?'],
    [500, 'Missing env var WEBHOOK_SIGNING_KEY', 'secret-invalid?'],
    [500, 'CLIENT_SECRET is not set', 'other-secret?'],
    [500, "Cannot find module '@scalekit-sdk/node'", 'handler-error?'],
    [500, 'Strings must be encoded before hashing', 'handler-error?'],
    [500, 'Input buffers must have the same byte length', 'signature-form?'],
    [400, 'unexpected end of JSON input', 'no-body?'],
    [400, 'http: request body too large', 'too-large?'],
    [400, 'X-Tenant-ID header is required', 'requires-header?'],
    [400, 'Email is required', 'validates-first?'],
    [400, 'json: unknown field "display_name"', 'validates-first?'],
    [400, 'No event type', 'validates-first?'],
    [400, 'Missing authorization header', 'requires-header?'],
    [401, 'Missing authorization header', 'login-guard?'],
    [404, 'Unknown tenant', 'unknown-object?'],
    [404, 'Webhook endpoint not found', 'not-found?'],
    [400, 'Are you passing the raw request body you received from Stripe?', 'other-webhook'],
  ])('%i %s', async (status, text, diagnosis) => {
    const { diagnoses } = await check(`/says/${status}/${encodeURIComponent(text)}`);
    expect(diagnoses[0]).toBe(diagnosis);
  });
});

describe('2xx for messages that must be rejected', () => {
  it.each(['rejects with 200', 'rejects with 200 unless headers are missing'])(
    '%s: not called a handler that does not verify',
    async (name) => {
      expect((await check(at(name))).diagnoses).toEqual(['rejects-with-2xx']);
    },
  );

  it('an empty member for errors is no rejection, and a list of them is one', async () => {
    expect((await check(at('accepts with no error'))).diagnoses[0]).toBe('accepts-everything');
    expect((await check(at('answers as GraphQL'))).diagnoses[0]).toBe('rejects-with-2xx?');
  });

  it('answers 202 first: accepts everything, though it verifies afterwards', async () => {
    const { diagnoses, facts } = await check(at('answers 202 first'));
    expect(diagnoses).toEqual(['accepts-everything']);
    expect(facts.find(({ kind }) => kind === 'diagnosis')!.message).toMatch(/before it answers/);
  });

  it('characters that are split between chunks: not another cause', async () => {
    const { diagnoses } = await check(at('joins strings'));
    expect(diagnoses).toEqual(['splits-characters']);
  });
});

describe('send', () => {
  const send = async (path: string) => {
    const ran = await runCommand(
      ['send', 'organization.directory.user_created', '--to', `${url}${path}`, '--json'],
      {
        env,
      },
    );
    const [fact] = ran.facts as {
      detail: string;
      fix: string;
      response: string;
      causes: { codes: string[] }[];
    }[];
    return { ...fact!, codes: fact!.causes.map(({ codes }) => codes[0]) };
  };

  it.each([
    ['knows no organization', /object/],
    ['requires a field', /content/],
    ['does not know the type', /type/],
    ['wants a form', /application\/json/],
  ])('%s: most likely the handler itself, and no cause that is about the signature', async (name, about) => {
    const { detail, codes } = await send(at(name));
    expect(detail).toMatch(/^most likely, the handler/);
    expect(detail).toMatch(about);
    expect(codes).toEqual([]);
  });

  it('a header that the response asks for', async () => {
    expect((await send(at('x-acme-signature'))).codes[0]).toBe('other_header');
    expect((await send(at('prints a warning of PHP'))).detail).not.toMatch(/exception/);
  });

  it('a verifier that threw: the handler did not fail afterwards', async () => {
    expect((await send('/fastify/throws')).codes).not.toContain('own_error');
  });

  it('a compressed response is shown as text', async () => {
    const { response, codes } = await send(at('answers with gzip'));
    expect(response).toBe('{"error":"Missing required headers"}');
    expect(codes[0]).toBe('dropped_headers');
  });
});
