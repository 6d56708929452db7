import { expect, it } from 'vitest';
import { describeInBrowser } from '../../support/in-browser.ts';
import { sampleRows } from '../../support/inspector-samples.ts';
import { openStandIn, type StandInPageOptions, search, selected } from '../../support/stand-in-page.ts';

describeInBrowser('the keyboard', (browser) => {
  const open = (given?: StandInPageOptions) => openStandIn(browser(), given);

  it('moves, opens, switches tabs and goes back', async () => {
    const { page } = await open({ rows: sampleRows(41) });
    await selected(page).waitFor();
    const place = () => selected(page).getAttribute('aria-posinset');
    for (const [key, expectedPlace] of [
      ['j', '2'],
      ['ArrowDown', '3'],
      ['k', '2'],
      ['n', '5'],
      ['n', '15'],
      ['p', '5'],
      ['End', '41'],
      ['Home', '1'],
    ] as const) {
      await page.keyboard.press(key);
      await expect.poll(place, { message: key }).toBe(expectedPlace);
    }
    await page.keyboard.press('ArrowRight');
    await page.getByRole('tab', { name: 'Body', selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('panel');
    await page.keyboard.press('w');
    await page.locator('main.wide').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.evaluate('document.activeElement.id')).toBe('list');
    await page.keyboard.press('c');
    await page.getByRole('menuitem', { name: 'Body' }).waitFor();
    await page.keyboard.press('Escape');
    await page.locator('#list').focus();
    // Moving to the last event has paused the list.
    await page.keyboard.press('f');
    await page.getByRole('button', { name: 'Following' }).waitFor();
    await page.keyboard.press('f');
    await page.getByRole('button', { name: 'Paused' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('jf?r');
    expect(await search(page).inputValue()).toBe('jf?r');
  });

  it('has a dialog in which letters are switched off', async () => {
    const { standIn, page } = await open({ rows: sampleRows(5) });
    await selected(page).waitFor();
    await page.keyboard.press('?');
    await page.getByRole('switch', { name: 'Single-key shortcuts' }).click();
    await page.keyboard.press('Escape');
    await page.locator('#list').focus();
    await page.keyboard.press('j');
    await page.keyboard.press('r');
    await page.keyboard.press('ArrowDown');
    await expect.poll(() => selected(page).getAttribute('aria-posinset')).toBe('2');
    expect(standIn.replays).toEqual([]);
  });

  it('goes through the page in the order of reading', async () => {
    const { page } = await open({ rows: sampleRows(5) });
    await page.locator('#panel section').first().waitFor();
    await page.getByRole('link', { name: 'Events' }).focus();
    const order: unknown[] = [];
    for (let step = 0; step < 16; step++) {
      order.push(
        await page.evaluate(
          'document.activeElement.id || document.activeElement.textContent || document.activeElement.ariaLabel',
        ),
      );
      await page.keyboard.press('Tab');
    }
    expect(order).toEqual([
      'Events',
      'Compose',
      'Check',
      'Keyboard shortcuts (?)',
      'search',
      'All5',
      'Verified4',
      'Rejected1',
      'Failed0',
      'Following',
      'list',
      'Replay',
      'Edit and replay',
      'Copy',
      'tab-overview',
      'panel',
    ]);
  });
});
