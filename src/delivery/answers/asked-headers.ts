/** What makes the name of an error, such as invalid-signature, or of a header that verifiers of this scheme read. */
const noOther =
  /^(?:invalid|missing|bad|no|wrong|malformed|expected|empty|unknown|verify|body|request|webhook|interceptor|svix)-/;

const name =
  /\b(?:HTTP_[A-Z0-9_]{0,60}(?:SIGNATURE|HMAC|DIGEST)[A-Z0-9_]{0,20}|[a-z][a-z0-9]{0,30}(?:-[a-z0-9]{1,30}){0,5}-(?:signature|sig|hmac|digest|hash)(?:-?(?:sha-?)?(?:1|256|512))?)(?![\w-])/gi;

/** Enough for the message of an error. */
const MAX_TEXT_LENGTH = 4000;
const MAX_NAMES = 3;

/**
 * The headers with a signature that a response names, in lower case, other than those that Scalekit sends: the handler
 * most likely reads them. PHP and WSGI write x-signature as HTTP_X_SIGNATURE.
 */
export function askedHeaders(text: string): string[] {
  const found = text.slice(0, MAX_TEXT_LENGTH).match(name) ?? [];
  const names = found.map((each) =>
    each
      .replace(/^HTTP_/, '')
      .replaceAll('_', '-')
      .toLowerCase(),
  );
  const others = names.filter((each) => !noOther.test(each));
  return [...new Set(others)].slice(0, MAX_NAMES);
}
