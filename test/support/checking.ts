import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { type Ran, readFacts, runCommand, testSecret, type World } from './memory-io.ts';
import { repository } from './repository.ts';

/** The result of a `check` run. */
export interface Verdict {
  readonly exitCode: number;
  readonly failed: string[];
  readonly warned: string[];
  readonly skipped: string[];
  /** Diagnosis codes; a likely but unproven one ends in a question mark. */
  readonly diagnoses: string[];
  readonly facts: Ran['facts'];
}

/** Runs `check` in this process. */
export async function checkAt(url: string, flags: string[] = [], world: World = {}): Promise<Verdict> {
  const env = { SCALEKIT_WEBHOOK_SECRET: testSecret, SCALEKIT_INTERCEPTOR_SECRET: testSecret };
  const ran = await runCommand(['check', url, '--json', ...flags], { env, ...world });
  return { exitCode: ran.exitCode, facts: ran.facts, ...sortFacts(ran.facts) };
}

/** Runs `check` as a process: tests that run at the same time cannot share what closes when a test ends. */
export function checkProcess(
  args: string[],
  options: { readonly env: Record<string, string>; readonly cwd: string },
): Promise<Verdict> {
  const line = [join(repository, 'bin/scalekit-hooks.cjs'), 'check', ...args, '--json'];
  return new Promise((resolve) => {
    execFile(process.execPath, line, { ...options, maxBuffer: 2 ** 26 }, (error, stdout) => {
      const facts = readFacts(stdout);
      resolve({ exitCode: Number(error?.code ?? 0), facts, ...sortFacts(facts) });
    });
  });
}

export function sortFacts(facts: Ran['facts']): Pick<Verdict, 'failed' | 'warned' | 'skipped' | 'diagnoses'> {
  const having = (status: string) =>
    facts.filter((fact) => fact.kind === 'check' && fact.status === status).map(({ name }) => String(name));
  return {
    failed: having('fail'),
    warned: having('warn'),
    skipped: having('skip'),
    diagnoses: facts
      .filter(({ kind }) => kind === 'diagnosis')
      .map(({ code, certain }) => (certain ? String(code) : `${code}?`)),
  };
}

export const rejections = [
  'no-headers',
  'no-id',
  'no-timestamp',
  'no-signature',
  'tampered-body',
  'tampered-id',
  'tampered-timestamp',
  'body-only',
  'stale',
  'future',
  'malformed-timestamp',
  'unknown-version',
  'truncated-signature',
  'empty-signature',
  'lower-case-signature',
  'hex-signature',
  'wrong-secret',
  'empty-key',
  'secret-as-text',
];

/** Includes `known-id`, which a handler that accepts every forgery does not fail. */
const allRejections = [...rejections.slice(0, 8), 'known-id', ...rejections.slice(8)];

const rewritten = [
  'pretty-printed',
  'unicode-escapes',
  'escaped-slashes',
  'decimal-number',
  'long-integer',
  'final-newline',
];

/** All failing checks of a handler, and its diagnoses in order. */
export interface Expected {
  readonly failed: readonly string[];
  readonly diagnoses: readonly string[];
  readonly warned?: readonly string[];
}

const right: Expected = { failed: [], diagnoses: [] };
const rejected = (...diagnoses: string[]): Expected => ({ failed: ['plain'], diagnoses });
const failing = (diagnosis: string, ...failed: string[]): Expected => ({ failed, diagnoses: [diagnosis] });

