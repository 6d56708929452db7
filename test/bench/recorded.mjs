/** Sends recorded messages over a bare undici pool: `node recorded.mjs <url> <file> <concurrency>`. */
import { readFileSync } from 'node:fs';
import { Pool } from 'undici';

const [url, file, concurrency] = [new URL(process.argv[2]), process.argv[3], Number(process.argv[4])];
const messages = JSON.parse(readFileSync(file, 'utf8'));
const pool = new Pool(url.origin, { connections: concurrency });
let next = 0;

async function work() {
  while (next < messages.length) {
    const { method, headers, body } = messages[next];
    next += 1;
    const sent = method === 'GET' ? null : Buffer.from(body, 'base64');
    const answer = await pool.request({ path: url.pathname, method, headers, body: sent });
    await answer.body.dump();
  }
}

await Promise.all(Array.from({ length: concurrency }, work));
await pool.close();
