/**
 * Signing and verifying with the library, compared with raw node:crypto, standardwebhooks and svix, in one process. All
 * of them get the same message, in the form in which a handler has it.
 */
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { createRequire } from 'node:module';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { Webhook as SvixWebhook } from 'svix';
import { compare, interleave, option } from './table.mjs';

const { createEvent, createSecret, signMessage, verifyMessage } = createRequire(import.meta.url)(
  '../../dist/index.cjs',
);
const count = option('signatures', 20_000);

const secret = createSecret();
const key = createSecretKey(Buffer.from(secret.slice('whsec_'.length), 'base64'));
const [standard, svix] = [new StandardWebhook(secret), new SvixWebhook(secret)];
// About 1 KB, like most events.
const event = createEvent('organization.directory.user_created');
const { body, headers, id } = signMessage(event, { secret });
const [bytes, text] = [Buffer.from(body), Buffer.from(body).toString()];
const timestamp = Number(headers['webhook-timestamp']);
const date = new Date(timestamp * 1000);

function rawSign() {
  const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(bytes);
  return `v1,${hmac.digest('base64')}`;
}

function rawVerify() {
  const given = headers['webhook-signature'];
  const isTimely = Math.abs(Math.floor(Date.now() / 1000) - Number(headers['webhook-timestamp'])) <= 300;
  return isTimely && timingSafeEqual(Buffer.from(rawSign()), Buffer.from(given));
}

const signers = {
  'node:crypto': rawSign,
  'scalekit-hooks signMessage': () => signMessage(bytes, { secret, id, timestamp: date }),
  standardwebhooks: () => standard.sign(id, date, text),
  svix: () => svix.sign(id, date, text),
};
const verifiers = {
  'node:crypto': rawVerify,
  'scalekit-hooks verifyMessage': () =>
    verifyMessage({ headers, body: bytes }, { secret }).verified || fail(),
  standardwebhooks: () => standard.verify(text, headers),
  svix: () => svix.verify(text, headers),
};

function fail() {
  throw new Error('the message did not verify');
}

export const title = `Sign and verify ${bytes.length} bytes, messages per second, compared with raw node:crypto`;

export async function measure({ rounds }) {
  return [
    ...(await compareRates('sign', signers, rounds)),
    ...(await compareRates('verify', verifiers, rounds)),
  ];
}

async function compareRates(operation, functions, rounds) {
  const works = Object.entries(functions).map(([name, work], index) => ({
    name: `${operation}: ${name}`,
    work,
    goal: index === 1 ? ['>=', 0.8] : undefined,
  }));
  return compare('signature', works, await interleave(works, rounds, rateOf), 'per_second');
}

function rateOf({ work }) {
  const started = performance.now();
  for (let index = 0; index < count; index += 1) work();
  return count / ((performance.now() - started) / 1000);
}
