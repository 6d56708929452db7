import { HooksError } from '../errors.ts';
import type { Io } from '../io.ts';

const variables = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy'];

/** Throws HooksError for a proxy of the environment that undici cannot use. Its URL, which can hold a password, is not named. */
export function checkProxies(env: Io['env']): void {
  for (const name of variables) {
    const text = env[name];
    if (text && !(URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)))
      throw new HooksError('invalid_proxy', { name });
  }
}
