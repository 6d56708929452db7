import type { IncomingMessage, ServerResponse } from 'node:http';
import { realTimers } from '../real-timers.ts';
import type { Answer } from './receive.ts';

/** How much is read, and for how long, from a sender that is still writing after its response. */
const LINGER = { maxBytes: 4 * 1024 * 1024, maxMs: 1000 };

/**
 * Answers a sender that may still be writing, and delays closing the connection: closing it with unread bytes resets
 * it, and the sender can lose the response (RFC 9112, section 9.6).
 */
export function answerEarly(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: Answer,
): void {
  const length = { 'content-length': Buffer.byteLength(body), connection: 'close' };
  response.writeHead(status, { ...headers, ...length });
  response.flushHeaders();
  if (body !== '') response.write(body);
  let remaining = LINGER.maxBytes;
  const timer = realTimers.setTimeout(() => response.end(), LINGER.maxMs);
  const end = () => {
    realTimers.clearTimeout(timer);
    response.end();
  };
  request.on('data', (chunk: Buffer) => {
    remaining -= chunk.length;
    if (remaining < 0) end();
  });
  request.on('end', end);
  request.on('close', end);
}

/** Answers a request that was read; `isLast` closes the connection after the response. */
export function send(response: ServerResponse, answer: Answer, isLast: boolean): void {
  const length = Buffer.byteLength(answer.body);
  response.writeHead(answer.status, {
    'content-length': length,
    ...answer.headers,
    ...(isLast && { connection: 'close' }),
  });
  response.end(answer.body);
}
