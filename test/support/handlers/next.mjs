// A route handler as Next.js has it: one function for each method.
import { serveFetch } from './serve-fetch.mjs';
import { verify } from './verifiers.mjs';

export async function POST(request) {
  const body = await request.text();
  try {
    const event = verify(body, Object.fromEntries(request.headers));
    return Response.json({ received: event.type }, { status: 202 });
  } catch {
    return Response.json({ error: 'Invalid signature' }, { status: 401 });
  }
}

serveFetch({ POST });
