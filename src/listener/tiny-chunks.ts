import type { IncomingMessage } from 'node:http';
import { realTimers } from '../real-timers.ts';

/** So many chunks, on average no longer than `bytes`, within so many ms: no real sender makes them. */
const TINY = { count: 1000, bytes: 16, withinMs: 250 };
const PAUSE_MS = 5000;

/**
 * Lets a sender of tiny chunks wait, so that others do not: each chunk takes Node.js the work of hundreds of bytes, and a
 * single read can bring ten thousand. Call the result after each chunk, with the number of bytes so far.
 */
export function slowTinyChunks(request: IncomingMessage): (bytes: number) => void {
  let [chunks, countedAt] = [0, performance.now()];
  return (bytes) => {
    chunks += 1;
    if (chunks % TINY.count > 0) return;
    const now = performance.now();
    if (now - countedAt < TINY.withinMs && bytes <= chunks * TINY.bytes) pauseReading(request);
    countedAt = now;
  };
}

/** Pauses the socket alone: a paused request would hold the chunks of the last read. */
function pauseReading(request: IncomingMessage): void {
  const { socket, _read: readMore } = request;
  if (socket.isPaused()) return;
  socket.pause();
  // Whenever the request asks for more, Node.js makes the socket read again.
  request._read = () => {};
  const goOn = () => {
    request._read = readMore;
    socket.resume();
  };
  realTimers.setTimeout(goOn, PAUSE_MS).unref();
}
