import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { violations } from '../../../support/browser.ts';
import { openView, type PageOptions } from '../../../support/built-page.ts';
import { describeInBrowser } from '../../../support/in-browser.ts';
import { inspector } from '../../../support/inspector-server.ts';
import { answering } from '../../../support/targets.ts';
import { temporaryFolder } from '../../../support/temporary.ts';

interface OpenOptions extends PageOptions {
  readonly fixtures?: string;
  /** What the handler answers. */
  readonly status?: number;
}

describeInBrowser('composing', (browser) => {
  /** The real server and page, and a handler that is its target. */
  async function open({ width, status = 201, fixtures, expected }: OpenOptions = {}) {
    const app = await answering(status);
    const opened = await inspector([], [app.url], { page: 'built', ...(fixtures && { fixtures }) });
    const page = await openView(browser(), { link: opened.link, view: 'compose' }, { width, expected });
    await option(page, 'user.created').waitFor();
    return { app, page, opened };
  }

  const option = (page: Page, name: string) => page.getByRole('option', { name, exact: true });
  const choose = async (page: Page, name: string) => {
    await option(page, name).click();
    await page.getByRole('heading', { name, exact: true }).waitFor();
  };
  const editor = (page: Page) => page.getByRole('textbox', { name: 'Body' });

  it('is used with the keyboard alone: search, choose, edit, send, and see it in the list', async () => {
    const { app, page } = await open();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('types');
    await page.keyboard.press('1');
    await page.getByRole('link', { name: 'Events' }).and(page.locator('[aria-current=page]')).waitFor();
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('list');
    await page.keyboard.press('2');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('types');
    await page.keyboard.press('/');
    await page.keyboard.type('user.up');
    await page.getByText('1 of 52 types').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('ArrowDown');
    await page.getByRole('heading', { name: 'user.updated' }).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.ariaLabel')).toBe('Body');
    await editor(page).fill('{"type":"user.updated","data":{"email":"grace@example.com"}}');
    await page.keyboard.press('Control+Enter');
    await page.getByText(/^201 in \d/).waitFor();
    const received = JSON.parse(String(app.requests[0]!.body));
    expect(received).toMatchObject({ type: 'user.updated', data: { email: 'grace@example.com' } });
    await page.getByRole('link', { name: 'Show in Events' }).press('Enter');
    const row = page.locator('[role=option][aria-selected=true]');
    await row.getByText('composed').waitFor();
    expect(await row.locator('.resp').textContent()).toBe('201');
  });

  it('keeps what was composed over a reload, until it is reset', async () => {
    const { page } = await open();
    await choose(page, 'user.created');
    const sample = await editor(page).inputValue();
    await editor(page).fill(sample.replace('@example.com', '@example.org'));
    await page.getByText('1 field differs from the sample').waitFor();
    await page.getByRole('textbox', { name: 'Organization' }).fill('org_1');
    await page.reload();
    await page.getByText('1 field differs from the sample').waitFor();
    expect(await page.getByRole('textbox', { name: 'Organization' }).inputValue()).toBe('org_1');
    await page.getByRole('button', { name: 'Reset to sample' }).click();
    expect(await editor(page).inputValue()).toBe(sample);
  });

  it.each([
    [401, 'rejected, as it should be', 'svg.yes'],
    [201, 'accepted a forged message', 'svg.no'],
  ])('sends a forged message, which the handler answers with %i', async (status, judgment, icon) => {
    const { app, page } = await open({ status });
    await choose(page, 'user.created');
    await page.getByRole('radio', { name: /^tampered-body/ }).check();
    await page.getByRole('textbox', { name: 'Email' }).fill('grace@example.com');
    await page.getByRole('button', { name: 'Send forged message' }).click();
    await page.getByText(judgment).waitFor();
    expect(await page.locator(`.outcome ${icon}`).count()).toBe(1);
    expect(String(app.requests[0]!.body)).toContain('grace@example.com');
  });

  it('sends a scenario step by step, with the keyboard', async () => {
    const { app, page } = await open();
    await page.keyboard.press('Home');
    await page.getByRole('heading', { name: 'connected-account' }).waitFor();
    const steps = page.locator('.flow li');
    await steps.first().waitFor();
    const total = await steps.count();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.tagName')).toBe('SELECT');
    await page.getByRole('button', { name: 'Send scenario' }).press('Enter');
    await page.getByText(`${total} of ${total} steps sent.`).waitFor();
    expect(app.requests).toHaveLength(total);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    await page.reload();
    await page.getByRole('heading', { name: 'connected-account' }).waitFor();
  });

  it('ends a scenario at the first step that fails, also in a narrow window', async () => {
    const { app, page } = await open({ status: 500, width: 420 });
    await option(page, 'user-lifecycle').click();
    await page.getByRole('button', { name: 'Send scenario' }).click();
    await page.getByText('Step 1 failed, so the rest was not sent.').waitFor();
    expect(app.requests).toHaveLength(1);
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(420);
  });

  it('saves an event as a fixture, and asks before it replaces one', async () => {
    const fixtures = temporaryFolder();
    const { page } = await open({ fixtures });
    await choose(page, 'role.created');
    await page.getByRole('button', { name: 'Save as fixture' }).press('Enter');
    await page.getByText('Saved as role.created.json').waitFor();
    await option(page, 'role.created yours').waitFor();
    await page.getByRole('button', { name: 'Save as fixture' }).press('Enter');
    await page.getByText('role.created.json exists').waitFor();
    await page.getByRole('button', { name: 'Replace' }).press('Enter');
    await page.getByText('Saved as role.created.json').waitFor();
  });

  it('copies the command that does the same, and says why it cannot save', async () => {
    const { app, page } = await open();
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await choose(page, 'role.created');
    await page.getByRole('button', { name: 'Copy CLI command' }).click();
    const command = `scalekit-hooks send role.created --to ${app.url}`;
    await page.getByText(command).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).toBe(command);
    await page.getByRole('button', { name: 'Save as fixture' }).press('Enter');
    await page.locator('.event-actions .said').getByText('SCALEKIT_HOOKS_FIXTURES').waitFor();
  });

  it('shows what is not as documented at its line', async () => {
    const { page } = await open();
    await choose(page, 'role.created');
    await editor(page).fill('{\n  "type": "role.created",\n  "data": {\n    "name": 1\n  }\n}');
    const found = page.locator('.differences li');
    await found.filter({ hasText: 'data.name' }).getByText('Line 4').press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.selectionStart')).toBe(40);
    await found.filter({ hasText: 'data.id' }).getByText('Line 3').waitFor();
    expect(await page.locator('.eline.wrong .g').allTextContents()).toEqual(['3', '4']);
    await page.getByRole('button', { name: 'Reset to sample' }).click();
    await expect.poll(() => found.count()).toBe(0);
  });

  it('completes fields and values with the keyboard', async () => {
    const { page } = await open();
    await choose(page, 'role.created');
    await editor(page).fill('{\n  "type": "role.created",\n  "data": {\n    \n  }\n}');
    const options = page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
    for (const key of ['Control+Home', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'End'])
      await page.keyboard.press(key);
    await page.keyboard.press('Control+ ');
    expect(await options.count()).toBeGreaterThan(3);
    expect(await violations(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await expect.poll(() => options.count()).toBe(0);
    expect(await page.evaluate('document.activeElement.ariaLabel')).toBe('Body');
    await page.keyboard.type('"display');
    await options.filter({ hasText: 'display_name' }).waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type('Editor');
    expect(await editor(page).inputValue()).toContain('    "display_name": "Editor"\n');
    await page.keyboard.press('End');
    await page.keyboard.type(',');
    await page.keyboard.press('Enter');
    await page.keyboard.type('"');
    await options.first().click();
    await expect.poll(() => options.count()).toBe(0);
    const before = await editor(page).inputValue();
    await page.keyboard.press('Control+z');
    expect(await editor(page).inputValue()).not.toBe(before);
  });

  it('explains what cannot be sent', async () => {
    const { app, page } = await open({ expected: /409/ });
    await choose(page, 'user.created');
    await editor(page).fill('{"type":"user.created","data":{}');
    await page.getByText('Not valid JSON').waitFor();
    await page.keyboard.press('Control+Enter');
    await page
      .locator('.outcome.bad')
      .getByText(/line 1/)
      .waitFor();
    expect(app.requests).toEqual([]);
  });

  it('shows hostile names and values as text', async () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e"\'';
    const fixtures = temporaryFolder();
    const event = { type: hostile, data: { [hostile]: hostile } };
    writeFileSync(join(fixtures, `${hostile}.json`), JSON.stringify(event));
    const { page } = await open({ fixtures });
    await page.getByRole('textbox', { name: 'Search event types' }).fill('onerror');
    await page.getByRole('option', { name: 'onerror' }).click();
    await page.locator('.composer h2 .bidi').waitFor();
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByText(/^201 in/).waitFor();
    expect(await page.locator('img, body script').count()).toBe(0);
  });

  it.each([1440, 420])('is accessible, %i px', async (width) => {
    const { page } = await open({ width, status: 401 });
    await choose(page, 'user.created');
    await editor(page).fill('{"type":"user.created","data":{"id":1}}');
    await page.locator('.differences li').first().waitFor();
    await page.getByRole('radio', { name: /^wrong-secret/ }).check();
    await page.getByRole('button', { name: 'Send forged message' }).click();
    await page.getByText('rejected, as it should be').waitFor();
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await violations(page)).toEqual([]);
    }
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });
});
