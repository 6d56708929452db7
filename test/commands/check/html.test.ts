import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser, violations } from '../../support/browser.ts';
import { runCommand, testSecret } from '../../support/memory-io.ts';
import { runBin, startHandler, startMany } from '../../support/processes.ts';
import { repository } from '../../support/repository.ts';
import { missing } from '../../support/system-parts.ts';
import { answering, closedPort, httpTarget } from '../../support/targets.ts';
import { temporaryFolder } from '../../support/temporary.ts';

const env = { SCALEKIT_WEBHOOK_SECRET: testSecret };
const reason = missing('chromium');
if (reason) console.warn(`part of test/commands/check/html.test.ts is skipped: ${reason}`);

/** Runs check with an HTML report. */
async function reported(url: string, ...flags: string[]) {
  const cwd = temporaryFolder();
  const ran = await runCommand(['check', url, '--report', 'html:made/report.html', ...flags], { env, cwd });
  const path = join(cwd, 'made/report.html');
  return { ...ran, path, html: readFileSync(path, 'utf8') };
}

/** Text that would leave its element, run, or load something if it were HTML. */
const hostile =
  '</pre></details><script>document.title="owned"</script><img src="http://127.0.0.1:9/x" onerror="document.title=1"> &amp;lt; \u202e\u0000 <style>*{display:none}</style> ]]> --> <!-- ';

