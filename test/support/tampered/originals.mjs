import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What was signed: bodies as Scalekit writes them, and as others do. */

const fixtures = fileURLToPath(new URL('../../../fixtures', import.meta.url));

function fixture(type) {
  const path = readdirSync(fixtures, { recursive: true }).find((name) => name.endsWith(`/${type}.json`));
  return JSON.parse(readFileSync(`${fixtures}/${path}`, 'utf8'));
}

function sorted(value) {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}

/** A sample event as a value, with some of its data changed. */
export function event(type, data = {}) {
  const sample = fixture(type);
  return sorted({ ...sample, data: { ...sample.data, ...data } });
}

/** As Scalekit sends it. */
export const compact = (value) => Buffer.from(JSON.stringify(value));
export const pretty = (value, indent = 2) => Buffer.from(JSON.stringify(value, null, indent));
export const crlf = (body) => Buffer.from(body.toString().replaceAll('\n', '\r\n'));
export const ended = (body) => Buffer.concat([body, Buffer.from('\n')]);
export const withBom = (body) => Buffer.concat([Buffer.from('\ufeff'), body]);
/** A body in which some text stands in place of another, to have what no JSON.stringify writes. */
export const replaced = (body, from, to) => {
  const text = body.toString();
  if (!text.includes(from)) throw new Error(`no ${from} in the original`);
  return Buffer.from(text.replace(from, to));
};

export const user = event('user.created');
export const directoryUser = event('organization.directory.user_created');
export const role = event('role.created');
export const account = event('connected_account.created');

/** é and ü, which latin1 has, too. */
export const zoe = event('user.created', { name: 'Zoë Müller', city: 'Orléans' });
/** Á is C3 81 in UTF-8, and windows-1252 has no 81. */
export const agnes = event('user.created', { name: 'Ágnes' });
export const quoted = event('user.created', { name: '„Zoë“ – 20 €' });
export const emoji = event('user.created', { name: 'Łukasz 😀', title: '漢字' });
export const decomposed = event('user.created', { name: 'Zoe\u0308' });
export const markup = event('role.created', {
  description: '<b>R&D</b> reads "billing" at https://example.com/a?b=1&c=2, it\'s all',
});
export const zoeMarkup = event('role.created', { description: 'Zoë & <Łukasz> at /billing' });
export const lines = event('role.created', { description: 'one\ntwo\ttabbed \\ backslash' });
export const controls = event('role.created', {
  description: 'bell \u0007, back \b, feed \f, rub-out \u007f',
});
export const numbered = event('user.created', { count: 3, rate: 0.25, amounts: [19.99, 0, -7] });
export const nested = event('user.created', {
  grid: [[], [[1, 2], [3]], [{}]],
  nothing: null,
  settings: {},
  tags: [],
  deep: { deeper: { deepest: ['a', { b: null }] } },
});
/** Not in alphabetical order. */
export const unordered = {
  type: 'user.created',
  id: 'evt_126466662825607138',
  data: { userId: 'usr_1', email: 'a@example.com' },
};

/** A user event with a number written in a way of its own. */
export const withNumber = (token) =>
  replaced(compact(event('user.created', { amount: 1 })), '"amount":1', `"amount":${token}`);
