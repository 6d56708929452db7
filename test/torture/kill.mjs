/**
 * Kills a listener under load with SIGKILL at random moments, again and again in one folder, while a second listener
 * keeps writing there, and counts the events that were acknowledged (answered 201) and are not in the journals.
 *
 *   node test/torture/kill.mjs --kills=1000
 */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createReadStream, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Pool } from 'undici';

const secret = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
const bin = join(import.meta.dirname, '../../bin/scalekit-hooks.cjs');
const CONNECTIONS = 32;

/** Returns counts: kills, acknowledged, lost, torn (lines that are no JSON), failed starts. */
export async function killAgainAndAgain(kills, seed = Date.now()) {
  const cwd = mkdtempSync(join(tmpdir(), 'scalekit-hooks-torture-'));
  const random = randomOf(seed);
  const acknowledged = new Set();
  let [sent, failedStarts] = [0, 0];

  const start = async () => {
    const child = spawn(process.execPath, [bin, 'listen', '--port', '0', '--quiet'], {
      cwd,
      env: { PATH: process.env.PATH, SCALEKIT_WEBHOOK_SECRET: secret },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const url = await new Promise((resolve) => {
      child.stderr.setEncoding('utf8').on('data', (text) => {
        const ready = /ready on (\S+)/.exec(text);
        if (ready) resolve(ready[1]);
      });
      child.on('exit', () => resolve(undefined));
    });
    return { child, url };
  };

  /** Posts until the other side is gone; resolves then. `onFirst` is told of the first that was taken. */
  const load = async (url, connections, onFirst) => {
    const pool = new Pool(url, { connections });
    let isGone = false;
    const lane = async () => {
      while (!isGone) {
        sent += 1;
        const id = `msg_${seed}_${sent}`;
        const size = random() < 0.02 ? 500_000 : Math.floor(random() * 20_000);
        const body = JSON.stringify({
          type: 'user.created',
          id: `evt_${sent}`,
          data: { note: 'é'.repeat(size / 2) },
        });
        try {
          const answer = await pool.request({ path: '/', method: 'POST', headers: signed(id, body), body });
          if (answer.statusCode === 201) {
            acknowledged.add(id);
            onFirst();
          }
          await answer.body.dump();
        } catch {
          isGone = true;
        }
      }
    };
    await Promise.all(Array.from({ length: connections }, lane));
    await pool.destroy();
  };

  const survivor = await start();
  const survivorsLoad = load(survivor.url, 2, () => {});
  for (let kill = 0; kill < kills; kill += 1) {
    const { child, url } = await start();
    if (!url) {
      failedStarts += 1;
      continue;
    }
    const ended = once(child, 'exit');
    let isDoomed = false;
    const loading = load(url, CONNECTIONS, () => {
      if (isDoomed) return;
      isDoomed = true;
      setTimeout(() => child.kill('SIGKILL'), random() * 100);
    });
    await Promise.all([ended, loading]);
  }
  survivor.child.kill('SIGKILL');
  await survivorsLoad;

  const { kept, torn } = await readJournals(join(cwd, '.scalekit-hooks/captures'));
  const list = spawn(process.execPath, [bin, 'captures', '--limit', '1'], { cwd, stdio: 'ignore' });
  const [listExit] = await once(list, 'exit');
  rmSync(cwd, { recursive: true });
  const lost = [...acknowledged].filter((id) => !kept.has(id)).length;
  return {
    kills,
    acknowledged: acknowledged.size,
    lost,
    torn,
    failed_starts: failedStarts,
    list_exit_code: listExit,
  };
}

/** Read by nothing of ours: lines, and JSON. */
async function readJournals(folder) {
  const kept = new Set();
  let torn = 0;
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.jsonl'))) {
    for await (const line of createInterface({ input: createReadStream(join(folder, name)) })) {
      if (line === '') continue;
      try {
        kept.add(JSON.parse(line).webhook_id);
      } catch {
        torn += 1;
      }
    }
  }
  return { kept, torn };
}

function signed(id, body) {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
}

/** Numbers from 0 to 1 that a seed repeats (mulberry32). */
function randomOf(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

if (process.argv[1] === import.meta.filename) {
  const given = process.argv.find((argument) => argument.startsWith('--kills='));
  const result = await killAgainAndAgain(Number(given?.slice('--kills='.length) ?? 1000));
  if (process.argv.includes('--json')) console.log(JSON.stringify(result));
  else
    for (const [name, value] of Object.entries(result))
      console.log(`${name.replaceAll('_', ' ').padEnd(20)}${value}`);
  process.exitCode = result.lost > 0 || result.failed_starts > 0 || result.list_exit_code !== 0 ? 1 : 0;
}
