/** Fixes that depend on the framework. */
export type HintTopic = 'raw_body' | 'limit' | 'plain_headers' | 'errors' | 'method_not_allowed';

type Framework = 'Express' | 'Fastify' | 'Next.js' | 'Hono' | 'FastAPI' | 'Flask' | 'Go' | 'Spring';

/** The fix in each framework, as code; a framework without an entry needs nothing specific. */
export const frameworkHints: Record<HintTopic, Partial<Record<Framework, string>>> = {
  raw_body: {
    Express:
      "app.post('/webhook', express.raw({ type: 'application/json', limit: '1mb' }), …) before app.use(express.json()), then request.body.toString()",
    Fastify:
      "addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => done(null, body)), in a plugin scoped to the route",
    'Next.js':
      'await request.text(), never request.json(); in the pages router, config = { api: { bodyParser: false } } and read the stream',
    Hono: 'await context.req.text(), before any context.req.json()',
    FastAPI: 'await request.body(), with request: Request as the only parameter',
    Flask: 'request.get_data(), before request.json',
    Go: 'io.ReadAll(r.Body), then json.Unmarshal of the same bytes',
    Spring: '@RequestBody byte[] payload, then objectMapper.readValue(payload, …)',
  },
  limit: {
    Express: "express.raw({ type: 'application/json', limit: '1mb' })",
    Fastify: 'fastify({ bodyLimit: 1048576 })',
    'Next.js':
      'in the pages router, raise the body parser limit; a route handler has no limit, but the host may have one',
    Hono: 'bodyLimit({ maxSize: 1024 * 1024 }), if you use that middleware',
    Flask: "app.config['MAX_CONTENT_LENGTH'] = 1024 * 1024",
    Go: 'http.MaxBytesReader(w, r.Body, 1<<20)',
    Spring: 'no limit for JSON bodies by default: check the proxy in front',
  },
  plain_headers: {
    'Next.js': 'Object.fromEntries(request.headers): the Node.js SDK reads a plain object',
    Hono: 'context.req.header() without an argument returns a plain object',
    FastAPI: 'request.headers, unchanged',
    Flask:
      'request.headers, unchanged: dict(request.headers) has names such as Webhook-Id, which the SDK does not find',
    Go: 'map[string]string with one value per name in r.Header',
    Spring: '@RequestHeader Map<String, String> headers, with names in lower case',
  },
  errors: {
    Express: 'try { scalekit.verifyWebhookPayload(…) } catch { return response.status(401).end() }',
    Fastify: 'try { … } catch { return reply.code(401).send() }',
    'Next.js': 'try { … } catch { return new Response(null, { status: 401 }) }',
    Hono: 'try { … } catch { return context.body(null, 401) }',
    FastAPI: 'except Exception: raise HTTPException(status_code=401)',
    Flask: 'except Exception: abort(401)',
    Go: 'if err != nil { w.WriteHeader(http.StatusUnauthorized); return }',
    Spring: 'catch (RuntimeException e) { return ResponseEntity.status(401).build(); }',
  },
  method_not_allowed: {
    Express: "app.post('/webhook', …), not app.use or app.all",
    'Next.js': 'export async function POST, and no GET',
    Hono: "app.post('/webhook', …), not app.all",
    FastAPI: "@app.post('/webhook')",
    Flask: "@app.route('/webhook', methods=['POST'])",
    Spring: '@PostMapping',
  },
};
