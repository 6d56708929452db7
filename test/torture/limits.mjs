/** Sizes at and above the limit: 10 MB is taken; more is refused before the sender has written 24 MB, announced or not: the limit, what is read to let the answer through, and the buffers of the kernel. */
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

export const title = 'sizes at the limit and above it';
export const sizes = { short: 3, long: 30 };

export const torture = (rounds) =>
  inFolder(async (cwd) => {
    const listener = await startListener(cwd);
    const pool = new Pool(listener.url, { connections: 1 });
    let [taken, cut, refused, most] = [0, 0, 0, 0];
    for (let round = 0; round < rounds; round += 1) {
      if ((await post(pool, eventOf(10_480_000))) === 201) taken += 1;
      for (const head of ['content-length: 10000000000', 'transfer-encoding: chunked']) {
        const { answer, written } = await flood(listener.url, head);
        // Whoever goes on writing may find the connection reset before it reads the answer.
        if (/^(HTTP\/1\.1 413 |$)/.test(answer)) cut += 1;
        if (answer !== '') refused += 1;
        most = Math.max(most, written);
      }
    }
    await pool.destroy();
    const { kept } = await readJournals(cwd);
    const peak = listener.peak() ?? 0;
    listener.child.kill('SIGTERM');
    await listener.ended;
    const list = await runToEnd(['captures'], cwd);
    return [
      { name: 'events of 10 MB that were taken', value: taken, goal: ['>=', rounds] },
      { name: 'and kept', value: kept.size, goal: ['>=', rounds] },
      { name: 'endless bodies that were cut off', value: cut, goal: ['>=', 2 * rounds] },
      { name: 'of them, saw the answer 413', value: refused, goal: ['>=', rounds] },
      { name: 'megabytes that one could write', value: Math.round(most / 1e6), goal: ['<=', 24] },
      { name: 'memory of the listener, MB', value: Math.round(peak), goal: ['<=', 200] },
      { name: 'memory of captures, MB', value: Math.round(list.peak), goal: ['<=', 150] },
    ];
  });

/** Writes a body without end, as fast as it is taken; returns the answer, and how much was taken until it came. */
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
