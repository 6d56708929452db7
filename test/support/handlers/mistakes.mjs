/**
 * Handlers that verify by hand, each rightly but for one mistake that somebody really makes. A mistake takes the place
 * of one step of `steps`; what it does is what its name says.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

const secretText = process.env.SCALEKIT_WEBHOOK_SECRET;
const now = () => Math.floor(Date.now() / 1000);
const answer = (status, body) => Response.json(body, { status });
const hmac = (key, text) => createHmac('sha256', key).update(text);
const read = (request, name) => request.headers.get(name) ?? '';

/** A right handler, step by step. */
const steps = {
  keys: () => [Buffer.from(secretText.split('_')[1], 'base64')],
  bodyOf: (request) => request.text(),
  hasHeaders: ({ id, timestamp, signature }) => id !== '' && timestamp !== '' && signature !== '',
  headersOf: (request) => ({
    id: read(request, 'webhook-id'),
    timestamp: read(request, 'webhook-timestamp'),
    signature: read(request, 'webhook-signature'),
  }),
  isInTime: ({ timestamp }) => /^\d+$/.test(timestamp) && Math.abs(now() - Number(timestamp)) <= 300,
  signedText: ({ id, timestamp }, body) => `${id}.${timestamp}.${body}`,
  digest: (key, text) => hmac(key, text).digest('base64'),
  entries: (signature) =>
    signature.split(' ').flatMap((entry) => (entry.startsWith('v1,') ? [entry.slice(3)] : [])),
  isEqual: (expected, given) =>
    expected.length === given.length && timingSafeEqual(Buffer.from(expected), Buffer.from(given)),
  refuse: () => answer(401, { error: 'invalid signature' }),
  accept: (body) => {
    try {
      return answer(201, { received: JSON.parse(body).type });
    } catch {
      return answer(400, { error: 'not JSON' });
    }
  },
};

function handlerOf(mistake) {
  const step = { ...steps, ...mistake };
  return async (request) => {
    if (request.method !== 'POST') return answer(405, {});
    const [headers, body] = [step.headersOf(request), await step.bodyOf(request)];
    const text = step.signedText(headers, body);
    const expected = step.keys().map((key) => step.digest(key, text));
    if (!step.hasHeaders(headers)) return step.refuse('missing headers', expected);
    if (!step.isInTime(headers)) return step.refuse('too old or too new', expected);
    const given = step.entries(headers.signature);
    if (!expected.some((each) => given.some((entry) => step.isEqual(each, entry))))
      return step.refuse('no signature fits', expected);
    return step.accept(body, headers);
  };
}

/** What is done with an event that was verified. */
const acting = (act) => ({
  accept(body, headers) {
    let event;
    try {
      event = JSON.parse(body);
    } catch {
      return answer(400, { error: 'not JSON' });
    }
    return act(event, headers) ?? answer(201, {});
  },
});

