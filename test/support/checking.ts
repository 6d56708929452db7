import { type Ran, runCommand, testSecret, type World } from './memory-io.ts';

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

export function sortFacts(facts: Ran['facts']): Pick<Verdict, 'failed' | 'warned' | 'skipped' | 'diagnoses'> {
  const having = (status: string) =>
    facts.filter((fact) => fact.kind === 'check' && fact.status === status).map(({ name }) => String(name));
  return {
    failed: having('fail'),
    warned: having('warn'),
    skipped: having('skip'),
    diagnoses: facts
      .filter(({ kind }) => kind === 'diagnosis')
      .map(({ code, sure }) => (sure ? String(code) : `${code}?`)),
  };
}

export const refusals = [
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

/** Includes `known-id`: accepting it is only a warning, but rejecting it in the wrong way is a failure. */
const allRefusals = [...refusals.slice(0, 8), 'known-id', ...refusals.slice(8)];

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
const refused = (...diagnoses: string[]): Expected => ({ failed: ['plain'], diagnoses });
const failing = (diagnosis: string, ...failed: string[]): Expected => ({ failed, diagnoses: [diagnosis] });

/** For the handlers in mistakes.mjs. */
export const mistakes: Readonly<Record<string, Expected>> = {
  right,
  'answers a duplicate with 200': right,
  'answers 204': { ...right, warned: ['not-json', 'empty-body', 'documented-status'] },
  'verifies nothing': failing('accepts-everything', ...refusals),
  'wants headers only': failing('signature-not-checked', ...refusals.slice(4)),
  'verifies only what is signed': {
    ...failing('unsigned-accepted', 'no-headers', 'no-signature'),
    warned: ['empty-unsigned', 'get'],
  },
  'refuses with 200': { ...failing('refuses-with-2xx?', ...refusals), warned: ['empty-unsigned'] },
  'checks no time': failing('no-clock-check', 'stale', 'future'),
  'checks the age only': failing('no-future-check', 'future'),
  'allows a quarter of an hour': failing('wide-tolerance', 'stale', 'future'),
  'looks for duplicates first': { ...right, warned: ['known-id'] },
  'compares the beginning': failing('loose-comparison', 'truncated-signature', 'empty-signature'),
  'compares without regard to case': failing('loose-comparison', 'lower-case-signature'),
  'takes any version': failing('loose-comparison', 'unknown-version'),
  'takes hex, too': failing('loose-comparison', 'hex-signature'),
  'has an old secret that is not set': failing('empty-key-accepted', 'empty-key'),
  'takes the text as key, too': failing('text-key-accepted', 'secret-as-text'),
  'uses the secret as text': refused('secret-as-text'),
  'uses the secret without prefix as text': refused('secret-as-text'),
  'has another secret': refused('other-secret?', 'other-headers?'),
  'has no secret': refused('empty-secret'),
  'leaves the id out': refused('signed-text'),
  'signs the body only': refused('signed-text'),
  'expects hex': refused('signature-form'),
  'compares with the whole header': failing(
    'one-signature-only',
    'two-signatures-valid-first',
    'two-signatures-valid-last',
    'unknown-version-after',
    'unknown-version-before',
  ),
  'looks at the first signature only': failing('first-signature-only', 'two-signatures-valid-last'),
  'reads svix headers': refused('svix-headers'),
  'takes seconds for milliseconds': refused('milliseconds'),
  'has a clock that is an hour ahead': refused('clock'),
  'allows a minute only': failing('slow-clock', 'slow-clock', 'fast-clock'),
  'parses and stringifies': failing('reserialized-body', ...rewritten),
  'parses and stringifies with blanks': refused('reserialized-body'),
  'sorts what it parses': {
    ...failing(
      'reserialized-body',
      'pretty-printed',
      'unicode-escapes',
      'other-order',
      'final-newline',
      'non-ascii-split',
    ),
    warned: ['large-body'],
  },
  'reads the body as latin1': failing('non-ascii', 'non-ascii', 'non-ascii-split'),
  'trims the body': failing('final-newline', 'final-newline'),
  'refuses with 500': { ...failing('rejects-with-5xx', ...allRefusals), warned: ['empty-unsigned'] },
  'refuses unknown types': failing('unknown-type', 'unknown-type'),
  'has a strict schema': failing('unknown-fields', 'unknown-fields'),
  'falls over null': failing('null-fields', 'null-fields'),
  'answers a duplicate with 409': failing('duplicate', 'duplicate', 'duplicates-at-once'),
  'deletes what must be there': failing(
    'depends-on-order',
    'organization.directory.user_deleted',
    'deleted-before-created',
  ),
  'falls over what is not JSON': failing('not-json', 'not-json', 'empty-body'),
  'wants application/json and nothing else': failing('charset', 'charset'),
  'locks out after three refusals': failing(
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
  'redirects what is refused': {
    ...failing('rejects-with-3xx', ...allRefusals, 'no-redirect'),
    warned: ['empty-unsigned'],
  },
};

/** For handlers copied from documentation pages. */
export const documented: Readonly<Record<string, Expected>> = {
  overview: refused('parsed-body'),
  'implement-webhooks': refused('no-such-method'),
  'implement-webhooks-silent': refused('other-secret?', 'other-headers?'),
  'best-practices': refused('other-headers'),
  nextjs: failing('reserialized-body', ...rewritten),
  'scim-python': refused('reserialized-body'),
  'external-id': refused('other-headers'),
  'seat-limit': { ...failing('accepts-everything', ...refusals), warned: ['empty-body', 'empty-unsigned'] },
  'java-error': { ...failing('refuses-with-2xx?', ...refusals), warned: ['empty-body', 'empty-unsigned'] },
};

/** For correct handlers behind middleware that rejects requests first. */
export const guarded: Readonly<Record<string, Expected>> = {
  none: { ...right, warned: ['large-body', 'get'] },
  login: refused('redirects'),
  csrf: refused('route-guard?'),
  slash: refused('redirects'),
  'basic-auth': refused('route-guard?'),
  proxy: refused('proxy'),
  challenge: refused('route-guard?'),
};
