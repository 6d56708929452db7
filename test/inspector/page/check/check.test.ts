import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { violations } from '../../../support/browser.ts';
import { openView, type PageOptions } from '../../../support/built-page.ts';
import { describeInBrowser } from '../../../support/in-browser.ts';
import { inspector } from '../../../support/inspector-server.ts';
import { type AppBehavior, switchableApp } from '../../../support/switchable-app.ts';
import { httpTarget } from '../../../support/targets.ts';

interface OpenOptions extends PageOptions {
  readonly behavior?: Partial<AppBehavior>;
  readonly isObserved?: boolean;
}

describeInBrowser('checking', (browser) => {
  /** The real server and page, and an Express app that is its target. */
  async function open({ behavior = {}, isObserved = false, ...options }: OpenOptions = {}) {
    const app = await switchableApp(behavior);
    const effects = { observer: app.observer, settleMs: 50, observedType: 'user.created' };
    const opened = await inspector([], [app.url], { page: 'built', ...(isObserved && { effects }) });
    const page = await openView(browser(), { link: opened.link, view: 'check' }, options);
    await box(page, 'plain').waitFor();
    return { app, page, opened };
  }

  const box = (page: Page, name: string) => page.getByRole('checkbox', { name: new RegExp(`^${name}\\b`) });
  const run = (page: Page) => page.getByRole('button', { name: /^Run \d+ checks?$/ });
  const findings = (page: Page) => page.getByRole('region', { name: 'Findings' });

  /** Leaves only these parts, or groups, chosen. */
  async function chooseOnly(page: Page, ...names: string[]) {
    for (const group of ['Accepts', 'Rejects', 'Behaves', 'Generated events'])
      await box(page, group).uncheck();
    for (const name of names) await box(page, name).check();
  }

  it('shows the diagnosis with its evidence, the fix for the framework, and what failed for it', async () => {
    const { app, page } = await open({ behavior: { isRight: false } });
    await page
      .getByText('119 of')
      .or(page.getByRole('button', { name: 'Run 119 checks' }))
      .waitFor();
    await run(page).click();
    await page.getByText('6 of 119 checks failed').first().waitFor({ timeout: 30_000 });
    const card = page.locator('.diag');
    await card.getByText('re-serialized').first().waitFor();
    await card.getByText('Evidence').waitFor();
    expect(await card.getByRole('combobox', { name: 'Framework' }).inputValue()).toBe('Express');
    await card.getByText("detected from the handler's responses").waitFor();
    await card.locator('pre', { hasText: 'express.raw' }).waitFor();
    await card.getByRole('combobox', { name: 'Framework' }).selectOption('Fastify');
    expect(await card.getByText("detected from the handler's responses").count()).toBe(0);
    const failures = findings(page).locator('.fails > li');
    expect(await failures.count()).toBe(6);
    const first = failures.filter({ hasText: 'pretty-printed' });
    await first.locator('summary').press('Enter');
    await first.getByText(`scalekit-hooks check ${app.url} --only pretty-printed`).waitFor();
    await first.locator('pre', { hasText: 'Invalid signature' }).first().waitFor();
    await page.getByText('6 failed', { exact: true }).waitFor();
    await findings(page).getByRole('heading', { name: 'Not tested' }).waitFor();
  });

  it('runs the failed ones again, or one, and says what is fixed and what is new', async () => {
    const { app, page } = await open({ behavior: { isRight: false } });
    await chooseOnly(page, 'plain', 'body');
    await run(page).click();
    await page
      .getByText(/^6 of \d+ checks failed/)
      .first()
      .waitFor();
    app.behavior.isRight = true;
    await page.getByRole('button', { name: 'Rerun this: pretty-printed' }).click();
    await findings(page).getByText('1 fixed').waitFor();
    app.behavior.isRight = false;
    await run(page).click();
    await findings(page).getByText('1 newly failing').waitFor();
    app.behavior.isRight = true;
    await page.getByRole('button', { name: 'Rerun 6 failed' }).click();
    await findings(page).getByText('6 fixed').waitFor();
    await page.reload();
    await findings(page).getByText('6 fixed').waitFor();
    expect(await box(page, 'types').isChecked()).toBe(false);
  });

  it('shows progress, and stops with what it has', async () => {
    const { page } = await open({ behavior: { delayMs: 300 } });
    await run(page).click();
    await page.getByText(/^[1-9]\d* of 119$/).waitFor();
    await findings(page)
      .getByRole('heading', { name: /^Running/ })
      .waitFor();
    expect(await box(page, 'plain').isDisabled()).toBe(true);
    expect(await violations(page)).toEqual([]);
    await page.getByRole('button', { name: 'Stop' }).click();
    await findings(page).getByText('The remaining checks did not run because the run was stopped.').waitFor();
    expect(await box(page, 'plain').isDisabled()).toBe(false);
  });

  it('has no second run in another tab', async () => {
    const { page, opened } = await open({ behavior: { delayMs: 300 }, expected: /409/ });
    const other = await openView(browser(), { link: opened.link, view: 'check' }, { expected: /409/ });
    await run(page).click();
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    await run(other).click();
    await other.getByRole('alert').getByText('another run is in progress').waitFor();
    await page.getByRole('button', { name: 'Stop' }).click();
    await run(page).waitFor();
  });

  it('tests what messages change, and is used with the keyboard alone', async () => {
    const { page } = await open({ behavior: { actsTwice: true }, isObserved: true });
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('run');
    await page.keyboard.press('1');
    await page.getByRole('link', { name: 'Events' }).and(page.locator('[aria-current=page]')).waitFor();
    await page.getByRole('link', { name: 'Check' }).press('Enter');
    await chooseOnly(page, 'Effects');
    await box(page, 'Effects').press('Escape');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('run');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Stop' }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Stop');
    const repeated = findings(page).locator('li', { hasText: 'repeated-at-once' });
    await repeated.waitFor({ timeout: 60_000 });
    await run(page).waitFor({ timeout: 60_000 });
    await findings(page).locator('summary', { hasText: 'repeated' }).first().waitFor();
    expect(await page.getByText('start the inspector with').count()).toBe(0);
  }, 150_000);

  it('shows the smallest generated event that fails, and opens it in the editor', async () => {
    const { page } = await open({ behavior: { crashesOnNull: 'name' } });
    await chooseOnly(page, 'fuzz');
    await page.getByRole('textbox', { name: 'Events' }).fill('nothing');
    await run(page).click();
    await page.getByRole('alert').getByText('1 to 1,000,000').waitFor();
    await page.getByRole('textbox', { name: 'Events' }).fill('300');
    await page.getByRole('textbox', { name: 'Seed' }).fill('7');
    await run(page).click();
    const found = findings(page).locator('.fails > li', { hasText: 'Difference from the sample' });
    await found.getByText('got 500').waitFor({ timeout: 30_000 });
    expect(await violations(page)).toEqual([]);
    await found.getByRole('button', { name: /^Open in Compose/ }).click();
    const editor = page.getByRole('textbox', { name: 'Body' });
    await expect.poll(() => editor.inputValue()).toContain('"name": null');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText(/^500 in/).waitFor();
  });

  it.each([1440, 420])('is accessible before and after a run, %i px', async (width) => {
    const { page } = await open({ behavior: { isRight: false }, width });
    expect(await violations(page)).toEqual([]);
    await run(page).click();
    await page.getByText('6 of 119 checks failed').first().waitFor({ timeout: 30_000 });
    await findings(page).locator('summary').first().click();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  it('shows hostile responses as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e"\'';
    const app = await httpTarget((_request, response) =>
      response.writeHead(500, { 'x-powered-by': '<b>Express</b>' }).end(hostile),
    );
    const opened = await inspector([], [app.url], { page: 'built' });
    const page = await openView(browser(), { link: opened.link, view: 'check' });
    await run(page).click();
    await findings(page).locator('summary', { hasText: 'plain' }).first().click({ timeout: 30_000 });
    await findings(page).locator('.bidi').first().waitFor();
    expect(await page.locator('img, body script').count()).toBe(0);
  });

  it('explains that the handler does not respond', async () => {
    const app = await httpTarget();
    const opened = await inspector([], [app.url], { page: 'built' });
    app.close();
    const page = await openView(browser(), { link: opened.link, view: 'check' });
    await run(page).click();
    await findings(page).locator('.diag').getByText('nothing is listening').waitFor({ timeout: 30_000 });
  });
});