describe('--report html', () => {
  let mistakes: Awaited<ReturnType<typeof startMany>>;
  let browser: Browser;

  beforeAll(async () => {
    mistakes = await startMany('mistakes-server');
    if (reason === undefined) browser = await launchBrowser();
  });

  afterAll(async () => {
    await browser?.close();
    await mistakes?.stop();
  });

  const mistake = (name: string) => `${mistakes.url}/webhook/${encodeURIComponent(name)}`;

  it('a correct handler: the whole battery in less than 200 kB, and nothing to load or run', async () => {
    const { url } = await startHandler('express');
    const { exitCode, html, path } = await reported(url);
    expect(exitCode).toBe(0);
    expect(statSync(path).size).toBeLessThan(200_000);
    expect(html.match(/<li>/g)).toHaveLength(119);
    expect(html).not.toMatch(
      /<(script|link|img|iframe|object|form|base|a)\b|\b(src|href|style|on\w+)=|url\(|@import/,
    );
    expect(html).not.toContain('class="diagnosis"');
  });

  it('masks the secret, also in what the handler answers', async () => {
    const target = await answering(400, `secret ${testSecret}, key ${testSecret.slice('whsec_'.length)}`);
    const { html } = await reported(target.url, '--only', 'plain');
    expect(html).toContain('secret whsec_C2…, key …');
    expect(html).not.toContain(testSecret.slice('whsec_'.length));
  });

  it('an app that does not start: the report has the reason', async () => {
    const cwd = temporaryFolder();
    const argv = [
      'check',
      `localhost:${await closedPort()}`,
      '--start',
      'exit 3',
      '--report',
      'html:report.html',
    ];
    const { exitCode } = await runBin(argv, { env, cwd });
    const html = readFileSync(join(cwd, 'report.html'), 'utf8');
    expect(exitCode).toBe(2);
    expect(html.match(/class="diagnosis"/g)).toHaveLength(1);
    expect(html).not.toContain('<li>');
  });

  it('has the colors of the inspector', () => {
    const tokens = (file: string) =>
      new Map(
        [...readFileSync(join(repository, file), 'utf8').matchAll(/^ {2}(--[\w-]+): (.+);$/gm)].map(
          ([, name, value]) => [name, value],
        ),
      );
    const inspector = tokens('src/inspector/page/style.css');
    const report = tokens('src/report/files/html-style.ts');
    expect(report.size).toBeGreaterThan(10);
    for (const [name, value] of report) expect(inspector.get(name), name).toBe(value);
  });

  describe.skipIf(reason !== undefined)('in a browser', () => {
    const problems: string[] = [];
    const closing: (() => Promise<unknown>)[] = [];

    afterEach(async () => {
      for (const close of closing.splice(0)) await close();
      expect(problems.splice(0)).toEqual([]);
    });

    /** Opens a file as a double click does. Whatever it loads, or its policy blocks, is a problem. */
    async function open(
      path: string,
      { width = 1280, colorScheme = 'light' as 'light' | 'dark' } = {},
    ): Promise<Page> {
      const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme });
      closing.push(() => context.close());
      const page = await context.newPage();
      page.on('console', (message) => problems.push(message.text()));
      page.on('pageerror', (error) => problems.push(String(error)));
      page.on('request', (request) => {
        if (!request.isNavigationRequest()) problems.push(`a request: ${request.url()}`);
      });
      await page.goto(pathToFileURL(path).href);
      return page;
    }

    async function unfold(page: Page): Promise<void> {
      await page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true })');
    }

    const widths = (page: Page) =>
      page.evaluate<[number, number]>('[document.documentElement.scrollWidth, innerWidth]');

    it('a re-serialized body: the diagnosis on top, its failures folded below, and no problem of accessibility', async () => {
      const { path, exitCode } = await reported(mistake('parses and stringifies'));
      expect(exitCode).toBe(1);
      expect(statSync(path).size).toBeLessThan(200_000);
      for (const colorScheme of ['light', 'dark'] as const) {
        const page = await open(path, { colorScheme });
        const color = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
        expect(color).toBe(colorScheme === 'light' ? 'rgb(255, 255, 255)' : 'rgb(19, 19, 22)');
        const entries = page.locator('.diagnosis .list > details');
        expect(await entries.count()).toBe(6);
        expect(await entries.first().getAttribute('open')).toBe(null);
        expect(await page.locator('main h2').first().locator('xpath=../..').getAttribute('class')).toBe(
          'diagnosis',
        );
        await unfold(page);
        expect(await violations(page)).toEqual([]);
      }
    });

    it('unfolds on paper', async () => {
      const { path } = await reported(
        mistake('parses and stringifies'),
        '--only',
        'plain',
        '--only',
        'pretty-printed',
      );
      const page = await open(path);
      const evidence = page.locator('.list pre').first();
      expect(await evidence.isVisible()).toBe(false);
      await page.emulateMedia({ media: 'print' });
      expect(await evidence.isVisible()).toBe(true);
    });

    it('a handler that answers hostile text: it stays text, also on a narrow screen', async () => {
      const target = await httpTarget((_request, response) =>
        response.writeHead(401, { 'content-type': 'text/html', server: '<script>' }).end(hostile),
      );
      const { path, html } = await reported(`${target.url}/<script>%3Cscript%3E`);
      expect(html).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
      const page = await open(path, { width: 420 });
      expect(await page.title()).not.toMatch(/^(owned|1)$/);
      expect(await page.locator('script, img, iframe, body style').count()).toBe(0);
      await unfold(page);
      expect(await page.getByText('</pre></details><script>').first().isVisible()).toBe(true);
      const [needed, width] = await widths(page);
      expect(needed).toBe(width);
    });

    it('a handler that accepts everything: failures and warnings fit on a narrow screen', async () => {
      const target = await answering(201, 'x'.repeat(10_000));
      const { path, html } = await reported(target.url, '--only', 'rejects', '--only', 'odd-bodies');
      expect(html).toContain('… (6000 more characters)');
      const page = await open(path, { width: 420, colorScheme: 'dark' });
      expect(await page.locator('.diagnosis .list > details').count()).toBe(19);
      await unfold(page);
      expect(await violations(page)).toEqual([]);
      const [needed, width] = await widths(page);
      expect(needed).toBe(width);
    });

    it('generated events that fail have an entry each', async () => {
      const { path, facts } = await reported(
        mistake('requires an organization'),
        '--only',
        'fuzz',
        '--fuzz',
        '200',
        '--seed',
        '7',
        '--json',
      );
      const found = facts.filter(({ kind }) => kind === 'counterexample');
      expect(found.length).toBeGreaterThan(0);
      const page = await open(path);
      const entries = page.locator('.list > details', { has: page.getByText('"spec_version"') });
      expect(await entries.count()).toBeGreaterThanOrEqual(found.length);
    });
  });
});
