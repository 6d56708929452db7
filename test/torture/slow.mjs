/** Connections that send their head or body slowly must not delay valid events. */
import { Pool } from 'undici';
import { eventOf, inFolder, post, socketTo, startListener } from './harness.mjs';

export const title = 'slow connections and valid events';
export const sizes = { short: 500, long: 2000 };

export const torture = (connections) =>
  inFolder(async (cwd) => {
    const listener = await startListener(cwd);
    const sockets = Array.from({ length: connections }, (_, index) => {
      const socket = socketTo(listener.url);
      const isBody = index % 2 === 0;
      socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${isBody ? 'content-length: 1000\r\n\r\nx' : ''}`);
      const dripping = setInterval(() => socket.write(isBody ? 'x' : 'x: y\r\n'), 300);
      socket.on('close', () => clearInterval(dripping));
      return socket;
    });
    await Promise.all(sockets.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
    const pool = new Pool(listener.url, { connections: 4 });
    const times = [];
    let accepted = 0;
    for (let count = 0; count < 500; count += 1) {
      const started = performance.now();
      if ((await post(pool, eventOf(1000))) === 201) accepted += 1;
      times.push(performance.now() - started);
    }
    await pool.destroy();
    for (const socket of sockets) socket.destroy();
    listener.child.kill('SIGTERM');
    await listener.ended;
    times.sort((a, b) => a - b);
    return [
      { name: 'slow connections', value: connections },
      { name: 'valid events accepted, of 500', value: accepted, goal: ['>=', 500] },
      {
        name: 'p99 of valid events, ms',
        value: Math.round(times[Math.floor(times.length * 0.99)]),
        goal: ['<=', 50],
      },
    ];
  });
