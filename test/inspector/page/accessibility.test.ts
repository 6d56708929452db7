import { describe, expect, it } from 'vitest';
import { violations } from '../../support/browser.ts';
import { describeInBrowser } from '../../support/in-browser.ts';
import { changedId, idOf, rejectedId, sampleRows } from '../../support/inspector-samples.ts';
import { openStandIn, type StandInPageOptions } from '../../support/stand-in-page.ts';

describeInBrowser('accessibility', (browser) => {
  const open = (given?: StandInPageOptions) => openStandIn(browser(), given);

  describe.each([
    ['light', 1440],
    ['dark', 1440],
    ['light', 420],
    ['dark', 420],
  ] as const)('accessibility, %s, %i px', (colorScheme, width) => {
    it.each([
      ['empty', { path: '/events' }],
      ['list', { rows: sampleRows(41) }],
      ['rejected', { rows: sampleRows(41), path: `/events?id=${rejectedId}` }],
      ['changed', { rows: sampleRows(41), path: `/events?id=${changedId}` }],
      ['body', { rows: sampleRows(41), path: `/events?id=${changedId}&tab=body` }],
      ['attempts', { rows: sampleRows(41), path: `/events?id=${idOf(2)}&tab=attempts` }],
      ['headers', { rows: sampleRows(41), path: `/events?id=${idOf(2)}&tab=headers` }],
      ['raw', { rows: sampleRows(41), path: `/events?id=${idOf(2)}&tab=raw` }],
      ['cURL', { rows: sampleRows(41), path: `/events?id=${idOf(2)}&tab=curl` }],
      ['editor', { rows: sampleRows(41), path: `/events?id=${idOf(2)}` }],
      ['help', { rows: sampleRows(41) }],
      ['disconnected', { rows: sampleRows(41) }],
    ] as const)('%s', async (state, opened) => {
      const expected = /ERR_|Failed to load resource/;
      const { standIn, page } = await open({ ...opened, colorScheme, width, expected });
      if ('rows' in opened) await page.locator('[role=option]').first().waitFor({ state: 'attached' });
      if (state === 'editor') {
        await page.locator('#panel section').first().waitFor();
        await page.getByRole('button', { name: 'Edit and replay' }).click();
        await page.getByRole('textbox', { name: 'Body' }).fill('{"a":1}');
      }
      const isDetail = 'path' in opened && 'rows' in opened && state !== 'editor';
      if (isDetail) await page.locator('#panel > *').first().waitFor();
      if (state === 'help') await page.getByRole('button', { name: 'Keyboard shortcuts (?)' }).click();
      if (state === 'disconnected') {
        await standIn.stop();
        await page
          .getByText(/Listener stopped \d/)
          .first()
          .waitFor();
      }
      await page.waitForTimeout(100);
      expect(await violations(page)).toEqual([]);
    });
  });
});
