/**
 * The inspector in Chromium, with real listeners and stores: the size of its scripts, how soon it shows events, its longest
 * task, and what it costs the listener. Without Chromium: only the size.
 */
import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { Pool } from 'undici';
import { captureOf, writeCaptures } from './captures.mjs';
import { rateOf, readyListener } from './listener.mjs';
import {
  bin,
  built,
  compare,
  environment,
  figures,
  folder,
  here,
  interleave,
  median,
  option,
  secret,
} from './table.mjs';

const stored = option('stored', 10_000);
const [perSecond, seconds] = [option('events-per-second', 2000), option('seconds', 10)];
export const title = `The inspector in Chromium: ${stored} captures stored; ${perSecond} events per second for ${seconds} s`;

export async function measure({ rounds }) {
  const sizes = figures('inspector', [scripts], [[{ value: gzippedScripts() }]], 'bytes');
  const { missing } = await built('test/support/system-parts.ts');
  const reason = missing('chromium');
  if (reason) {
    console.log(`skipped: ${reason}`);
    return sizes;
  }
  const { launchBrowser } = await built('test/support/browser.ts');
  const browser = await launchBrowser();
  try {
    return [
      ...sizes,
      ...(await measureList(browser, rounds)),
      ...(await measureArrivals(browser, rounds)),
      ...(await measureBurst(browser, Math.min(rounds, 3))),
      ...(await measureDifferences(browser, rounds)),
      ...(await compareRates(browser, rounds)),
      ...(await measureCheck(browser, rounds)),
    ];
  } finally {
    await browser.close();
  }
}

const scripts = { name: 'scripts, gzipped', goal: ['<=', 90_000] };

function gzippedScripts() {
  const dist = join(here, '../../dist/inspector');
  const files = readdirSync(dist).filter((name) => name.endsWith('.js'));
  return files.reduce((sum, name) => sum + gzipSync(readFileSync(join(dist, name))).length, 0);
}

/** Runs in the page before its scripts: notes when rows are painted, the longest task, and how long a worker took. */
const watchPage = `
  globalThis.longestTask = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longestTask = Math.max(longestTask, duration);
  }).observe({ entryTypes: ['longtask'] });
  const known = new Set();
  let [painted, waiting] = [0, []];
  const paint = (rows) => {
    painted += rows;
    for (const waiter of waiting) if (painted >= waiter.rows) waiter.resolve(performance.timeOrigin + performance.now());
    waiting = waiting.filter(({ rows }) => painted < rows);
  };
  // Resolves with the time when so many rows have been painted.
  globalThis.rowsPainted = (rows) => new Promise((resolve) => {
    waiting.push({ rows, resolve });
    paint(0);
  });
  new MutationObserver(() => {
    const rows = [...document.querySelectorAll('[role=option]')].filter(({ id }) => !known.has(id));
    for (const { id } of rows) known.add(id);
    if (rows.length > 0) requestAnimationFrame(() => setTimeout(paint, 0, rows.length));
  }).observe(document, { childList: true, subtree: true });
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(url) {
      super(url);
      const started = performance.now();
      this.addEventListener('message', () => {
        globalThis.comparedIn ??= performance.now() - started;
      });
    }
  };
`;

async function openPage(browser, link) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript(watchPage);
  await page.goto(link);
  return page;
}

