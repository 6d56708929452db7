import { describe, expect, it } from 'vitest';
import { describeInBrowser } from '../../support/in-browser.ts';
import { sampleRows } from '../../support/inspector-samples.ts';
import { openStandIn, options, type StandInPageOptions, search } from '../../support/stand-in-page.ts';

describeInBrowser('the page', (browser) => {
  const open = (given?: StandInPageOptions) => openStandIn(browser(), given);

  describe('the history of the browser', () => {
    it('has an entry for each view, and keeps the filters of now', async () => {
      // The stand-in has nothing for the other views.
      const { page } = await open({ rows: sampleRows(5), expected: /Failed to load resource/ });
      await options(page).first().waitFor();
      await page.getByRole('link', { name: 'Compose' }).click();
      await page.waitForURL(/\/compose/);
      await page.getByRole('link', { name: 'Check' }).click();
      await page.waitForURL(/\/check/);
      await page.goBack();
      await page.waitForURL(/\/compose/);
      await page.locator('nav [aria-current=page]', { hasText: 'Compose' }).waitFor();
      await page.goBack();
      await page.waitForURL(/\/events/);
      await options(page).first().waitFor();
      await search(page).fill('type:user.*');
      await page.waitForURL(/type=/);
      await page.goForward();
      await page.waitForURL(/\/compose/);
      await page.goBack();
      await page.waitForURL(/\/events\?type=user/);
      expect(await search(page).inputValue()).toBe('type:user.*');
    });

    it('has an entry for an event that a narrow window shows in place of the list', async () => {
      const { page } = await open({ rows: sampleRows(5), width: 390 });
      await options(page).nth(1).click();
      const event = page.getByRole('tab', { name: 'Overview' });
      await event.waitFor();
      await page.goBack();
      await options(page).first().waitFor();
      expect(await event.isVisible()).toBe(false);
      await page.goForward();
      await event.waitFor();
    });
  });

  describe('a narrow window', () => {
    it('shows one pane, without overflow', async () => {
      const { page } = await open({ rows: sampleRows(41), width: 420, colorScheme: 'dark' });
      await options(page).first().waitFor();
      expect((await options(page).first().boundingBox())!.height).toBe(48);
      expect(await page.locator('.detail').isVisible()).toBe(false);
      await options(page).nth(4).click();
      await page.getByText('The body was re-serialized.').waitFor();
      expect(await page.locator('.pane').isVisible()).toBe(false);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(420);
      await page.getByRole('button', { name: 'Back to the list (Esc)' }).click();
      await options(page).first().waitFor();
    });
  });
});
