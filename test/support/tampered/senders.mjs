import { createHash, createHmac, createPrivateKey, sign as signAsymmetrically } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { java, python, shell } from './machines.mjs';

/** Whoever signs: the right way, and the ways of code of one's own. Each takes what is to be sent and gives a Message. */

/** As Scalekit's SDKs do, which take what stands between two underscores where there are two. */
export const keyOf = (secret) => Buffer.from(secret.split('_')[1], 'base64');

export function stamped(headers, body) {
  const others = [
    ['content-type', 'application/json'],
    ['user-agent', 'events/1.4'],
  ];
  return { headers: [...others, ...headers], body };
}

export function signedText({ id, stamp, body }, joiner = '.') {
  return Buffer.concat([Buffer.from([id, stamp, ''].join(joiner)), body]);
}

/** Of the scheme, by its letter: what all others are measured by. */
export function rightSignature({ secret, id, seconds, body }) {
  const text = signedText({ id, stamp: String(seconds), body });
  return `v1,${createHmac('sha256', keyOf(secret)).update(text).digest('base64')}`;
}

export function standard(sent) {
  return withSignature(sent, rightSignature(sent));
}

function withSignature({ id, seconds, body }, signature, stamp = String(seconds)) {
  return stamped(
    [
      ['webhook-id', id],
      ['webhook-timestamp', stamp],
      ['webhook-signature', signature],
    ],
    body,
  );
}

/** Signs in JavaScript: each member of `habits` is what this sender does in its own way. */
export function javascript(habits = {}) {
  return (sent) => {
    const milliseconds = sent.milliseconds;
    const header = habits.stamp?.(milliseconds) ?? String(sent.seconds);
    const stamp = habits.signedStamp?.(milliseconds) ?? header;
    const parts = { ...sent, stamp };
    const text = habits.text?.(parts) ?? signedText(parts);
    const key = habits.key?.(sent.secret) ?? keyOf(sent.secret);
    const mac = createHmac(habits.hash ?? 'sha256', key).update(text);
    const signature = habits.write?.(mac, parts) ?? `v1,${mac.digest('base64')}`;
    const message = withSignature(sent, signature, header);
    return habits.headers ? stamped(habits.headers(signature, parts), sent.body) : message;
  };
}

/** Signs in Python: expressions for the header's value, and for the timestamp; relay.py says what they can use. */
export function inPython(signature, stamp = 'str(int(time.time()))', zone = 'UTC') {
  return async (sent) => {
    const given = { ...sent, now: sent.milliseconds / 1000 };
    const header = String(await python(stamp, given, zone));
    return withSignature(sent, String(await python(signature, { ...given, stamp: header })), header);
  };
}

/** Signs in the shell, with $ID, $TIMESTAMP and $SECRET, by a script that writes the header's value. */
export function inShell(script) {
  return async (sent) => {
    const variables = { ID: sent.id, TIMESTAMP: String(sent.seconds), SECRET: sent.secret };
    const written = await shell(script, sent.body, variables);
    return withSignature(sent, written.toString().replace(/\n$/, ''));
  };
}

/** Signs in Java; Relay.java has the habits. */
export function inJava(habit, write = (digest) => `v1,${digest}`) {
  return async (sent) => {
    const text = signedText({ ...sent, stamp: String(sent.seconds) });
    return withSignature(sent, write(String(await java(habit, text, { args: [sent.secret] }))));
  };
}

/** Signs by the library standardwebhooks, which takes a text alone. */
export function byLibrary(secretOf, options) {
  return (sent) => {
    const webhook = new Webhook(secretOf(sent.secret), options);
    return withSignature(sent, webhook.sign(sent.id, new Date(sent.seconds * 1000), sent.body.toString()));
  };
}

/** Signs right, but something else than what is sent. */
export function signingOther(signedBody) {
  return (sent) => withSignature(sent, rightSignature({ ...sent, body: Buffer.from(signedBody(sent.body)) }));
}

/** Signs with several secrets, as while one is rotated: the header has them in order. */
export function rotating(...secretsOf) {
  return (sent) => {
    const signatures = secretsOf.map((secretOf) =>
      rightSignature({ ...sent, secret: secretOf(sent.secret) }),
    );
    return withSignature(sent, signatures.join(' '));
  };
}

/** ed25519, the scheme's other kind, with a key that is made from the secret. */
export function asymmetric(sent) {
  const seed = createHash('sha256').update(sent.secret).digest();
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  const text = signedText({ ...sent, stamp: String(sent.seconds) });
  return withSignature(sent, `v1a,${signAsymmetrically(null, text, key).toString('base64')}`);
}

/** A digest of secret and text, with no HMAC. */
export function plainHash(sent) {
  const text = signedText({ ...sent, stamp: String(sent.seconds) });
  const digest = createHash('sha256').update(keyOf(sent.secret)).update(text).digest('base64');
  return withSignature(sent, `v1,${digest}`);
}
