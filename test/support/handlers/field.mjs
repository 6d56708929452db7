// Handlers with the mistakes of real code, and what stands in front of handlers: each at /webhook/<name>.
// With arguments, one of `machines` alone, on its own port: node field.mjs NAME [VALUE]
import { createHmac, randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import { join } from 'node:path';
import express from 'express';

const secret = process.env.SCALEKIT_WEBHOOK_SECRET ?? '';
const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

/** Throws unless the signature covers `body`; `now` is in seconds. */
function verify(headers, body, { with: own = key, now = Date.now() / 1000 } = {}) {
  const [id, time, list] = ['id', 'timestamp', 'signature'].map((name) => headers[`webhook-${name}`]);
  if (!id || !time || !list) throw new Error('headers');
  if (!/^\d+$/.test(time) || Math.abs(now - Number(time)) > 300) throw new Error('time');
  const expected = createHmac('sha256', own).update(`${id}.${time}.`).update(body).digest('base64');
  if (!list.split(' ').includes(`v1,${expected}`)) throw new Error('signature');
}

const read = async (request) => {
  const chunks = [];
  try {
    for await (const chunk of request) chunks.push(chunk);
  } catch {
    // The sender has given up.
  }
  return Buffer.concat(chunks);
};
const answer = (response, status, body = '', headers = {}) => response.writeHead(status, headers).end(body);
const reject = (response) =>
  answer(response, 401, '{"error":"unauthorized"}', { 'content-type': 'application/json' });

/** A handler with another secret, whose rejections differ for a reason of their own. */
const rejectingWith = (text) => async (request, response) => {
  const body = await read(request);
  try {
    verify(request.headers, body, { with: Buffer.from('another key') });
  } catch {
    return answer(response, 401, text(body));
  }
  answer(response, 201);
};

/** A handler that verifies what `view` makes of the body. */
const verifying =
  (view, options = () => ({})) =>
  async (request, response) => {
    const body = await read(request);
    try {
      verify(request.headers, view(body), options());
      JSON.parse(body);
    } catch {
      return reject(response);
    }
    answer(response, 201);
  };

/** A handler that verifies the event, parsed, changed and serialized again. */
const rewriting = (change, serialize = JSON.stringify) =>
  verifying((body) => serialize(walk(JSON.parse(body), change)));
function walk(value, change) {
  const made = change(value);
  if (Array.isArray(made)) return made.map((item) => walk(item, change));
  if (made === null || typeof made !== 'object') return made;
  return Object.fromEntries(
    Object.entries(made).flatMap(([name, item]) => {
      const walked = walk(item, change);
      return walked === undefined ? [] : [[name, walked]];
    }),
  );
}
const isTime = (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(value);
const isEmpty = (value) => value !== null && typeof value === 'object' && Object.keys(value).length === 0;
const fraction = (length) => (value) =>
  isTime(value)
    ? value.replace(
        /(\.\d+)?Z$/,
        (_all, digits = '.') => `${digits.padEnd(length + 1, '0').slice(0, length + 1)}Z`,
      )
    : value;

/** A handler that verifies, and then does something with the event. */
const processing = (process) => async (request, response) => {
  const body = await read(request);
  try {
    verify(request.headers, body);
    JSON.parse(body);
  } catch {
    return reject(response);
  }
  process(response, body);
};

const seen = new Set();
let [present, turn, accepted] = [0, 0, 0];

const handlers = {
  right: verifying((body) => body),
  'answers text/html': async (request, response) => {
    const body = await read(request);
    try {
      verify(request.headers, body);
      JSON.parse(body);
    } catch {
      return reject(response);
    }
    answer(response, 201, 'ok', { 'content-type': 'text/html; charset=utf-8' });
  },
  // Parsed and serialized again, with other values
  'writes {} as []': rewriting((value) => (!Array.isArray(value) && isEmpty(value) ? [] : value)),
  'leaves out empty objects': rewriting((value) =>
    !Array.isArray(value) && isEmpty(value) ? undefined : value,
  ),
  'writes 3 digits': rewriting((value) => (isTime(value) ? new Date(value).toISOString() : value)),
  'writes 6 digits': rewriting(fraction(6)),
  'writes 7 digits': rewriting(fraction(7)),
  'writes times as numbers': rewriting((value) =>
    isTime(value) ? Math.floor(Date.parse(value) / 1000) : value,
  ),
  'encodes the body in base64': verifying((body) => body.toString('base64')),
  'stringifies the text': verifying((body) => JSON.stringify(body.toString())),
  'signs only the data': verifying((body) => JSON.stringify(JSON.parse(body).data)),
  'signs the id of the event': (request, response) => {
    const all = [];
    request.on('data', (chunk) => all.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(all);
      const id = /"id":"(evt_\w+)"/.exec(body)?.[1] ?? '';
      try {
        verify({ ...request.headers, 'webhook-id': id }, body);
      } catch {
        return reject(response);
      }
      answer(response, 201);
    });
  },
  'escapes slashes': rewriting(
    (value) => value,
    (value) => JSON.stringify(value).replaceAll('/', '\\/'),
  ),
  'writes +00:00': rewriting((value) => (isTime(value) ? value.replace(/Z$/, '+00:00') : value)),
  // Part of the body
  'reads 512 bytes': verifying((body) => body.subarray(0, 512)),
  'reads 1000 bytes': verifying((body) => body.subarray(0, 1000)),
  'reads the first chunk': (request, response) =>
    request.once('readable', () => {
      const body = request.read() ?? Buffer.alloc(0);
      request.resume();
      try {
        verify(request.headers, body);
        JSON.parse(body);
      } catch {
        return reject(response);
      }
      answer(response, 201);
    }),
  // Secrets
  'has another secret': verifying(
    (body) => body,
    () => ({ with: Buffer.from('another key') }),
  ),
  'decodes until an error': verifying(
    (body) => body,
    () => {
      const text = secret.slice('whsec_'.length);
      const end = text.search(/[+/]/);
      return { with: Buffer.from(text.slice(0, end - (end % 4)), 'base64') };
    },
  ),
  // Clocks
  'is 10 minutes ahead': verifying(
    (body) => body,
    () => ({ now: Date.now() / 1000 + 600 }),
  ),
  'is 7 minutes behind': verifying(
    (body) => body,
    () => ({ now: Date.now() / 1000 - 420 }),
  ),
  'reads local time as UTC': verifying(
    (body) => body,
    () => ({ now: Date.now() / 1000 + 19_800 }),
  ),
  // Order of steps
  'looks for the event first': async (request, response) => {
    const body = await read(request);
    let event;
    try {
      event = JSON.parse(body);
    } catch {
      return answer(response, 400);
    }
    if (seen.has(event.id)) return answer(response, 200, '{"duplicate":true}');
    try {
      verify(request.headers, body);
    } catch {
      return reject(response);
    }
    seen.add(event.id);
    answer(response, 201);
  },
  // Types
  'knows one type': async (request, response) => {
    const body = await read(request);
    try {
      verify(request.headers, body);
      JSON.parse(body);
    } catch {
      return reject(response);
    }
    const { type } = JSON.parse(body);
    answer(response, type === 'user.created' ? 201 : 422, `unhandled event type ${type}`);
  },
  'normalizes text': verifying((body) => body.toString().normalize('NFC')),
  // A pool of three connections
  'has a small pool': async (request, response) => {
    const body = await read(request);
    present += 1;
    const isFull = present > 3;
    await new Promise((resolve) => setTimeout(resolve, 15));
    present -= 1;
    if (isFull) return answer(response, 500, 'pool exhausted');
    try {
      verify(request.headers, body);
      JSON.parse(body);
    } catch {
      return reject(response);
    }
    answer(response, 201);
  },
  // Right, and then something else
  'rejects the organization': processing((response) => answer(response, 404, '{"error":"User not found"}')),
  'says 413 about groups': processing((response) => answer(response, 413, '{"error":"too many groups"}')),
  'says CSRF afterwards': processing((response) => answer(response, 403, '{"error":"CSRF token missing"}')),
  'fails afterwards': processing((response) => answer(response, 500, 'getaddrinfo ENOTFOUND db')),
  'rejects long events': processing((response, body) =>
    body.length > 900 ? answer(response, 500, 'value too long for column') : answer(response, 201),
  ),
  'requires attributes': processing((response, body) =>
    body.includes('"raw_attributes":{}') ? answer(response, 422) : answer(response, 201),
  ),
  // Not always the same
  'is one of two instances': (request, response) => {
    turn += 1;
    const isOld = turn % 2 === 0;
    return verifying(
      (body) => body,
      () => (isOld ? { with: Buffer.from('old') } : {}),
    )(request, response);
  },
  'stops after 20': async (request, response) => {
    const body = await read(request);
    try {
      verify(request.headers, body);
    } catch {
      return reject(response);
    }
    accepted += 1;
    answer(response, accepted > 20 ? 500 : 201, accepted > 20 ? 'too many open files' : '');
  },
  'compares URL-safe signatures': async (request, response) => {
    const body = await read(request);
    const [id, time, list = ''] = ['id', 'timestamp', 'signature'].map(
      (name) => request.headers[`webhook-${name}`],
    );
    const digest = createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64');
    const expected = digest.replaceAll('+', '-').replaceAll('/', '_');
    answer(response, list.split(' ').includes(`v1,${expected}`) ? 201 : 401);
  },
  'fails every tenth time': async (request, response) => {
    turn += 1;
    if (turn % 10 === 0) return answer(response, 500, 'deadlock detected');
    return handlers.right(request, response);
  },
  // Its set knows the missing id of an earlier message, too.
  'looks for the message first': async (request, response) => {
    const body = await read(request);
    const id = request.headers['webhook-id'];
    if (seen.has(id)) return answer(response, 200, '{"duplicate":true}');
    seen.add(id);
    try {
      verify(request.headers, body);
      JSON.parse(body);
    } catch {
      return reject(response);
    }
    answer(response, 201);
  },
  'ignores types first': async (request, response) => {
    const body = await read(request);
    if (!body.includes('"type":"user.created"')) return answer(response, 200, '{"ignored":true}');
    try {
      verify(request.headers, body);
    } catch {
      return reject(response);
    }
    answer(response, 201);
  },
  'rejects with 200 and text': async (request, response) => {
    await read(request);
    answer(response, 200, '{"error":"no matching signature"}');
  },
  // Verifiers that say what is wrong
  'has no headers': (_request, response) => answer(response, 400, '{"error":"Missing required headers"}'),
  'cannot decode its secret': (_request, response) =>
    answer(response, 500, 'java.lang.IllegalArgumentException: Illegal base64 character 5f'),
  'decodes the whole signature': (_request, response) =>
    answer(response, 400, 'illegal base64 data at input byte 2'),
  'passes an object': (_request, response) =>
    answer(response, 500, 'Expected payload to be of type string or Buffer.'),
  'says a session expired': (_request, response) =>
    answer(response, 400, 'unhandled event type session.expired'),
  'says a column expired': (_request, response) =>
    answer(response, 500, 'column "expired_at" does not exist'),
  // Rejections that are never alike
  'shows a request id': rejectingWith(() =>
    JSON.stringify({ error: 'unauthorized', requestId: randomBytes(15).toString('base64url') }),
  ),
  'shows a trace id': rejectingWith(() => `unauthorized, trace ${randomBytes(8).toString('hex')}`),
  'shows the digest of the body': rejectingWith(
    (body) => `mismatch for ${createHmac('sha256', 'another key').update(body).digest('hex')}`,
  ),
  'has workers with names': rejectingWith(() => {
    turn += 1;
    return `unauthorized, says ${['alpha', 'bravo', 'charlie'][turn % 3]}`;
  }),
  'shows a request id afterwards': processing((response) =>
    answer(response, 401, `account suspended, request ${randomBytes(15).toString('base64url')}`),
  ),
  'rejects with 200 and a request id': async (request, response) => {
    const body = await read(request);
    const id = randomBytes(15).toString('base64url');
    try {
      verify(request.headers, body);
    } catch {
      return answer(response, 200, JSON.stringify({ ok: false, id }));
    }
    answer(response, 200, JSON.stringify({ ok: true, id }));
  },
  // Verifies nothing, and rejects events of other types than those with an email address.
  'requires an email address': async (request, response) => {
    const body = await read(request);
    answer(response, body.includes('"email":') ? 200 : 400);
  },
  // Errors of other code, in words that verifiers use too
  'has no key': async (request, response) => {
    await read(request);
    try {
      createHmac('sha256', process.env.NOT_SET);
    } catch (error) {
      answer(response, 500, error.message);
    }
  },
  'decodes an unset variable': async (request, response) => {
    await read(request);
    try {
      Buffer.from(process.env.NOT_SET, 'base64');
    } catch (error) {
      answer(response, 500, error.message);
    }
  },
  'joins an unset path': async (request, response) => {
    await read(request);
    try {
      join(process.env.NOT_SET, 'events');
    } catch (error) {
      answer(response, 500, error.message);
    }
  },
  'prints an error object': rejectingWith(() => `Verification failed: ${{ code: 'mismatch' }}`),
  'calls an undefined verifier': async (request, response) => {
    await read(request);
    try {
      process.env.NOT_SET.verify();
    } catch (error) {
      answer(response, 500, error.message);
    }
  },
  'asks for a client secret': (_request, response) =>
    answer(response, 401, '{"error":"client secret is required"}'),
  'asks for a header with a secret': (_request, response) =>
    answer(response, 401, '{"error":"x-webhook-secret is missing"}'),
  'asks for a secret in the query': (_request, response) =>
    answer(response, 403, '{"error":"Invalid secret in query string"}'),
  'names its unset variable': (_request, response) =>
    answer(response, 500, 'Error: Missing environment variable SCALEKIT_WEBHOOK_SECRET'),
  'checks authenticity': rejectingWith(() => '{"error":"webhook authenticity could not be verified"}'),
  'is behind CloudFront': (request, response) => {
    response.setHeader('x-cache', 'Error from cloudfront');
    return handlers['has another secret'](request, response);
  },
  'is behind Caddy': (_request, response) =>
    answer(response, 503, '{"error":"queue is full"}', { server: 'Caddy' }),
  'cannot connect': (_request, response) =>
    answer(response, 500, '{"error":"connect ECONNREFUSED 127.0.0.1:5432"}'),
  'has no database': (_request, response) => answer(response, 503, '{"error":"database unavailable"}'),
  'rejects messages older than 5 s': async (request, response) => {
    if (Date.now() / 1000 - Number(request.headers['webhook-timestamp']) < 5)
      return handlers.right(request, response);
    await read(request);
    reject(response);
  },
  'uses TLS': (_request, response) =>
    answer(response, 400, 'Client sent an HTTP request to an HTTPS server.\n'),
  'redirects below /sso': (_request, response) =>
    answer(response, 308, '', { location: '/sso/webhook/redirects%20below%20%2Fsso' }),
  'allows some addresses': (_request, response) =>
    answer(response, 403, '{"error":"IP 203.0.113.7 not in allowlist"}'),
  // In front of a handler
  'asks for a bearer token': (_request, response) =>
    answer(response, 401, '{"error":"invalid_token"}', { 'www-authenticate': 'Bearer realm="api"' }),
  'lacks a CSRF token': (_request, response) =>
    answer(response, 419, '<!DOCTYPE html><title>Page Expired</title>'),
  'checks the host': (_request, response) =>
    answer(response, 403, 'Blocked request. This host ("localhost") is not allowed.'),
  'is Rails without a token': (_request, response) =>
    answer(response, 422, 'ActionController::InvalidAuthenticityToken'),
  'is Django without a slash': (_request, response) =>
    answer(
      response,
      500,
      "RuntimeError: You called this URL via POST, but the URL doesn't end in a slash and you have APPEND_SLASH set.",
    ),
  'is an API gateway': (_request, response) =>
    answer(response, 403, '{"message":"Forbidden"}', { 'x-amzn-errortype': 'ForbiddenException' }),
  'redirects to a login': (_request, response) =>
    answer(response, 307, '', { location: '/sign-in?redirect_url=%2Fwebhook' }),
  'says Unauthenticated': (_request, response) => answer(response, 401, '{"message":"Unauthenticated."}'),
  'says Not authenticated': (_request, response) => answer(response, 403, '{"detail":"Not authenticated"}'),
  'says 404 in plain text': (_request, response) => answer(response, 404, '404 page not found'),
  'says 404 with the path': (_request, response) => answer(response, 404, 'Cannot POST /webhook'),
  'says that a token expired': (_request, response) => answer(response, 401, '{"message":"jwt expired"}'),
  'is nginx with a password': (_request, response) =>
    answer(response, 401, '<html><center>nginx/1.24.0</center></html>', {
      'www-authenticate': 'Basic realm="x"',
    }),
  'is nginx without an app': (_request, response) =>
    answer(response, 502, '<html><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></html>'),
  'is always unavailable': (_request, response) => answer(response, 503),
};

const app = express();
// Before the raw parser: the handler gets an object.
app.post(
  '/webhook/parses-first',
  express.json(),
  express.raw({ type: 'application/json' }),
  (request, response) => {
    try {
      verify(request.headers, request.body.toString());
      JSON.parse(request.body.toString());
    } catch {
      return reject(response);
    }
    answer(response, 201);
  },
);
app.all('/webhook/:name', (request, response) => {
  if (request.method === 'GET') return answer(response, 405);
  return handlers[request.params.name](request, response);
});

/** Servers that need a process of their own. */
const machines = {
  /** Is ready after VALUE seconds. */
  cold: (value) => {
    let ready;
    return createServer(async (request, response) => {
      ready ??= new Promise((resolve) => setTimeout(resolve, Number(value) * 1000));
      await ready;
      handlers.right(request, response);
    });
  },
  /** Answers 503 to the first request. */
  unready: () => {
    let isReady = false;
    return createServer((request, response) => {
      if (isReady) return handlers.right(request, response);
      isReady = true;
      answer(response, 503);
    });
  },
  /** Crashes a moment after it has answered an event with a null in its data. */
  crashing: () =>
    createServer(async (request, response) => {
      const body = await read(request);
      try {
        verify(request.headers, body);
        JSON.parse(body);
      } catch {
        return reject(response);
      }
      answer(response, 201);
      if (Object.values(JSON.parse(body).data ?? {}).includes(null))
        setTimeout(() => {
          throw new Error('null is not expected');
        }, 300);
    }),
  /** The Date header shows a clock that is VALUE seconds ahead. */
  skewed: (value) =>
    createServer((request, response) => {
      response.setHeader('date', new Date(Date.now() + Number(value) * 1000).toUTCString());
      return verifying(
        (body) => body,
        () => ({ now: Date.now() / 1000 + Number(value) }),
      )(request, response);
    }),
  /** Serves one connection at a time, which it keeps open. */
  single: () => {
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) =>
      handlers.right(request, response),
    );
    const listener = server.listeners('connection')[0];
    server.removeAllListeners('connection');
    return { listen: (...given) => serveSingly(server, listener, given) };
  },
};

/** Hands one socket at a time to the HTTP server. */
async function serveSingly(http, listener, given) {
  const { createServer: createTcpServer } = await import('node:net');
  const waiting = [];
  let current;
  const next = () => {
    current = waiting.shift();
    if (!current) return;
    current.once('close', next);
    listener.call(http, current);
    current.resume();
  };
  const server = createTcpServer({ pauseOnConnect: true }, (socket) => {
    waiting.push(socket);
    if (!current || current.destroyed) next();
  });
  server.listen(given[0], given[1], () => console.log(`listening on ${server.address().port}`));
}

const [name, value] = process.argv.slice(2);
const server = (name ? machines[name](value) : app).listen(Number(process.env.PORT ?? 0), '127.0.0.1', () =>
  console.log(`listening on ${server.address().port}`),
);