/** For the handlers in mistakes.mjs. */
export const mistakes: Readonly<Record<string, Expected>> = {
  right,
  'answers a duplicate with 200': right,
  'answers 204': { ...right, warned: ['not-json', 'empty-body', 'documented-status'] },
  'verifies nothing': failing('accepts-everything', ...rejections),
  'requires only the headers': failing('signature-not-checked', ...rejections.slice(4)),
  'verifies only signed messages': {
    ...failing('unsigned-accepted', 'no-headers', 'no-signature'),
    warned: ['empty-unsigned', 'get'],
  },
  'rejects with 200': { ...failing('rejects-with-2xx', ...rejections), warned: ['empty-unsigned'] },
  'ignores the timestamp': failing('no-clock-check', 'stale', 'future'),
  'checks only the age': failing('no-future-check', 'future'),
  'tolerates 15 minutes': failing('wide-tolerance', 'stale', 'future'),
  'looks for duplicates first': failing('known-id', 'known-id'),
  'compares only a prefix': failing('loose-comparison', 'truncated-signature', 'empty-signature'),
  'compares case-insensitively': failing('loose-comparison', 'lower-case-signature'),
  'accepts any version': failing('loose-comparison', 'unknown-version'),
  'also accepts hex': failing('loose-comparison', 'hex-signature'),
  'has an old secret that is unset': failing('empty-key-accepted', 'empty-key'),
  'also accepts the text as the key': failing('text-key-accepted', 'secret-as-text'),
  'uses the secret as text': rejected('secret-as-text'),
  'uses the secret without prefix as text': rejected('secret-as-text'),
  'has another secret': rejected('other-secret?', 'other-headers?', 'parsed-body?'),
  'has no secret': rejected('empty-secret'),
  'leaves out the id': rejected('signed-text'),
  'signs the body only': rejected('signed-text'),
  'expects hex': rejected('signature-form'),
  'compares with the whole header': failing(
    'one-signature-only',
    'two-signatures-valid-first',
    'two-signatures-valid-last',
    'unknown-version-after',
    'unknown-version-before',
  ),
  'checks only the first signature': failing('first-signature-only', 'two-signatures-valid-last'),
  'reads svix headers': rejected('svix-headers'),
  'reads seconds as milliseconds': rejected('milliseconds'),
  'has a clock that is an hour ahead': rejected('time-zone'),
  'tolerates only a minute': failing('slow-clock', 'slow-clock', 'fast-clock'),
  'parses and stringifies': failing('reserialized-body', ...rewritten),
  'parses and stringifies with spaces': rejected('reserialized-body'),
  'appends a newline': rejected('newline-added'),
  'stringifies and appends a newline': rejected('reserialized-body'),
  'indents and appends a newline': rejected('reserialized-body', 'newline-added'),
  'sorts the parsed fields': failing(
    'reserialized-body',
    'pretty-printed',
    'unicode-escapes',
    'escaped-slashes',
    'decimal-number',
    'long-integer',
    'other-order',
    'final-newline',
  ),
  'reads the body as latin1': failing('non-ascii', 'non-ascii', 'non-ascii-split'),
  'trims the body': failing('final-newline', 'final-newline'),
  'rejects with 500': { ...failing('rejects-with-5xx', ...allRejections), warned: ['empty-unsigned'] },
  'rejects unknown types': failing('unknown-type', 'unknown-type'),
  'has a strict schema': failing('unknown-fields', 'unknown-fields'),
  'fails on null': failing('null-fields', 'null-fields'),
  'answers a duplicate with 409': failing('duplicate', 'duplicate', 'duplicates-at-once'),
  'rejects the deletion of an unknown object': failing(
    'depends-on-order',
    'organization.directory.user_deleted',
    'deleted-before-created',
    'flow-reversed',
  ),
  'fails on non-JSON': { ...failing('not-json', 'not-json'), warned: ['empty-body'] },
  'accepts only application/json': failing('charset', 'charset'),
  'locks out after three rejections': failing(
    'blocks-after-forgery',
    'after-missing-headers',
    'after-tampered-messages',
    'after-times',
    'after-malformed-signatures',
    'after-other-keys',
    'after-odd-bodies',
    'burst',
  ),
  'shows a stack trace': failing('no-stack-trace', 'no-stack-trace'),
  'shows its secret': failing('no-secret', 'no-secret'),
  'shows the expected signature': failing('no-expected-signature', 'no-expected-signature'),
  'redirects rejected messages': {
    ...failing('rejects-with-3xx', ...allRejections, 'no-redirect'),
    warned: ['empty-unsigned'],
  },
};

/** For handlers copied from documentation pages. */
export const documented: Readonly<Record<string, Expected>> = {
  overview: rejected('parsed-body'),
  'implement-webhooks': rejected('no-such-method'),
  'implement-webhooks-silent': rejected('other-secret?', 'other-headers?', 'route-guard?'),
  'best-practices': rejected('other-headers'),
  nextjs: failing('reserialized-body', ...rewritten),
  'scim-python': rejected('reserialized-body'),
  'external-id': rejected('other-headers'),
  'seat-limit': { ...failing('accepts-everything', ...rejections), warned: ['empty-body', 'empty-unsigned'] },
  'java-error': { ...failing('rejects-with-2xx', ...rejections), warned: ['empty-body', 'empty-unsigned'] },
};

/** For correct handlers behind middleware that rejects requests first. */
export const guarded: Readonly<Record<string, Expected>> = {
  none: { ...right, warned: ['large-body', 'get'] },
  login: rejected('login-guard'),
  csrf: rejected('csrf-filter'),
  slash: rejected('slash-redirect'),
  'basic-auth': rejected('login-guard'),
  proxy: rejected('unavailable?', 'handler-error?'),
  challenge: rejected('login-guard'),
};
