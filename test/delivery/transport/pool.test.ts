import { describe, expect, it, onTestFinished } from 'vitest';
import { parseTarget } from '../../../src/delivery/target.ts';
import { openPool } from '../../../src/delivery/transport/pool.ts';
import { httpTarget, socketTarget } from '../../support/targets.ts';

const message = { headers: [], body: Buffer.from('{}') };

function open(url: string, timeout: number) {
  const pool = openPool(parseTarget(url), { timeout });
  onTestFinished(() => pool.close());
  return pool;
}

describe('a pool', () => {
  it('has at most 100 on their way at once, and delivers the others after them', async () => {
    let [now, most, total] = [0, 0, 0];
    const app = await httpTarget((_request, response) => {
      now += 1;
      total += 1;
      most = Math.max(most, now);
      setImmediate(() => {
        now -= 1;
        response.writeHead(201).end();
      });
    });
    const pool = open(app.url, 10_000);
    const outcomes = await Promise.all(Array.from({ length: 350 }, () => pool.deliver(message)));
    expect(outcomes.every((outcome) => outcome.answered && outcome.status === 201)).toBe(true);
    expect(total).toBe(350);
    expect(most).toBeLessThanOrEqual(100);
  });

  it('uses a connection again that has come free', async () => {
    let connections = 0;
    const app = await socketTarget(
      (socket) => socket.write('HTTP/1.1 201 Created\r\ncontent-length: 0\r\n\r\n'),
      () => {
        connections += 1;
      },
    );
    const pool = open(app.url, 10_000);
    for (let count = 0; count < 20; count += 1) await pool.deliver(message);
    expect(connections).toBe(1);
  });

  it('counts the wait for a connection as part of the time limit, and posts nothing after it', async () => {
    let posted = 0;
    const silent = await socketTarget(() => {
      posted += 1;
    });
    const pool = open(silent.url, 1000);
    const busy = Array.from({ length: 100 }, () => pool.deliver(message));
    const waiting = await Promise.all(Array.from({ length: 50 }, () => pool.deliver(message, 500)));
    // Whoever sent them knows by now that they failed.
    expect(waiting).toMatchObject(Array(50).fill({ answered: false, failure: 'timeout', wasSent: false }));
    for (const outcome of await Promise.all(busy)) expect(outcome).toMatchObject({ failure: 'timeout' });
    expect(posted).toBe(100);
  });
});
