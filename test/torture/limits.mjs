/**
 * Body sizes at and above the limit: 10 MB is accepted. A larger body, with or without content-length, is rejected
 * before the sender has written 24 MB: the limit, plus data drained so that the response gets through, plus kernel
 * buffers.
 */
import { Pool } from 'undici';
import {
  closed,
  eventOf,
  inFolder,
  post,
  readJournals,
  runToEnd,
  socketTo,
  startListener,
} from './harness.mjs';

export const title = 'body sizes at the limit and above it';
export const sizes = { short: 3, long: 30 };

export const torture = (rounds) =>
  inFolder(async (cwd) => {
    const listener = await startListener(cwd);
    const pool = new Pool(listener.url, { connections: 1 });
    let [accepted, cut, answered, mostWritten] = [0, 0, 0, 0];
    for (let round = 0; round < rounds; round += 1) {
      if ((await post(pool, eventOf(10_480_000))) === 201) accepted += 1;
      for (const head of ['content-length: 10000000000', 'transfer-encoding: chunked']) {
        const { answer, written } = await flood(listener.url, head);
        // A client that is still writing may get a connection reset before it can read the response.
        if (/^(HTTP\/1\.1 413 |$)/.test(answer)) cut += 1;
        if (answer !== '') answered += 1;
        mostWritten = Math.max(mostWritten, written);
      }
    }
    await pool.destroy();
    const { kept } = await readJournals(cwd);
    const peak = listener.peak() ?? 0;
    listener.child.kill('SIGTERM');
    await listener.ended;
    const list = await runToEnd(['captures'], cwd);
    return [
      { name: 'events of 10 MB accepted', value: accepted, goal: ['>=', rounds] },
      { name: 'events of 10 MB stored', value: kept.size, goal: ['>=', rounds] },
      { name: 'endless bodies cut off', value: cut, goal: ['>=', 2 * rounds] },
      { name: 'endless bodies with a 413 response', value: answered, goal: ['>=', rounds] },
      { name: 'most bytes written of one body, MB', value: Math.round(mostWritten / 1e6), goal: ['<=', 24] },
      { name: 'memory of the listener, MB', value: Math.round(peak), goal: ['<=', 200] },
      { name: 'memory of captures, MB', value: Math.round(list.peak), goal: ['<=', 150] },
    ];
  });

/** Writes an endless body as fast as possible; returns the response and the number of bytes written before it. */
async function flood(url, head) {
  const socket = socketTo(url);
  const isChunked = head.includes('chunked');
  const piece = Buffer.alloc(65_536, 'x');
  const chunk = isChunked ? Buffer.concat([Buffer.from('10000\r\n'), piece, Buffer.from('\r\n')]) : piece;
  let answer = '';
  let written = 0;
  socket.on('data', (text) => {
    answer += text;
  });
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`);
  const write = () => {
    while (answer === '' && !socket.destroyed && socket.write(chunk)) written = socket.bytesWritten;
  };
  socket.on('drain', write);
  write();
  await closed(socket);
  return { answer, written };
}
