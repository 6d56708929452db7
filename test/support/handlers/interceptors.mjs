// Interceptors, right ones and such with one mistake: each at /<name>.
import { serve } from '@hono/node-server';
import { Scalekit } from '@scalekit-sdk/node';

const scalekit = new Scalekit('https://example.scalekit.dev', 'client_id', 'client_secret');
const secret = process.env.SCALEKIT_INTERCEPTOR_SECRET;
const allow = () => Response.json({ decision: 'ALLOW' });
const deny = (message) => Response.json({ decision: 'DENY', error: { message } });

/** Verifies with the SDK, and then decides. */
function verified(
  decide,
  { key = secret, bodyOf = (text) => text, refuse = () => deny('Unauthorized request') } = {},
) {
  return async (request) => {
    const text = await request.text();
    let asked;
    try {
      scalekit.verifyInterceptorPayload(key, Object.fromEntries(request.headers), bodyOf(text));
      asked = JSON.parse(text);
    } catch {
      return refuse();
    }
    return decide(asked);
  };
}

const interceptors = {
  allows: verified(allow),
  'denies with a reason': verified(() => deny('No seats are left')),
  'rejects with 401': verified(allow, { refuse: () => new Response(null, { status: 401 }) }),
  'allows everything': () => allow(),
  'denies everything': () => deny('no'),
  'has another secret': verified(allow, { key: 'whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB' }),
  'parses the body': verified(allow, { bodyOf: (text) => JSON.parse(text) }),
  'requires a user': verified(({ data }) => (data.user.email ? allow() : deny('no e-mail'))),
  'answers yes': verified(() => Response.json({ decision: 'yes' })),
  'denies with 403': verified(() => Response.json({ decision: 'DENY' }, { status: 403 })),
  'allows requests that fail verification': verified(allow, { refuse: allow }),
};

const fetch = async (request) => {
  const handle = interceptors[decodeURIComponent(new URL(request.url).pathname.slice(1))];
  if (request.method !== 'POST') return new Response(null, { status: 405 });
  try {
    return await handle(request);
  } catch {
    return new Response(null, { status: 500 });
  }
};
serve({ fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(`listening on ${port}`));