const seen = new Set();
const known = new Set();
let refusals = 0;
let isBusy = false;
function sorted(value) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const names = Object.keys(value).sort();
  return Object.fromEntries(names.map((name) => [name, sorted(value[name])]));
}
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const mistakes = {
  // None.
  right: {},
  'answers a duplicate with 200': acting((_event, { id }) =>
    seen.has(id) ? answer(200, {}) : void seen.add(id),
  ),
  'answers 204': { accept: () => new Response(null, { status: 204 }) },

  // The signature is not verified, or not wholly.
  'verifies nothing': {
    hasHeaders: () => true,
    isInTime: () => true,
    entries: () => [''],
    isEqual: () => true,
  },
  'requires only the headers': {
    isInTime: () => true,
    isEqual: () => true,
    entries: (signature) => [signature],
  },
  'rejects with 200': { refuse: () => answer(200, { status: 'error' }) },
  'ignores the timestamp': { isInTime: ({ timestamp }) => /^\d+$/.test(timestamp) },
  'checks only the age': {
    isInTime: ({ timestamp }) => /^\d+$/.test(timestamp) && now() - Number(timestamp) <= 300,
  },
  'tolerates 15 minutes': {
    isInTime: ({ timestamp }) => /^\d+$/.test(timestamp) && Math.abs(now() - Number(timestamp)) <= 900,
  },
  'compares only a prefix': { isEqual: (expected, given) => expected.startsWith(given) },
  'compares case-insensitively': {
    isEqual: (expected, given) => expected.toLowerCase() === given.toLowerCase(),
  },
  'accepts any version': { entries: (signature) => signature.split(' ').map((entry) => entry.split(',')[1]) },
  'also accepts hex': {
    isEqual: (expected, given) => [expected, Buffer.from(expected, 'base64').toString('hex')].includes(given),
  },
  'has an old secret that is unset': {
    keys: () => [...steps.keys(), Buffer.from(process.env.OLD_SECRET ?? '')],
  },
  'also accepts the text as the key': { keys: () => [...steps.keys(), Buffer.from(secretText)] },

  // What Scalekit sends is refused.
  'uses the secret as text': { keys: () => [Buffer.from(secretText)] },
  'uses the secret without prefix as text': { keys: () => [Buffer.from(secretText.split('_')[1])] },
  'has another secret': { keys: () => [Buffer.alloc(24, 7)] },
  'has no secret': { keys: () => [Buffer.alloc(0)] },
  'leaves out the id': { signedText: ({ timestamp }, body) => `${timestamp}.${body}` },
  'signs the body only': { signedText: (_headers, body) => body },
  'expects hex': { digest: (key, text) => hmac(key, text).digest('hex') },
  'compares with the whole header': { entries: (signature) => [signature.replace('v1,', '')] },
  'checks only the first signature': { entries: (signature) => steps.entries(signature).slice(0, 1) },
  'reads svix headers': {
    headersOf: (request) => ({
      id: read(request, 'svix-id'),
      timestamp: read(request, 'svix-timestamp'),
      signature: read(request, 'svix-signature'),
    }),
  },
  'reads seconds as milliseconds': {
    isInTime: ({ timestamp }) => Math.abs(Date.now() - Number(timestamp)) <= 300_000,
  },
  'has a clock that is an hour ahead': {
    isInTime: ({ timestamp }) => Math.abs(now() + 3600 - Number(timestamp)) <= 300,
  },
  'tolerates only a minute': { isInTime: ({ timestamp }) => Math.abs(now() - Number(timestamp)) <= 60 },

  // The bytes are lost.
  'parses and stringifies': {
    bodyOf: async (request) => JSON.stringify(await request.json().catch(() => '')),
  },
  'parses and stringifies with spaces': {
    bodyOf: async (request) => JSON.stringify(await request.json().catch(() => ''), null, 2),
  },
  'appends a newline': { bodyOf: async (request) => `${await request.text()}\n` },
  'stringifies and appends a newline': {
    bodyOf: async (request) => `${JSON.stringify(await request.json().catch(() => ''))}\n`,
  },
  'indents and appends a newline': {
    bodyOf: async (request) => `${JSON.stringify(await request.json().catch(() => ''), null, 2)}\n`,
  },
  'sorts the parsed fields': {
    bodyOf: async (request) => JSON.stringify(sorted(await request.json().catch(() => ''))),
  },
  'reads the body as latin1': {
    bodyOf: async (request) => Buffer.from(await request.arrayBuffer()).toString('latin1'),
  },
  'trims the body': { bodyOf: async (request) => (await request.text()).trim() },

  // It is verified, and then something goes wrong.
  'rejects with 500': { refuse: () => answer(500, { error: 'Internal Server Error' }) },
  'rejects unknown types': acting(({ type }) =>
    type === 'organization.check_unknown' ? answer(400, { error: 'unknown type' }) : undefined,
  ),
  'knows only directory users': acting(({ type }) =>
    type.startsWith('organization.directory.user_') ? undefined : answer(422, { error: 'unknown type' }),
  ),
  'has a strict schema': acting((event) => {
    const fields = 'data display_name environment_id id object occurred_at organization_id spec_version type';
    const isKnown = Object.keys(event).every((name) => fields.split(' ').includes(name));
    return isKnown ? undefined : answer(400, { error: 'unknown field' });
  }),
  'requires an organization': acting(({ organization_id: organization }) =>
    organization === undefined ? answer(422, { error: 'no organization' }) : undefined,
  ),
  'fails on null': acting(({ data }) => {
    if (data.groups === null) return answer(500, { error: 'cannot read properties of null' });
  }),
  'answers a duplicate with 409': acting((_event, { id }) =>
    seen.has(id) ? answer(409, {}) : void seen.add(id),
  ),
  'rejects the deletion of an unknown object': acting(({ type, data }) => {
    if (type.endsWith('_created')) known.add(data.id);
    return type === 'organization.directory.user_deleted' && !known.delete(data.id)
      ? answer(404, {})
      : undefined;
  }),
  'fails on non-JSON': { accept: (body) => answer(201, JSON.parse(body)) },
  'hangs on non-JSON': {
    accept: (body) => (body.startsWith('{') ? answer(201, {}) : new Promise(() => {})),
  },
  'accepts only application/json': {
    headersOf: (request) =>
      read(request, 'content-type') === 'application/json'
        ? steps.headersOf(request)
        : { id: '', timestamp: '', signature: '' },
  },
  'locks out after three rejections': {
    refuse() {
      refusals += 1;
      return answer(401, {});
    },
    accept: (body) => (refusals >= 3 ? answer(403, { error: 'locked' }) : steps.accept(body)),
  },
  'is slow': { accept: (body) => wait(700).then(() => steps.accept(body)) },
  'shows a stack trace': { refuse: (why) => new Response(new Error(why).stack, { status: 401 }) },
  'shows its secret': { refuse: () => answer(401, { error: `does not fit ${secretText}` }) },
  'shows the expected signature': {
    refuse: (_why, expected) => answer(401, { error: `expected v1,${expected}` }),
  },
  'redirects rejected messages': {
    refuse: () => new Response(null, { status: 302, headers: { location: '/login' } }),
  },
};

/** By name: `(request: Request) => Promise<Response>`. */
export const handlers = Object.fromEntries(
  Object.entries(mistakes).map(([name, mistake]) => [name, handlerOf(mistake)]),
);

// Such as are none of a step.
handlers['verifies only signed messages'] = (request) =>
  request.headers.has('webhook-signature') ? handlers.right(request) : answer(200, {});
handlers['looks for duplicates first'] = async (request) => {
  const id = request.headers.get('webhook-id');
  if (seen.has(id)) return answer(200, {});
  const response = await handlers.right(request);
  if (response.status === 201) seen.add(id);
  return response;
};
handlers['processes one at a time'] = async (request) => {
  if (isBusy) return answer(503, { error: 'busy' });
  isBusy = true;
  await wait(3);
  isBusy = false;
  return handlers.right(request);
};
