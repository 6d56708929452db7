import { describe, expect, it } from 'vitest';
import { describeInBrowser } from '../../../support/in-browser.ts';
import {
  changedId,
  changedNumbers,
  movedFields,
  rejectedId,
  sampleRows,
} from '../../../support/inspector-samples.ts';
import { row } from '../../../support/inspector-stand-in.ts';
import { openStandIn, type StandInPageOptions } from '../../../support/stand-in-page.ts';

describeInBrowser('the event', (browser) => {
  const open = (given?: StandInPageOptions) => openStandIn(browser(), given);

  describe('the event', () => {
    it('shows why it was rejected, and the difference', async () => {
      const { page } = await open({ rows: sampleRows(41), path: `/events?id=${rejectedId}` });
      await page.getByText('The body was re-serialized.').waitFor();
      await page.getByText(/whitespace only: \d+ newlines and \d+ spaces added/).waitFor();
      expect(await page.locator('.diff mark.ws').count()).toBeGreaterThan(10);
      await page.getByRole('button', { name: 'Replay exact' }).waitFor();
    });

    it('marks a changed value on both sides', async () => {
      const { page } = await open({ rows: sampleRows(41), path: `/events?id=${changedId}` });
      await page.getByText('1 value differs').waitFor();
      expect(await page.locator('.diff mark.s').allTextContents()).toEqual(['ada.lovelace']);
      expect(await page.locator('.diff mark.a').allTextContents()).toEqual(['mallory']);
    });

    it('compares bodies in a worker, and shows more of what is folded', async () => {
      const { page } = await open({
        rows: sampleRows(41),
        path: `/events?id=${rejectedId}`,
        details: { [rejectedId]: changedNumbers(2000) },
      });
      await page.getByText('2,000 values differ').waitFor();
      expect(page.workers()).toHaveLength(1);
      expect(await page.locator('.diff .drow').count()).toBe(201);
      await page.getByText('11,802 more lines').waitFor();
      await page.locator('.dfold').getByRole('button', { name: 'Show' }).click();
      await page.getByText('11,602 more lines').waitFor();
      expect(await page.locator('.diff .drow').count()).toBe(401);
    });

    it('shows that it compares, and stops when another event is selected', async () => {
      const { page } = await open({
        rows: sampleRows(41),
        path: `/events?id=${rejectedId}`,
        details: { [rejectedId]: movedFields(60_000) },
      });
      await page.getByText('comparing…').waitFor();
      const [worker] = page.workers();
      const closed = worker!.waitForEvent('close');
      await page.keyboard.press('j');
      await closed;
      await page.getByText('comparing…').waitFor({ state: 'detached' });
      expect(page.workers()).toEqual([]);
    });

    it('has body, headers, attempts, raw and cURL', async () => {
      const { page } = await open({ rows: sampleRows(3), path: '/events?tab=body' });
      await page.getByText('12345678901234567890.00').waitFor();
      await page.getByRole('button', { name: 'Line 2: fold' }).click();
      await page.getByText(/… \d+ lines/).waitFor();
      await page.getByRole('tab', { name: 'Headers' }).click();
      await page.getByText('webhook-signature').waitFor();
      await page.getByRole('tab', { name: 'Attempts' }).click();
      await page.getByRole('cell', { name: 'forwarded' }).waitFor();
      await page.getByRole('tab', { name: 'Raw' }).click();
      await page.getByText('POST /webhook HTTP/1.1').waitFor();
      await page.getByRole('button', { name: 'Hex' }).click();
      await page.getByText('00000010').waitFor();
      await page.getByRole('tab', { name: 'cURL' }).click();
      await page.getByText('npx scalekit-hooks replay').waitFor();
      expect(page.url()).toContain('tab=curl');
    });

    it('copies one value, with the pointer and with the keyboard', async () => {
      const { page } = await open({ rows: sampleRows(3), path: '/events?tab=body' });
      await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
      const copied = () => page.evaluate('navigator.clipboard.readText()');
      await page.getByText('"ada.lovelace@example.com"').hover();
      await page.getByRole('button', { name: 'Copy line 4' }).click();
      await expect.poll(copied).toBe('ada.lovelace@example.com');
      await page.getByRole('button', { name: 'Copy line 4' }).press('ArrowDown');
      await page.getByRole('button', { name: 'Copy line 5' }).press('ArrowDown');
      await page.getByRole('button', { name: 'Copy line 6' }).press('Enter');
      await expect.poll(copied).toBe('{"id":"dirgroup_130719309426972898","name":"Engineering"}');
      // Lines 9 and 10 only close others.
      for (const line of [6, 7, 8])
        await page.getByRole('button', { name: `Copy line ${line}` }).press('ArrowDown');
      await page.getByRole('button', { name: 'Copy line 11' }).press('Enter');
      await expect.poll(copied).toBe('12345678901234567890.00');
      expect(await page.locator('#news').textContent()).toBe('Copied');
      for (let press = 0; press < 8; press++)
        await page.getByRole('button', { name: 'Copy line' }).press('ArrowUp');
      await page.getByRole('button', { name: 'Copy line 1', exact: true }).waitFor();
    });

    it('reports a capture that was removed', async () => {
      const { page } = await open({ rows: sampleRows(3), path: '/events?id=cap_gone', expected: /404/ });
      await page.getByText('This capture was removed.').waitFor();
    });
  });

  describe('hostile text', () => {
    const hostile = '<img src=x onerror=alert(1)>\u202e\u0000\u200b{{7*7}}${1}<script>alert(1)</script>"\'';

    it.each(['overview', 'body', 'headers', 'attempts', 'raw', 'curl'])('stays text in %s', async (tab) => {
      const attempts = [
        { ...row().attempts[0]!, url: hostile, follower: hostile, failure: hostile, status: null },
      ];
      const rows = [
        row({
          id: hostile,
          type: `a.${hostile}`,
          eventId: hostile,
          webhookId: hostile,
          organization: hostile,
          path: hostile,
          verified: false,
          reason: hostile,
          forwardTo: hostile,
          attempts,
        }),
        row({ id: 'cap_2', verified: false, reason: hostile }),
      ];
      const cause = { certain: true, message: hostile, evidence: hostile, fix: hostile };
      const { page } = await open({
        rows,
        path: `/events?tab=${tab}`,
        session: { store: hostile, listener: hostile, targets: [hostile] },
        details: {
          [hostile]: {
            cause: hostile,
            responses: [hostile],
            body: JSON.stringify({ [hostile]: hostile, data: { [hostile]: hostile } }),
            signedBody: hostile,
            headers: [[hostile, hostile]],
            verdict: { detail: hostile, causes: [cause], unexplained: hostile },
          },
        },
      });
      await page.locator('#panel .bidi').first().waitFor();
      expect(await page.locator('img, body script').count()).toBe(0);
      const plain = (await page.evaluate('document.body.innerText')) as string;
      expect(plain).toContain('RLO');
      expect(plain).not.toMatch(/[\u202e\u200b\0]/);
      await page.locator('#panel').focus();
      await page.keyboard.press('e');
      await page.getByRole('button', { name: 'Edit and replay' }).click();
      await page.getByRole('textbox', { name: 'Body' }).waitFor();
    });
  });
});