/** The inspector of a folder of captures. */
async function inspect(captures, ...flags) {
  const child = spawn(
    process.execPath,
    [bin, 'inspect', '--captures', captures, '--ui-port', '0', ...flags],
    {
      cwd: folder(),
      env: environment,
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let text = '';
  for await (const chunk of child.stderr.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    text += chunk;
    const [, link] = /inspector at (\S+)/.exec(text) ?? [];
    if (link) return { link, close: () => child.kill('SIGKILL') };
  }
  throw new Error(text);
}

async function measureList(browser, rounds) {
  const captures = folder();
  writeCaptures(captures, stored);
  const inspector = await inspect(captures);
  const works = [{ name: 'first list painted', goal: ['<=', 300] }];
  const samples = await interleave(works, rounds, async () => {
    const page = await openPage(browser, inspector.link);
    const value = await page.evaluate('rowsPainted(1).then((time) => time - performance.timeOrigin)');
    await page.context().close();
    return value;
  });
  inspector.close();
  return figures('inspector', works, samples, 'ms');
}

/** From the click to the first result of the first run of an inspector, in front of a handler that answers at once. */
const firstResult = `new Promise((resolve, reject) => {
  const clicked = performance.now();
  new MutationObserver((_, observer) => {
    const failure = document.querySelector('[role=alert]')?.textContent;
    if (failure) reject(new Error(failure));
    if (!document.querySelector('.ticks :is(.y, .n, .f)')) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - clicked)));
  }).observe(document.body, { childList: true, subtree: true, attributes: true });
  document.getElementById('run').click();
})`;

async function measureCheck(browser, rounds) {
  const handler = createServer((request, response) =>
    request.resume().on('end', () => response.writeHead(201).end()),
  );
  await once(handler.listen(0, '127.0.0.1'), 'listening');
  const works = [{ name: 'first result of a check painted', goal: ['<=', 200] }];
  const samples = await interleave(works, rounds, async () => {
    const inspector = await inspect(folder(), '--to', `127.0.0.1:${handler.address().port}`);
    const page = await openPage(browser, inspector.link.replace('/#', '/check#'));
    await page.getByRole('button', { name: /^Run \d+ checks/ }).waitFor();
    const value = await page.evaluate(firstResult);
    await page.context().close();
    inspector.close();
    return value;
  });
  handler.close();
  handler.closeAllConnections();
  return figures('inspector', works, samples, 'ms');
}

/** A listener with an inspector, and a page that shows it. */
async function listen(browser) {
  const child = spawn(process.execPath, [bin, 'listen', '--port', '0', '--ui', '--ui-port', '0'], {
    cwd: folder(),
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const { url, text } = await readyListener(child, /inspector at \S+/);
  const page = await openPage(browser, linkIn(text));
  const pool = new Pool(new URL(url).origin, { connections: 10 });
  const send = async (message) => {
    const answer = await pool.request({ path: '/webhook', method: 'POST', ...message });
    await answer.body.dump();
  };
  const close = async () => {
    await pool.close();
    await page.context().close();
    child.kill('SIGKILL');
  };
  return { page, send, close };
}

const linkIn = (text) => /inspector at (\S+)/.exec(text)[1];

const key = Buffer.from(secret.slice('whsec_'.length), 'base64');

function signed(index) {
  const body = JSON.stringify({ data: { note: 'x'.repeat(800) }, id: `evt_${index}`, type: 'user.created' });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', key).update(`msg_${index}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'webhook-id': `msg_${index}`,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  return { body, headers };
}

/** From the start of the request to the paint of its row. */
async function measureArrivals(browser, rounds) {
  const { page, send, close } = await listen(browser);
  const works = [{ name: 'an event that arrives is visible', goal: ['<=', 100] }];
  let sent = 0;
  const samples = await interleave(works, rounds, async () => {
    const times = [];
    for (let index = 0; index < 10; index += 1) {
      sent += 1;
      const painted = page.evaluate(`rowsPainted(${sent})`);
      const started = performance.timeOrigin + performance.now();
      await send(signed(sent));
      times.push((await painted) - started);
    }
    return median(times);
  });
  await close();
  return figures('inspector', works, samples, 'ms');
}

/** The longest task of the page while many events arrive. */
async function measureBurst(browser, rounds) {
  const works = [{ name: `longest task, ${perSecond} events per second`, goal: ['<=', 100] }];
  const samples = await interleave(works, rounds, async () => {
    const { page, send, close } = await listen(browser);
    const total = perSecond * seconds;
    await send(signed('first'));
    await page.evaluate('rowsPainted(1).then(() => { longestTask = 0; })');
    const started = performance.now();
    const sending = [];
    for (let sent = 0; sent < total; await wait(10)) {
      const due = Math.min(total, ((performance.now() - started) / 1000) * perSecond);
      for (; sent < due; sent += 1) sending.push(send(signed(sent)));
    }
    await Promise.all(sending);
    await page.getByText(`${(total + 1).toLocaleString('en-US')} events`).waitFor();
    const value = await page.evaluate('longestTask');
    await close();
    return value;
  });
  return figures('inspector', works, samples, 'ms');
}

/** A store with a message of 1 MB, and the same message with a body that was changed on its way. */
function storeOf(change) {
  const user = (n) => ({ id: `usr_${n}`, email: `ada.lovelace.${n}@example.com`, active: true, n });
  const users = Array.from({ length: 13_000 }, (_, index) => user(index));
  const body = JSON.stringify({ data: { users }, id: 'evt_1', type: 'user.created' });
  const [original, changed] = [captureOf(1), captureOf(2)];
  const [, timestamp] = original.headers.find(([name]) => name === 'webhook-timestamp');
  const signature = createHmac('sha256', key)
    .update(`${original.webhook_id}.${timestamp}.${body}`)
    .digest('base64');
  const headers = original.headers.with(-1, ['webhook-signature', `v1,${signature}`]);
  const common = { webhook_id: original.webhook_id, event_id: 'evt_1', headers };
  const rejection = { verified: false, reason: 'signature_mismatch', status: 401 };
  const captures = folder();
  appendFileSync(join(captures, 'bench.jsonl'), `${JSON.stringify({ ...original, ...common, body })}\n`);
  const record = { ...changed, ...common, ...rejection, body: change(users, body) };
  appendFileSync(join(captures, 'bench.jsonl'), `${JSON.stringify(record)}\n`);
  return { captures, original: original.capture, id: changed.capture };
}

const idle = 'new Promise((resolve) => requestIdleCallback(resolve))';

const changes = [
  ['indented', (_users, body) => JSON.stringify(JSON.parse(body), null, 2)],
  [
    'fields moved',
    (users) => {
      const moved = users.map(({ id, email, active, n }) => ({ n, active, email, id }));
      return JSON.stringify({ data: { users: moved }, id: 'evt_1', type: 'user.created' });
    },
  ],
];

/** How long the worker takes, its start included, and the longest task of the page until the difference is shown. */
async function measureDifferences(browser, rounds) {
  const rows = [];
  for (const [name, change] of changes) {
    const { captures, original, id } = storeOf(change);
    const inspector = await inspect(captures);
    const samples = [];
    for (let round = 0; round < rounds; round += 1) {
      const page = await openPage(browser, inspector.link.replace('/#', `/events?id=${original}#`));
      await page.getByRole('heading', { name: 'Data' }).waitFor();
      await page.evaluate(idle);
      await page.evaluate('longestTask = 0');
      await page.locator(`#row-${id}`).click();
      await page.locator('.drow').nth(1).waitFor();
      await page.evaluate(idle);
      samples.push(await page.evaluate('({ compared: comparedIn, longest: longestTask })'));
      await page.context().close();
    }
    inspector.close();
    const works = [
      { name: `difference of 1 MB, ${name}`, goal: ['<=', 500] },
      { name: '  longest task of the page', goal: ['<=', 100] },
    ];
    const values = ['compared', 'longest'].map((of) => samples.map((sample) => ({ value: sample[of] })));
    rows.push(...figures('inspector', works, values, 'ms'));
  }
  return rows;
}

async function compareRates(browser, rounds) {
  const args = [bin, 'listen', '--port', '0', '--ui', '--ui-port', '0'];
  const attach = async (text) => {
    const page = await openPage(browser, linkIn(text));
    await page.getByText('Listening').waitFor();
    return { close: () => page.context().close() };
  };
  const works = [
    { name: 'listen --ui', args },
    { name: 'listen --ui with a page attached', goal: ['>=', 0.9], args, attach },
  ];
  return compare('inspector', works, await interleave(works, rounds, rateOf), 'per_second');
}
